import { simulatedSpeeds } from '../../director/simulated/simulated-time.ts';
import { replaySpeeds } from '../../recording/replay-speeds.ts';
import { hostOptions } from './host-options.ts';
import type { OptionEntry } from './option-entry.ts';
import { type CommandValues, intervalOption, programOptions } from './option-table.ts';
import { readNumberWithin } from './option-values.ts';
import { colorOption, filterOption, sortOption } from './row-choice.ts';

/** Options of the screen, and of the program as a whole. */
export const screenOptions = [
  ...programOptions,
  ...hostOptions,
  intervalOption,
  filterOption,
  sortOption,
  {
    flags: '--speed <times>',
    help: `with --demo: how fast its time passes, ${simulatedSpeeds.least} to ${simulatedSpeeds.greatest} times as fast as the clock (default: 1)`,
    read: (text) => readNumberWithin('--speed', text, replaySpeeds.least, replaySpeeds.greatest),
  },
  {
    flags: '--ascii',
    help: 'draw with ASCII characters only (default: on the Linux console, and where the locale is not UTF-8)',
  },
  { flags: '--no-ascii', help: 'draw with all characters, whatever locale and terminal say' },
  { flags: '--screen-reader', help: 'print plain lines instead of the screen, as "lvstop watch" does' },
  colorOption,
] as const satisfies readonly OptionEntry[];

/** Values of `screenOptions`. */
export type ScreenOptions = CommandValues<typeof screenOptions>;
