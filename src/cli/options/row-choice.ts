import { colorChoices } from '../../formats/settings/settings.ts';
import { IpvsError } from '../../ipvs/error.ts';
import type { ColumnId } from '../../ui/table/columns.ts';
import type { OptionEntry } from './option-entry.ts';

/** Which rows of the table; of the screen, `list` and `watch` alike. */
export const filterOption = {
  flags: '--filter <text>',
  help: 'only: words, 10.0.0.0/24, mode:dr, state:full, "conn/s>100", and or ! ( ), as / on the screen',
} as const satisfies OptionEntry;

/** In which order the rows come; of the screen, `list` and `watch` alike. */
export const sortOption = {
  flags: '--sort <column>',
  help: 'sort by a column, its title or how that begins: active, conn; another word lists them all',
} as const satisfies OptionEntry;

/** In which colours; of the screen, `list` and `watch`. */
export const colorOption = {
  flags: '--color <depth>',
  help: `${colorChoices.join(', ')}; auto looks at the terminal and NO_COLOR (default: auto)`,
  words: colorChoices,
} as const satisfies OptionEntry;

/** Which columns, and whether all of them; of `list` and `watch`. */
export const columnOptions = [
  {
    flags: '--columns <list>',
    help: 'columns in their order, with commas; another word lists them all',
  },
  { flags: '--wide', help: 'all columns, on a terminal too, where otherwise as many are shown as fit' },
] as const satisfies readonly OptionEntry[];

/**
 * Checks that a text can be read as a filter. Throws an input `IpvsError` that names the word which cannot. The
 * screen's filter does the reading, and is loaded only when this is called.
 */
export async function checkFilter(text: string): Promise<void> {
  const { rowFilter } = await import('../../ui/table/row-filter.ts');
  const reading = rowFilter(text);
  if (reading.kind === 'all' || reading.kind === 'filter') return;
  throw IpvsError.input(
    'bad-filter',
    'read --filter',
    `"${text}"`,
    reading.problem,
    'give words, 10.0.0.0/24, mode:dr, state:full or active>=50, joined by and, or, ! and ( )',
  );
}

/** The id of the column that a text means. Throws an input `IpvsError` that lists those that there are. */
export async function readColumn(option: string, text: string): Promise<ColumnId> {
  const [{ columnsNamed, columnWords }, { columns }] = await Promise.all([
    import('../../ui/table/column-words.ts'),
    import('../../ui/table/columns.ts'),
  ]);
  const [found, ...others] = columnsNamed(text, columns);
  if (found !== undefined && others.length === 0) return found.id;
  const all = (found === undefined ? columns : [found, ...others]).map((column) => columnWords(column)[0]);
  throw IpvsError.input(
    'bad-value',
    `read ${option}`,
    `"${text}"`,
    found === undefined ? 'there is no such column' : 'it can be several columns',
    `give one of ${all.join(', ')}`,
  );
}
