import type { Access } from '../../director/director.ts';
import { type Column, type ColumnId, columnById, columns } from './columns.ts';

/** A column with the place it got. */
export interface PlacedColumn {
  readonly column: Column;
  readonly x: number;
  readonly width: number;
}

/** Cells in front of the first column: the bar of the cursor or a tag, and a sign of the row. */
export const gutterWidth = 2;
/** Cells of the arrow behind the title of the column sorted by. They are kept free, so that sorting moves no column out. */
const arrowWidth = 1;

/** Columns up to this priority come before room for the others' whole titles. */
const mainPriority = 10;
/** No name needs more: an IPv6 address with protocol and port. */
const longestName = 54;

/**
 * Chooses the columns that fit into `width` cells by priority, of those that are `chosen` or, where that is
 * `null`, of all that need no request. The name comes first with `nameWidth` cells, what the longest one shown would
 * need: it is cut only where no other column could go in its stead, or where columns were chosen. What is left at the end goes to those that
 * show more in more cells.
 */
export function placeColumns(
  width: number,
  nameWidth = 0,
  chosen: readonly ColumnId[] | null = null,
  access: Access = 'full',
  sorted: ColumnId | null = null,
  isProbing = false,
): PlacedColumn[] {
  const candidates = candidateColumns(chosen, access, isProbing);
  const byPriority = [...candidates].sort((left, right) => left.priority - right.priority);
  const widths = new Map<ColumnId, number>();
  const wholeName = Math.min(nameWidth, longestName);
  let spare = width - gutterWidth - arrowWidth;
  const choose = (wanted: readonly Column[]) => {
    for (const column of wanted) {
      if (widths.size === 0) {
        const name = Math.min(chosen === null ? Math.max(column.width, wholeName) : column.width, spare);
        widths.set(column.id, Math.max(1, name));
        spare -= name;
      } else {
        if (column.width + 1 > spare) return;
        widths.set(column.id, column.width);
        spare -= column.width + 1;
      }
    }
  };
  const grow = (id: ColumnId, limit: number) => {
    const present = widths.get(id);
    if (present === undefined) return;
    const extra = Math.max(0, Math.min(spare, limit - present));
    widths.set(id, present + extra);
    spare -= extra;
  };
  // What was chosen comes before whole titles, whatever its priority.
  const isMain = ({ priority }: Column) => chosen !== null || priority <= mainPriority;
  choose(byPriority.filter(isMain));
  for (const { id, title } of candidates) grow(id, id === 'name' ? wholeName : title.length);
  choose(byPriority.filter(({ id }) => !widths.has(id)));
  for (const { id, widest } of candidates) if (widest !== undefined) grow(id, widest);
  const placed: PlacedColumn[] = [];
  let x = gutterWidth;
  for (const column of candidates) {
    const columnWidth = widths.get(column.id);
    if (columnWidth === undefined) continue;
    placed.push({ column, x, width: columnWidth });
    x += columnWidth + (column.id === sorted ? arrowWidth : 0) + 1;
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
  isProbing = false,
): readonly Column[] {
  if (chosen === null) {
    return columns.filter(
      ({ onRequest, whileProbing, needsRight }) =>
        onRequest !== true &&
        (whileProbing !== true || isProbing) &&
        (access === 'full' || needsRight !== true),
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
