import type { Command } from 'commander';
import { count } from '../../changes/steps/describe.ts';
import type { Director, PublicDirector } from '../../director/director.ts';
import { formatJson } from '../../formats/json/json.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { visible } from '../../ipvs/visible.ts';
import { createSampler } from '../../sampling/sampler.ts';
import type { View } from '../../sampling/view.ts';
import { RefreshedLines } from '../../terminal/refreshed-lines.ts';
import { truncateToWidth } from '../../terminal/width.ts';
import type { CommandConsole } from '../context/console.ts';
import type { CommandContext } from '../context/context.ts';
import { withReadableDirector } from '../opening/open-readable.ts';
import { listChosen, printView, type RowChoice, readRowChoice } from '../opening/printed-rows.ts';
import { Speaker } from '../opening/speaker.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { type CommandValues, demoOption, intervalOption } from '../options/option-table.ts';
import { readNumberWithin } from '../options/option-values.ts';
import { colorOption, columnOptions, filterOption, sortOption } from '../options/row-choice.ts';

/** Seconds between readings in plain lines: a screen reader takes time to read them out. */
const plainInterval = 10;

const greatestCount = 1_000_000_000;

const watchOptions = [
  filterOption,
  sortOption,
  ...columnOptions,
  colorOption,
  { flags: '--plain', help: 'plain lines on a terminal too: everything once, then what has changed' },
  { flags: '--json', help: 'one JSON object a line, as "lvstop list --json" has it' },
  {
    flags: '--summary',
    help: 'with --json: in short, without real servers; with what the doctor found, VRRP, and what is set as one number',
  },
  { ...intervalOption, help: 'seconds between readings, 0.2 to 60 (default: 1, in plain lines 10)' },
  {
    flags: '-n, --count <count>',
    help: 'end after so many readings',
    read: (text) => Math.ceil(readNumberWithin('--count', text, 1, greatestCount)),
  },
  demoOption,
] as const satisfies readonly OptionEntry[];

/** Values of the options of `watch`. */
export type WatchOptions = CommandValues<typeof watchOptions>;

/** `lvstop watch [--json] [-d SECONDS] [-n COUNT]`. */
export function watchCommand(context: CommandContext): Command {
  const command = createCommand(context, 'watch', 'print the table again and again, with true rates')
    .addHelpText(
      'after',
      '\nOn a terminal it is a table that is printed again in its place; Ctrl-C leaves it there. Elsewhere it prints plain\nlines, for screen readers and logs: everything once, then what has changed.\nRates are null until a step of the kernel\'s counters was seen, some 2 s after the start. When the director is lost,\nthe lines go on with "state":"lost" and what was read last.\n\nExample:\n  lvstop watch --json -d 5 | jq -c .director.state',
    )
    .action(async () => {
      const options = optionValues(command, watchOptions);
      if (options.summary === true) refuseUnused(options);
      await withReadableDirector(context, { demo: options.demo ?? false }, (director) =>
        watch(context, director, options),
      );
    });
  return addOptions(command, watchOptions);
}

/**
 * Prints the table again and again; also what `--screen-reader` does. Ends after `count` readings, when the process is
 * asked to end, or when nobody reads standard output any more.
 */
export async function watch(
  context: CommandContext,
  director: Director | PublicDirector,
  options: WatchOptions,
): Promise<void> {
  const { terminal } = context.console;
  const form =
    options.summary === true
      ? 'summary'
      : options.json === true
        ? 'json'
        : terminal === undefined || options.plain === true
          ? 'plain'
          : 'table';
  const interval = options.delay ?? (form === 'plain' ? plainInterval : 1);
  const sampler = createSampler({ director, interval });
  const choice = await readRowChoice(options);
  const tell =
    form === 'summary'
      ? await summarizer(context, director, options)
      : teller(form, context.console, options, choice);
  const most = options.count ?? Number.POSITIVE_INFINITY;
  let printed = 0;
  return new Promise((resolve, reject) => {
    const end = () => {
      sampler.stop();
      process.off('SIGINT', end);
      process.off('SIGTERM', end);
      resolve();
    };
    process.on('SIGINT', end);
    process.on('SIGTERM', end);
    context.console.unheard?.addEventListener('abort', end);
    sampler.start((view) => {
      tell(view).then(
        (text) => {
          if (printed >= most) return;
          context.console.out(text);
          if (++printed >= most) end();
        },
        (error: unknown) => {
          end();
          reject(error);
        },
      );
    });
  });
}

/** Makes a summary of each view. */
async function summarizer(
  context: CommandContext,
  director: Director | PublicDirector,
  { demo }: WatchOptions,
): Promise<(view: View) => Promise<string>> {
  const [{ MeasuredDirector }, { summaryOf }, { formatSummary }, { openMeasured }] = await Promise.all([
    import('../../fleet/measured-director.ts'),
    import('../../fleet/directors/summary-of.ts'),
    import('../../formats/summary.ts'),
    import('../opening/open-measured.ts'),
  ]);
  const measured = new MeasuredDirector(await openMeasured(context, director, { demo, doctor: true }));
  return async (view) => `${formatSummary(summaryOf(view, await measured.of(view, 'not awaited')))}\n`;
}

/** A summary is of the whole table. Throws an input `IpvsError` for options that choose rows. */
function refuseUnused({ json, filter, sort, columns, plain }: WatchOptions): void {
  if (json === true && filter === undefined && sort === undefined && columns === undefined && plain !== true)
    return;
  throw IpvsError.input(
    'bad-usage',
    'watch',
    '',
    '--summary is JSON of the whole table',
    'give --json with it, and neither --filter, --sort, --columns nor --plain',
  );
}

/** Makes what is printed of each view. */
function teller(
  form: 'json' | 'plain' | 'table',
  console: CommandConsole,
  options: WatchOptions,
  choice: RowChoice,
): (view: View) => Promise<string> {
  switch (form) {
    case 'json':
      return async (view) => `${formatJson(await listChosen(view, choice, 'several'))}\n`;
    case 'plain': {
      const speaker = new Speaker();
      return async (view) => {
        const lines = speaker.tell(await listChosen(view, choice, 'several'));
        return lines.map((line) => `${line}\n`).join('');
      };
    }
    case 'table': {
      const refreshed = new RefreshedLines();
      return async (view) => {
        const { columns, rows } = console.terminal ?? { columns: 80, rows: 24 };
        const { lines } = await printView(view, choice, console, options);
        return refreshed.next([watchHead(view, columns), ...fittingLines(lines, rows - 2)], columns);
      };
    }
  }
}

/** The line above the table: host, time, state and totals. */
function watchHead({ director, time, totals }: View, columns: number): string {
  const state =
    director.state.kind === 'lost' ? `LOST: ${director.state.error.message}` : director.state.kind;
  const simulated = director.source === 'simulated' ? ' SIMULATED' : '';
  const { services, realServers } = totals;
  return truncateToWidth(
    `${visible(director.hostName)}${simulated}  ${new Date(time).toTimeString().slice(0, 8)}  ${state}  ${count(services, 'service')}, ${count(realServers, 'real server')}`,
    columns,
  );
}

/** As many lines as there is room for, the last one telling of the others. */
function fittingLines(lines: readonly string[], most: number): readonly string[] {
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), `… ${lines.length - most + 1} more rows; --filter and --sort choose`];
}
