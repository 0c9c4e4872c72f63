import type { Canvas } from '../../terminal/grid.ts';
import { remembering } from './remembering.ts';
import type { Theme } from './theme.ts';

/** What of a column decides about its place on the screen. */
export interface FittableColumn {
  readonly id: string;
  readonly title: string;
  /** Title where the column has no room for the whole one. */
  readonly shortTitle?: string;
  /** Cells that it needs; where there is room it gets what its title takes. */
  readonly width: number;
  /** Most cells that it grows to when room is left over; where this is left out it does not grow beyond its title. */
  readonly widest?: number;
  readonly align: 'left' | 'right';
  /** Columns with lower numbers stay longest when the screen gets narrow. */
  readonly priority: number;
  /** Whether the greatest come first where it is sorted by. */
  readonly sortDescending: boolean;
}

/** A column with the place it got. */
export interface FittedColumn<Column extends FittableColumn> {
  readonly column: Column;
  readonly x: number;
  readonly width: number;
}

/** Cells in front of the first column: the bar of the cursor or a tag, and a sign of the row. */
export const gutterWidth = 2;
/** Before the row under the cursor. */
export const cursorBar = '▌';

/** Cells of the arrow behind the title of the column sorted by. They are kept free, so that sorting moves no column out. */
const arrowWidth = 1;

/** Columns up to this priority number are placed before names and titles get more room, the others after that. */
const mainPriority = 10;
/** No name needs more: an IPv6 address with protocol and port. */
const longestName = 54;

/** What decides about the places of columns beside the room that there is. */
export interface ColumnFit {
  /** Cells that the longest name shown would need. */
  readonly nameWidth: number;
  /** Whether the operator chose the columns: then all of them are placed before names and titles get more room. */
  readonly areChosen: boolean;
  /** Id of the column that is sorted by; `null` for none. */
  readonly sorted: string | null;
}

/**
 * Chooses by priority the columns that fit into `width` cells. The name has the lowest priority number and comes first:
 * it is cut only where there is no room for it even without other columns, or where columns were chosen. Cells that are
 * left at the end go to columns with a `widest`.
 */
export function fitColumns<Column extends FittableColumn>(
  candidates: readonly Column[],
  width: number,
  { nameWidth, areChosen, sorted }: ColumnFit,
): FittedColumn<Column>[] {
  const byPriority = [...candidates].sort((left, right) => left.priority - right.priority);
  const widths = new Map<string, number>();
  const wholeName = Math.min(nameWidth, longestName);
  let spare = width - gutterWidth - arrowWidth;
  const choose = (wanted: readonly Column[]) => {
    for (const column of wanted) {
      if (widths.size === 0) {
        const name = Math.min(areChosen ? column.width : Math.max(column.width, wholeName), spare);
        widths.set(column.id, Math.max(1, name));
        spare -= name;
      } else {
        if (column.width + 1 > spare) return;
        widths.set(column.id, column.width);
        spare -= column.width + 1;
      }
    }
  };
  const grow = (id: string, limit: number) => {
    const present = widths.get(id);
    if (present === undefined) return;
    const extra = Math.max(0, Math.min(spare, limit - present));
    widths.set(id, present + extra);
    spare -= extra;
  };
  const isMain = ({ priority }: Column) => areChosen || priority <= mainPriority;
  choose(byPriority.filter(isMain));
  for (const { id, title } of candidates) grow(id, id === 'name' ? wholeName : title.length);
  choose(byPriority.filter(({ id }) => !widths.has(id)));
  for (const { id, widest } of candidates) if (widest !== undefined) grow(id, widest);
  const placed: FittedColumn<Column>[] = [];
  let x = gutterWidth;
  for (const column of candidates) {
    const columnWidth = widths.get(column.id);
    if (columnWidth === undefined) continue;
    placed.push({ column, x, width: columnWidth });
    x += columnWidth + (column.id === sorted ? arrowWidth : 0) + 1;
  }
  return placed;
}

/** The column that has its title or its cells at cell `x`. */
export function columnAtCell<Column extends FittableColumn>(
  placed: readonly FittedColumn<Column>[],
  x: number,
): Column | undefined {
  // Cells left of a column count as the column's: a title too long for its column reaches to the left.
  return placed.find((one) => x < one.x + one.width + 1)?.column;
}

/**
 * Paints the titles over the whole width; the arrow of the column sorted by stands behind its title, in a cell of its
 * own.
 */
export function paintTitles(
  canvas: Canvas,
  placed: readonly FittedColumn<FittableColumn>[],
  sortColumn: string | null,
  reverse: boolean,
  theme: Theme,
): void {
  const { columnTitle, sortedTitle } = theme.roles;
  canvas.fill({ x: 0, y: 0, width: canvas.width, height: 1 }, columnTitle);
  for (const { x, text, isSorted } of placedTitles(placed, sortColumn, reverse))
    canvas.write(x, 0, text, isSorted ? sortedTitle : columnTitle);
}

const placedTitles = remembering(placeTitles);

function placeTitles(
  placed: readonly FittedColumn<FittableColumn>[],
  sortColumn: string | null,
  reverse: boolean,
) {
  let end = 0;
  return placed.map(({ column, x, width }) => {
    const isSorted = column.id === sortColumn;
    const descending = column.sortDescending !== reverse;
    // A right-aligned title may reach further left, up to a blank behind the title before it.
    const room = column.align === 'right' ? x + width - Math.min(x, end + 1) : width;
    const title = titleWithin(column, room);
    const start = column.align === 'right' ? x + width - title.length : x;
    end = start + title.length;
    return { x: start, text: title + (isSorted ? (descending ? '▼' : '▲') : ''), isSorted };
  });
}

/** The title in `width` cells: whole, in short, or cut. */
function titleWithin({ title, shortTitle = title }: FittableColumn, width: number): string {
  return [title, shortTitle].find((name) => name.length <= width) ?? shortTitle.slice(0, Math.max(0, width));
}
