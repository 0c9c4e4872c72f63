import { join } from 'node:path';
import type { Command } from 'commander';
import type { Director, PublicDirector } from '../../director/director.ts';
import {
  formatListenAddress,
  readListenAddress,
  usualListenAddress,
} from '../../fleet/exporter/listen-address.ts';
import {
  type CompatibleFamilies,
  compatibleFamilies,
  MetricsSource,
} from '../../fleet/exporter/metrics-source.ts';
import { probeChoices, probeIntervals } from '../../formats/settings/settings.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { readPlainFile } from '../../system/plain-file.ts';
import { systemErrorCode, systemErrorReason } from '../../system/system-error.ts';
import { allAtOnce } from '../../system/turns.ts';
import { replaceFile } from '../../system/whole-file.ts';
import { interruptible, machineClock } from '../context/clock.ts';
import { howItEnds } from '../context/console.ts';
import type { CommandContext } from '../context/context.ts';
import { openMeasured } from '../opening/open-measured.ts';
import { withReadableDirector } from '../opening/open-readable.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { type CommandValues, demoOption } from '../options/option-table.ts';
import { readNumberWithin, readWord } from '../options/option-values.ts';

/** Most series that are written, unless --series says otherwise. */
const usualSeries = 200_000;

/** Seconds from one text file to the next, unless others are given: as often as Prometheus looks, as a rule. */
const usualInterval = 15;

/** Longest web configuration that is read, in bytes. */
const longestConfiguration = 2 ** 20;

/** Anybody may read it: node_exporter runs as a user of its own. */
const textFileMode = 0o644;

/** How often real servers can be probed. */
const probeWords = probeChoices.filter((choice) => choice !== 'off');

const exportOptions = [
  {
    flags: '--listen <where>',
    help: `the path of a socket, or an address with its port (default: ${formatListenAddress(usualListenAddress)})`,
    read: readListenAddress,
  },
  {
    flags: '--web-config <file>',
    source: 'file',
    help: "TLS, passwords and client certificates, in the shape of Prometheus' web configuration",
  },
  {
    flags: '--textfile <folder>',
    source: 'file',
    help: "serve nothing, and write lvstop.prom into this folder for node_exporter's textfile collector",
  },
  {
    flags: '-d, --delay <seconds>',
    help: `seconds from one text file to the next, 1 to 3600 (default: ${usualInterval})`,
    read: (text) => readNumberWithin('--delay', text, 1, 3600),
  },
  {
    flags: '--once',
    help: 'print the metrics, or write the text file, and end',
  },
  {
    flags: '--compat <names>',
    help: `beside lvstop's own, metrics as these exporters name them: ${Object.keys(compatibleFamilies).join(', ')}`,
    read: readCompatible,
  },
  {
    flags: '--series <count>',
    help: `series that are written at most; lvstop_series_left_out counts the others (default: ${usualSeries})`,
    read: (text) => readNumberWithin('--series', text, 1, 10_000_000),
  },
  {
    flags: '--probe <every>',
    help: `probe each real server once in that time, ${probeWords.join(', ')}, for what clients call; needs CAP_NET_RAW`,
    read: (text) => probeIntervals[readWord('--probe', text, probeWords)],
  },
  { flags: '--no-doctor', help: 'do not examine the director beside it' },
  demoOption,
] as const satisfies readonly OptionEntry[];

type ExportOptions = CommandValues<typeof exportOptions>;

/** `lvstop export`. */
export function exportCommand(context: CommandContext): Command {
  const command = createCommand(context, 'export', 'give the table, its counters and findings to Prometheus')
    .addHelpText(
      'after',
      '\nThe director is read when somebody asks, and at most once a second. Addresses that others can reach need\n--web-config with TLS, and passwords or client certificates. docs/metrics.md lists the metrics.\n\nExamples:\n  lvstop export\n  lvstop export --listen /run/lvstop/metrics.sock\n  lvstop export --textfile /var/lib/prometheus/node-exporter\n  lvstop export --once --demo',
    )
    .action(async () => {
      const options = optionValues(command, exportOptions);
      requireOneWay(options);
      await withReadableDirector(context, { demo: options.demo ?? false }, async (director) => {
        const source = await openSource(context, director, options);
        if (options.textfile !== undefined) await writeTextFiles(source, options.textfile, options);
        else if (options.once === true) context.console.out((await source.text('prometheus')).toString());
        else await serve(context, source, options);
      });
    });
  return addOptions(command, exportOptions);
}

async function openSource(
  context: CommandContext,
  director: Director | PublicDirector,
  { compat = [], series = usualSeries, doctor = true, probe = null, demo }: ExportOptions,
): Promise<MetricsSource> {
  return new MetricsSource({
    ...(await openMeasured(context, director, { demo, doctor, probeEvery: probe })),
    director,
    compat,
    mostSeries: series,
  });
}

async function serve(context: CommandContext, source: MetricsSource, options: ExportOptions): Promise<void> {
  const { openMetricsServer } = await import('../../fleet/exporter/metrics-server.ts');
  const { listen = usualListenAddress, webConfig } = options;
  const server = await openMetricsServer({
    listen,
    web: webConfig === undefined ? null : await readWebFile(webConfig),
    text: (form) => source.text(form),
    onFailure: (reason) => context.console.err(`warning: ${reason}`),
  });
  context.console.err(
    `metrics at ${formatListenAddress(listen)}${listen.kind === 'port' ? '/metrics' : ', under /metrics'}${howItEnds(context.console)}`,
  );
  await interruptible(
    (signal) =>
      new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
  );
  await server.close();
}

async function readWebFile(file: string) {
  const { readWebConfiguration } = await import('../../fleet/exporter/web-configuration.ts');
  try {
    return readWebConfiguration(readPlainFile(file, { longest: longestConfiguration }).toString(), file);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    throw IpvsError.input(
      'bad-file',
      'read the web configuration',
      file,
      systemErrorReason(code),
      'name a file that can be read',
    );
  }
}

async function writeTextFiles(
  source: MetricsSource,
  folder: string,
  { delay = usualInterval, once = false }: ExportOptions,
): Promise<void> {
  const path = join(folder, 'lvstop.prom');
  const ownership = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0, mode: textFileMode };
  await interruptible(async (signal) => {
    do {
      const text = await source.text('prometheus');
      try {
        allAtOnce(replaceFile(path, text, null, ownership));
      } catch (error) {
        const code = systemErrorCode(error);
        if (code === undefined) throw error;
        throw IpvsError.input(
          'bad-file',
          'write',
          path,
          systemErrorReason(code),
          'name a folder that this user may write to',
        );
      }
      if (!once) await machineClock.wait(delay * 1000, signal);
    } while (!once && !signal.aborted);
  });
}

function requireOneWay({
  textfile,
  listen,
  webConfig,
  delay,
  once,
  probe,
  compat = [],
}: ExportOptions): void {
  const refuse = (reason: string, advice: string) =>
    IpvsError.input('bad-usage', 'export', '', reason, advice);
  if (once === true && probe !== undefined)
    throw refuse('a probe takes longer than --once', 'ask with lvstop probe');
  if (textfile === undefined) {
    if (delay !== undefined)
      throw refuse('--delay is for --textfile', 'a server reads the director when it is asked');
    return;
  }
  if (listen !== undefined || webConfig !== undefined)
    throw refuse('--textfile serves nothing', 'leave out --listen and --web-config');
  if (compat.includes('node'))
    throw refuse(
      'node_exporter gives these metrics itself, and twice would break its scrapes',
      'leave out --compat node',
    );
}

function readCompatible(text: string): readonly CompatibleFamilies[] {
  const names = Object.keys(compatibleFamilies) as CompatibleFamilies[];
  return [...new Set(text.split(',').map((name) => readWord('--compat', name.trim(), names)))];
}
