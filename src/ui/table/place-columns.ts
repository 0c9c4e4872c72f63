import type { Access } from '../../director/director.ts';
import { type Column, type ColumnId, columnById, columns } from './columns.ts';

/** A column with the place it got. */
export interface PlacedColumn {
  readonly column: Column;
  readonly x: number;
  readonly width: number;
}

/** Cells in front of the first column: finding mark, tag, and fold sign. */
export const gutterWidth = 2;

/** Columns up to this priority come before room for long names, the others after it. */
const mainPriority = 10;
/** No name needs more: an IPv6 address with protocol and port. */
const longestName = 54;
const longestTrend = 60;
/** A name gives no cell away below this width. */
const shortestName = 12;

/**
 * Chooses the columns that fit into `width` cells by priority, of those that are `chosen` or, where that is
 * `null`, of all that need no request. `nameWidth` is what the longest name shown would need; what is left at
 * the end lengthens the trend.
 */
export function placeColumns(
  width: number,
  nameWidth = 0,
  chosen: readonly ColumnId[] | null = null,
  access: Access = 'full',
  sorted: ColumnId | null = null,
): PlacedColumn[] {
  const candidates = candidateColumns(chosen, access);
  const byPriority = [...candidates].sort((left, right) => left.priority - right.priority);
  const widths = new Map<string, number>();
  let spare = width - gutterWidth;
  const choose = (wanted: readonly Column[]) => {
    for (const column of wanted) {
      const needed = column.width + (widths.size > 0 ? 1 : 0);
      if (widths.size > 0 && needed > spare) return;
      widths.set(column.id, Math.max(1, Math.min(column.width, width - gutterWidth)));
      spare -= needed;
    }
  };
  const grow = (id: string, limit: number) => {
    const present = widths.get(id);
    if (present === undefined) return;
    const extra = Math.max(0, Math.min(spare, limit - present));
    widths.set(id, present + extra);
    spare -= extra;
  };
  // Behind the title that the table is sorted by stands an arrow. Where there is no room for it the name gives a
  // cell, which it can spare more easily than a title its last letter.
  const growForArrow = () => {
    const column = candidates.find(({ id }) => id === sorted);
    if (column === undefined || !widths.has(column.id)) return;
    const { id, title, shortTitle = title } = column;
    grow(id, title.length + 1);
    const present = widths.get(id) ?? 0;
    const name = widths.get('name') ?? 0;
    const missing = shortTitle.length + 1 - present;
    if (missing <= 0 || id === 'name' || name - missing < shortestName) return;
    widths.set('name', name - missing);
    widths.set(id, present + missing);
  };
  // What was chosen comes before room for long names, whatever its priority.
  const isMain = ({ priority }: Column) => chosen !== null || priority <= mainPriority;
  choose(byPriority.filter(isMain));
  growForArrow();
  for (const { id, title } of candidates) grow(id, title.length);
  grow('name', Math.min(nameWidth, longestName));
  choose(byPriority.filter(({ id }) => !widths.has(id)));
  growForArrow();
  grow('trend', longestTrend);
  const placed: PlacedColumn[] = [];
  let x = gutterWidth;
  for (const column of candidates) {
    const columnWidth = widths.get(column.id);
    if (columnWidth === undefined) continue;
    placed.push({ column, x, width: columnWidth });
    x += columnWidth + 1;
  }
  return placed;
}

/**
 * The columns that may be shown, in their order: the chosen ones, or all that need no request and that `access` can
 * fill. The name is always the first, since a row without one is of no use.
 */
export function candidateColumns(
  chosen: readonly ColumnId[] | null,
  access: Access = 'full',
): readonly Column[] {
  if (chosen === null) {
    return columns.filter(
      ({ onRequest, needsRight }) => onRequest !== true && (access === 'full' || needsRight !== true),
    );
  }
  const wanted = ['name', ...chosen.filter((id) => id !== 'name')];
  return wanted.map(columnById).filter((column) => column !== undefined);
}

/** The column whose title or cells are at that cell of a table so wide; placed as `placeColumns` does. */
export function columnAt(x: number, ...placing: Parameters<typeof placeColumns>): Column | undefined {
  // A title that needs more room than its column has goes on to the left.
  return placeColumns(...placing).find((placed) => x < placed.x + placed.width + 1)?.column;
}
