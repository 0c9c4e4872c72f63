import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import packageDescription from '../../../package.json' with { type: 'json' };
import type { FleetDirector, FleetSource } from '../../fleet/directors/fleet-director.ts';
import { pairsOfGroups } from '../../fleet/directors/partners.ts';
import { callHost } from '../../fleet/hosts/call-host.ts';
import type { HttpConfiguration } from '../../fleet/prometheus/http-configuration.ts';
import { readPrometheusAddress, refuseInTheClear } from '../../fleet/prometheus/prometheus-address.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { FileRefusal, readPlainFile } from '../../system/plain-file.ts';
import { systemErrorCode, systemErrorReason } from '../../system/system-error.ts';
import { colorDepthOf } from '../../terminal/color-depth.ts';
import { drawsUnicode } from '../../terminal/locale.ts';
import { machineClock } from '../context/clock.ts';
import type { CommandContext } from '../context/context.ts';
import { failureOf } from '../context/exit-code.ts';
import { settingsInForce } from '../files/settings-in-force.ts';
import type { StoredSettings } from '../files/stored-settings.ts';
import {
  callerOf,
  farWords,
  hostsNamed,
  isBySudo,
  lookOfTerminal,
  refuseBroken,
  settingsOf,
  targetOf,
} from '../opening/called-hosts.ts';
import { printCells } from '../opening/printed-rows.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { type CommandValues, demoOption } from '../options/option-table.ts';
import { readNumberWithin } from '../options/option-values.ts';
import { colorOption } from '../options/row-choice.ts';

/** Seconds between readings: the shortest and longest that --delay takes, and the default. */
const shortestDelay = 1;
const longestDelay = 3600;
const usualDelay = 5;

/** Longest HTTP configuration that is read, and longest file that it names, in bytes. */
const longestFile = 2 ** 20;

const fleetOptions = [
  {
    flags: '--prometheus <url>',
    help: 'by what Prometheus knows of them, or what has its API: https://prometheus.example:9090',
    read: readPrometheusAddress,
  },
  {
    flags: '--http-config <file>',
    source: 'file',
    help: "with --prometheus: password, token, certificates, in the shape of Prometheus' HTTP client configuration",
  },
  {
    flags: '--match <matchers>',
    help: 'with --prometheus: only series with these labels, like \'job="lvstop",dc="ams"\'',
  },
  {
    flags: '-d, --delay <seconds>',
    help: `seconds between readings, ${shortestDelay} to ${longestDelay} (default: ${usualDelay})`,
    read: (text) => readNumberWithin('--delay', text, shortestDelay, longestDelay),
  },
  {
    flags: '--filter <text>',
    help: 'only: words, state:no-answer, partner:different, "conn/s>100", and or ! ( ), as / on the screen',
  },
  { flags: '--sort <column>', help: 'sort by a column, its title or how that begins: age, findings, conn' },
  colorOption,
  { flags: '--json', help: 'print what is known once, as JSON' },
  { flags: '--plain', help: 'print a table once, on a terminal too' },
  { flags: '--sudo', help: 'over SSH: by sudo there, which may not ask for a password' },
  { ...demoOption, help: 'simulated directors: needs neither hosts nor Prometheus' },
] as const satisfies readonly OptionEntry[];

/** Longest wait for answers of directors before what is known is printed once, in milliseconds. */
const longestWait = 30_000;

type FleetOptions = CommandValues<typeof fleetOptions>;

/** `lvstop fleet`. */
export function fleetCommand(context: CommandContext): Command {
  const command = createCommand(context, 'fleet', 'one screen over several directors')
    .argument(
      '[hosts...]',
      '[USER@]HOST or a group of the configuration; all that it knows where none is given',
    )
    .addHelpText(
      'after',
      '\nEach host is watched over one connection of ssh, unless --prometheus says who knows of them already. Without a\nterminal, and with --plain or --json, what is known is printed once.\n\nExamples:\n  lvstop fleet lb1.example lb2.example\n  lvstop fleet --prometheus http://127.0.0.1:9090\n  lvstop fleet --prometheus https://prometheus.example:9090 --http-config ~/.config/lvstop/prometheus.yml\n  lvstop fleet --demo',
    )
    .action(async () => {
      const options = optionValues(command, fleetOptions);
      const source = await openSource(context, command.args, options);
      const { terminal } = context.console;
      if (options.json === true || options.plain === true || terminal === undefined || !process.stdin.isTTY)
        await printOnce(context, source, options);
      else await openScreen(context, source, options);
    });
  return addOptions(command, fleetOptions);
}

async function openSource(
  context: CommandContext,
  named: readonly string[],
  options: FleetOptions,
): Promise<FleetSource> {
  const { prometheus, httpConfig, match } = options;
  const demo = options.demo !== undefined;
  if (prometheus === undefined && (httpConfig !== undefined || match !== undefined))
    throw refuse('--http-config and --match go with --prometheus', 'name its address, or leave them out');
  if (demo && prometheus !== undefined) throw refuse('--demo asks nobody', 'leave out --prometheus');
  if (named.length > 0 && (demo || prometheus !== undefined))
    throw refuse(
      'hosts are for SSH',
      'leave them out, or --prometheus and --demo; --filter chooses directors',
    );
  if (options.demo !== undefined && options.demo.kind !== 'usual')
    throw refuse('a scene has one director', 'give --demo alone');
  if (demo) return openDemo();
  return prometheus === undefined
    ? openHosts(context, named, options)
    : openPrometheus(context, prometheus, options);
}

function refuse(reason: string, advice: string): IpvsError {
  return IpvsError.input('bad-usage', 'open several directors', '', reason, advice);
}

/** The hosts that are named, groups by their members; where none is, all that the configuration knows. */
async function openHosts(
  context: CommandContext,
  named: readonly string[],
  { delay = usualDelay, sudo, config }: FleetOptions,
): Promise<FleetSource> {
  const [{ createSshFleet }, { stored }] = await Promise.all([
    import('../../fleet/directors/ssh-fleet.ts'),
    settingsInForce(context, config === undefined ? {} : { config }),
  ]);
  refuseBroken(stored);
  const { hosts, groups } = stored.hosts;
  const words = named.length > 0 ? named : [...hosts.keys(), ...groups.keys()];
  if (words.length === 0)
    throw refuse(
      'no host is named, and the configuration knows none',
      'give hosts, or --prometheus URL, or try it with --demo',
    );
  return createSshFleet({
    hosts: hostsNamed(words.join(','), stored.hosts).map((name) => {
      const said = settingsOf(name, stored);
      return {
        name,
        target: targetOf(name, said),
        sudo: isBySudo(said, sudo === undefined ? {} : { sudo }),
        words: farWords(name, said, stored),
      };
    }),
    delay,
    caller: callerOf(context, false),
    pairs: pairsOfGroups(groups),
  });
}

async function openPrometheus(
  context: CommandContext,
  url: URL,
  { httpConfig, match = '', delay = usualDelay, config }: FleetOptions,
): Promise<FleetSource> {
  const [{ PrometheusApi }, { PrometheusFleet }, { noHttpConfiguration }, { account, stored }] =
    await Promise.all([
      import('../../fleet/prometheus/prometheus-api.ts'),
      import('../../fleet/prometheus/prometheus-fleet.ts'),
      import('../../fleet/prometheus/http-configuration.ts'),
      settingsInForce(context, config === undefined ? {} : { config }),
    ]);
  const configuration =
    httpConfig === undefined ? noHttpConfiguration : await readHttpFile(httpConfig, account.userId);
  refuseInTheClear(url, configuration);
  return new PrometheusFleet({
    api: new PrometheusApi(url, configuration),
    delay,
    matchers: match,
    pairs: pairsOfGroups(stored.hosts.groups),
  });
}

/** Opens the screen of a director over ssh, as `--host` does. */
function openDirectorBy(
  context: CommandContext,
  stored: StoredSettings,
  { sudo, readOnly = false }: FleetOptions,
) {
  return async ({ name, host }: FleetDirector): Promise<string | null> => {
    if (host === null) return `${name}: it is not known by which name ssh reaches it`;
    const said = settingsOf(host, stored);
    try {
      refuseBroken(stored);
      const code = await callHost(
        {
          host: targetOf(host, said),
          sudo: isBySudo(said, sudo === undefined ? {} : { sudo }),
          words: [
            ...farWords(host, said, stored),
            ...(readOnly ? ['--read-only'] : []),
            ...lookOfTerminal([]),
          ],
          terminal: true,
          readsInput: false,
        },
        callerOf(context, false),
      );
      return code === 0 || code > 128 ? null : `${name}: its screen ended with exit code ${code}`;
    } catch (error) {
      if (error instanceof IpvsError) return error.message;
      throw error;
    }
  };
}

/** Reads the HTTP configuration, and what it names relative to itself. Throws an input `IpvsError`. */
async function readHttpFile(file: string, userId: number | null): Promise<HttpConfiguration> {
  const { readHttpConfiguration } = await import('../../fleet/prometheus/http-configuration.ts');
  const read = (path: string, isSecret: boolean) => {
    try {
      return readPlainFile(path, {
        longest: longestFile,
        ...(isSecret && { keeping: { userId, of: 'records' as const } }),
      });
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === undefined && !(error instanceof FileRefusal)) throw error;
      throw IpvsError.input(
        'bad-file',
        'read the HTTP configuration',
        path,
        error instanceof FileRefusal ? error.message : systemErrorReason(code),
        "name a file that is there, and this user's alone where it holds a secret",
      );
    }
  };
  return readHttpConfiguration(read(file, true).toString(), file, (path, of) =>
    read(resolve(dirname(file), path), of === 'secret'),
  );
}

async function openDemo(): Promise<FleetSource> {
  const { createSimulatedFleet } = await import('../../fleet/directors/simulated-fleet.ts');
  return createSimulatedFleet(packageDescription.version);
}

/** Reads --filter and --sort. Throws an input `IpvsError` for what is no filter, or does not name one column. */
async function readChoice({ filter = '', sort }: FleetOptions) {
  const [{ fleetFilter }, { fleetColumns }, { columnsNamed, columnWords }] = await Promise.all([
    import('../../ui/fleet/fleet-filter.ts'),
    import('../../ui/fleet/fleet-columns.ts'),
    import('../../ui/table/column-words.ts'),
  ]);
  const reading = fleetFilter(filter);
  if (reading.kind === 'wrong' || reading.kind === 'unfinished') {
    throw IpvsError.input(
      'bad-filter',
      'read --filter',
      `"${filter}"`,
      reading.problem,
      'give words, state:no-answer, partner:different or "conn/s>100", joined by and, or, ! and ( )',
    );
  }
  if (sort === undefined) return { filter, sortColumn: null };
  const [found, ...others] = columnsNamed(sort, fleetColumns);
  if (found !== undefined && others.length === 0) return { filter, sortColumn: found.id };
  const all = (found === undefined ? fleetColumns : [found, ...others]).map(
    (column) => columnWords(column)[0],
  );
  throw IpvsError.input(
    'bad-value',
    'read --sort',
    `"${sort}"`,
    found === undefined ? 'there is no such column' : 'it can be several columns',
    `give one of ${all.join(', ')}`,
  );
}

/** Prints what is known when each director has answered or failed to, or after some seconds. */
async function printOnce(context: CommandContext, source: FleetSource, options: FleetOptions): Promise<void> {
  const { printedFleet, fleetJson } = await import('../../ui/fleet/printed-fleet.ts');
  const choice = await readChoice(options);
  source.start(() => undefined);
  // Ends the wait below: its timer would keep the process from ending.
  const enough = new AbortController();
  try {
    await Promise.race([source.settled(), machineClock.wait(longestWait, enough.signal)]);
    const now = Date.now();
    if (options.json === true) context.console.out(`${fleetJson(source, choice, now)}\n`);
    else {
      const { names, columns } = printedFleet(source, choice, now);
      const { lines } = await printCells(names, columns, context.console, options);
      for (const line of lines) context.console.out(`${line}\n`);
    }
    if (source.problem !== null)
      throw new IpvsError({
        code: 'prometheus-failed',
        operation: 'ask about directors',
        object: '',
        reason: source.problem,
        advice: 'see whether it answers at that address',
      });
  } finally {
    enough.abort();
    source.stop();
  }
}

async function openScreen(
  context: CommandContext,
  source: FleetSource,
  options: FleetOptions,
): Promise<void> {
  const [{ startFleet }, { stored }] = await Promise.all([
    import('../../ui/start-fleet.ts'),
    settingsInForce(context, options),
  ]);
  const { color } = options;
  startFleet({
    source,
    ...(options.demo === undefined && { openDirector: openDirectorBy(context, stored, options) }),
    settings: { ...stored.settings, ...(color !== undefined && { color }) },
    automaticLook: {
      colorDepth: colorDepthOf(process.stdout.getColorDepth()),
      ascii: !drawsUnicode(process.env),
    },
    ...(await readChoice(options)),
    describeCrash: (error) => `lvstop: ${failureOf(error).line ?? ''}\n`,
  });
}
