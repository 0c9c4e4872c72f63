import type { HostSampler } from '../host/host-view.ts';
import { IpvsError } from '../ipvs/error.ts';
import type { ColorDepth } from '../terminal/color-depth.ts';
import { localeIsUtf8 } from '../terminal/locale.ts';
import { type CommandContext, withDirector } from './context.ts';
import { demoOption, intervalOption, type OptionEntry } from './option-table.ts';
import { readWord } from './option-values.ts';
import { watch } from './watch.ts';

/** Colours that can be asked for. */
const colorChoices = ['auto', 'none', '16', '256', 'true'] as const;

/** Options of the screen, and of the program as a whole. */
export const screenOptions: readonly OptionEntry[] = [
  demoOption,
  { flags: '--read-only', help: 'no edit is possible' },
  intervalOption,
  { flags: '--filter <text>', help: 'show only what contains the text' },
  { flags: '--sort <column>', help: 'sort by a column, like active; another word lists them all' },
  { flags: '--ascii', help: 'draw with ASCII characters only (default: where the locale is not UTF-8)' },
  { flags: '--no-ascii', help: 'draw with all characters, whatever the locale says' },
  { flags: '--screen-reader', help: 'print plain lines instead of the screen, as "lvstop watch" does' },
  {
    flags: '--color <depth>',
    help: `${colorChoices.join(', ')}; auto looks at the terminal and NO_COLOR (default: auto)`,
    read: (text) => readWord('--color', text, colorChoices),
  },
];

/** Values of `screenOptions`. */
export interface ScreenOptions {
  readonly demo?: boolean;
  readonly readOnly?: boolean;
  readonly delay?: number;
  readonly filter?: string;
  readonly sort?: string;
  readonly ascii?: boolean;
  readonly screenReader?: boolean;
  readonly color?: (typeof colorChoices)[number];
}

/**
 * Opens the screen, which ends the process itself. React and Ink are loaded here and nowhere before. Throws
 * an `IpvsError` when there is no terminal, no such column, or no director.
 */
export async function openScreen(
  context: CommandContext,
  options: ScreenOptions,
  describeCrash: (error: unknown) => string,
): Promise<void> {
  if (options.screenReader) {
    await withDirector(context, { demo: options.demo ?? false }, (director) =>
      watch(context, director, options.delay === undefined ? {} : { delay: options.delay }),
    );
    return;
  }
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw IpvsError.input(
      'open the screen',
      '',
      'standard input and output are not both a terminal',
      'run it in a terminal, or print the table with "lvstop list" or "lvstop watch --json"',
    );
  }
  const { demo = false, sort } = options;
  const [{ startScreen }, { columns }] = await Promise.all([
    import('../ui/start.ts'),
    import('../ui/columns.ts'),
  ]);
  const sortColumn =
    sort === undefined
      ? null
      : readWord(
          '--sort',
          sort,
          columns.map(({ id }) => id),
        );
  const director = await context.openDirector({ demo });
  startScreen({
    director,
    host: await openHost(demo),
    interval: options.delay ?? 1,
    readOnly: options.readOnly ?? false,
    filter: options.filter ?? '',
    sortColumn,
    colorDepth: colorDepth(options.color ?? 'auto'),
    ascii: options.ascii ?? !localeIsUtf8(process.env),
    describeCrash,
  });
}

/** The machine that the director is, or a simulated one beside a simulated director. */
async function openHost(demo: boolean): Promise<HostSampler> {
  if (demo) {
    const { createSimulatedHost } = await import('../host/simulated-host.ts');
    return createSimulatedHost({ seed: 1 });
  }
  const { createHostSampler } = await import('../host/host-sampler.ts');
  return createHostSampler();
}

function colorDepth(choice: NonNullable<ScreenOptions['color']>): ColorDepth {
  if (choice !== 'auto') return choice;
  const depths: Readonly<Record<number, ColorDepth>> = { 1: 'none', 4: '16', 8: '256', 24: 'true' };
  return depths[process.stdout.getColorDepth()] ?? '16';
}
