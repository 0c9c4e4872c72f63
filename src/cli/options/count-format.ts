import type { OptionEntry } from './option-entry.ts';
import { demoOption } from './option-table.ts';
import { colorOption } from './row-choice.ts';

/** The formats in which counts are printed. */
const countFormats = ['table', 'json', 'csv'] as const;

/** A format in which counts are printed. */
export type CountFormat = (typeof countFormats)[number];

/** Options of how counts are printed, for `connections` and `clients`. */
export const countFormatOptions = [
  { flags: '--format <format>', help: `${countFormats.join(', ')} (default: table)`, words: countFormats },
  { flags: '--json', help: 'the same as --format json' },
  { flags: '--wide', help: 'all columns, on a terminal too, where otherwise as many are shown as fit' },
  colorOption,
  demoOption,
] as const satisfies readonly OptionEntry[];

/** The format that these options ask for. */
export function countFormatOf({
  format,
  json,
}: {
  readonly format?: CountFormat;
  readonly json?: boolean;
}): CountFormat {
  return json === true ? 'json' : (format ?? 'table');
}
