import type { Drain } from '../../changes/drain/drain.ts';
import { drainKey } from '../../changes/drain/drains.ts';
import type { Access } from '../../director/director.ts';
import type { RowKey } from '../../ipvs/identity.ts';
import type { Canvas } from '../../terminal/grid.ts';
import { fitToWidth, textWidth } from '../../terminal/width.ts';
import { formatSpan } from '../kit/number-format.ts';
import { remembering } from '../kit/remembering.ts';
import type { StyleRole, Theme } from '../kit/theme.ts';
import { type Column, type ColumnId, columnById } from './columns.ts';
import { type FindingMarks, markOf } from './finding-marks.ts';
import { gutterWidth, type PlacedColumn, placeColumns } from './place-columns.ts';
import type { Row } from './row.ts';
import type { RowList } from './row-list.ts';

/** What the table's painter needs to know. */
export interface TableFrame {
  readonly rows: RowList;
  /** Index of the first row shown. */
  readonly top: number;
  /** Key of the row under the cursor. */
  readonly cursorKey: RowKey | undefined;
  readonly tagged: ReadonlySet<RowKey>;
  /** When the newest reading was made, milliseconds since the epoch. */
  readonly time: number;
  /** Real servers that are being drained; none where it is left out. */
  readonly drains?: readonly Drain[];
  /** Rows with findings; none where it is left out. */
  readonly marks?: FindingMarks;
  /** Keys of rows that somebody has changed just now; none where it is left out. */
  readonly lit?: ReadonlySet<RowKey>;
  readonly sortColumn: ColumnId | null;
  readonly reverse: boolean;
  readonly flat: boolean;
  /** Ids of the chosen columns; `null` for as many as fit. */
  readonly columns: readonly ColumnId[] | null;
  /** What of the table may be read. */
  readonly access: Access;
  readonly theme: Theme;
  /** Cells that the longest name needs, see `longestName`. */
  readonly nameWidth: number;
  /** Said in place of rows when there are none. */
  readonly emptyText: readonly string[];
}

/** Before a row whose numbers are older than the refresh interval. */
const oldMark = '~';

/** Rows of the table's rectangle that the column titles take. */
export const titleHeight = 1;

/** Cells that the longest name of these rows needs, its indent included. */
export function nameWidthOf(rows: RowList, flat: boolean): number {
  const name = columnById('name');
  let longest = 0;
  for (const row of rows)
    longest = Math.max(longest, nameIndent(row, flat).length + (name?.cell(row, 0).text.length ?? 0));
  return longest;
}

const placedColumns = remembering(placeColumns);

/** Paints titles and rows into the canvas, which they fill. */
export function paintTable(canvas: Canvas, frame: TableFrame): void {
  const placed = placedColumns(canvas.width, frame.nameWidth, frame.columns, frame.access, frame.sortColumn);
  paintTitles(canvas, placed, frame);
  if (frame.rows.length === 0) {
    frame.emptyText.forEach((line, index) => {
      canvas.write(gutterWidth, titleHeight + 1 + index, line, frame.theme.roles.dim);
    });
    return;
  }
  for (let y = titleHeight; y < canvas.height; y++) {
    const row = frame.rows.at(frame.top + y - titleHeight);
    if (row === undefined) break;
    paintRow(canvas, y, row, placed, frame);
  }
}

/** A row as a line of plain text, as it would be painted: for tests and for screen readers. */
export function rowText(row: Row, width: number, flat: boolean): string {
  const line: string[] = [];
  for (const { column, x, width: cells } of placeColumns(width)) {
    const { text } = column.cell(row, cells);
    const indent = column.id === 'name' ? nameIndent(row, flat) : '';
    const fitted = fitToWidth(`${indent}${text}`, cells, column.align);
    line.push(`${' '.repeat(Math.max(0, x - line.join('').length))}${fitted}`);
  }
  return line.join('').trimEnd();
}

function paintTitles(canvas: Canvas, placed: readonly PlacedColumn[], frame: TableFrame): void {
  const { columnTitle, sortedTitle } = frame.theme.roles;
  canvas.fill({ x: 0, y: 0, width: canvas.width, height: titleHeight }, columnTitle);
  for (const { x, text, isSorted } of placedTitles(placed, frame.sortColumn, frame.reverse))
    canvas.write(x, 0, text, isSorted ? sortedTitle : columnTitle);
}

const placedTitles = remembering(placeTitles);

/** The titles with their places, that of the column sorted by with its arrow. */
function placeTitles(placed: readonly PlacedColumn[], sortColumn: ColumnId | null, reverse: boolean) {
  let end = 0;
  return placed.map(({ column, x, width }) => {
    const isSorted = column.id === sortColumn;
    const descending = column.sortDescending !== reverse;
    // To the left there may be more room than its own, behind the title before and a blank.
    const room = column.align === 'right' ? x + width - Math.min(x, end + 1) : width;
    const text = titleWithin(column, room, isSorted ? (descending ? '▼' : '▲') : '');
    const start = column.align === 'right' ? x + width - textWidth(text) : x;
    end = start + textWidth(text);
    return { x: start, text, isSorted };
  });
}

/** The title with its arrow in so many cells: whole, in short, or cut. */
function titleWithin({ title, shortTitle = title }: Column, width: number, arrow: string): string {
  const fitting = [title, shortTitle].find((name) => name.length + arrow.length <= width);
  return `${fitting ?? shortTitle.slice(0, Math.max(0, width - arrow.length))}${arrow}`;
}

function paintRow(
  canvas: Canvas,
  y: number,
  row: Row,
  placed: readonly PlacedColumn[],
  frame: TableFrame,
): void {
  const { theme } = frame;
  const tagged = frame.tagged.has(row.key);
  if (tagged) canvas.write(0, y, '*', theme.roles.tag);
  const drains = frame.drains?.some(({ order }) => drainKey(order) === row.key) === true;
  if (drains) canvas.write(1, y, '▽', theme.roles.warning);
  const { realServersTime } = row.service;
  if (realServersTime !== null) canvas.write(1, y, oldMark, theme.roles.dim);
  const age = realServersTime === null ? '' : ` ${formatSpan(frame.time - realServersTime)} old`;
  for (const { column, x, width } of placed) {
    const { text, role } = column.cell(row, width);
    const isName = column.id === 'name';
    const whole = isName
      ? nameWithAge(nameWithin(nameIndent(row, frame.flat), text, width), age, width)
      : text;
    const look: StyleRole | undefined = tagged && isName ? 'tag' : age === '' ? role : 'dim';
    canvas.writeField(x, y, width, whole, column.align, look === undefined ? undefined : theme.roles[look]);
  }
  const mark = frame.marks === undefined ? undefined : markOf(frame.marks, row);
  if (mark !== undefined) {
    const isIndented = row.kind === 'real server' && !frame.flat;
    if (isIndented || !drains)
      canvas.write(isIndented ? gutterWidth + 2 : 1, y, mark.sign, theme.roles[mark.role]);
  }
  if (frame.lit?.has(row.key) === true) {
    const { lit } = theme.roles;
    canvas.restyle({ x: 0, y, width: gutterWidth + frame.nameWidth, height: 1 }, () => lit);
  }
  if (row.key === frame.cursorKey) {
    canvas.restyle({ x: 0, y, width: canvas.width, height: 1 }, theme.onCursor);
  }
}

/** Cells of an address below which it says nothing. */
const shortestAddress = 4;

/** The name in so many cells, if it can be: closer to its fold sign, then with its address shortened in the middle. The port stays. */
function nameWithin(indent: string, name: string, width: number): string {
  if (indent.length + name.length <= width) return indent + name;
  const closer = indent.startsWith(' ') ? indent : indent.trimEnd();
  const room = width - closer.length;
  if (name.length <= room) return closer + name;
  const first = name.indexOf(' ') + 1;
  const last = name.lastIndexOf(':');
  const kept = room - first - (name.length - last) - 1;
  if (last < 0 || kept < shortestAddress) return indent + name;
  const behind = Math.floor(kept / 2);
  return `${closer}${name.slice(0, first + kept - behind)}…${name.slice(last - behind)}`;
}

/** The age where there is room for it behind the whole name; the mark before the row tells of it anyway. */
function nameWithAge(name: string, age: string, width: number): string {
  return age !== '' && textWidth(name) + age.length <= width ? name + age : name;
}

function nameIndent(row: Row, flat: boolean): string {
  if (row.kind === 'service') return row.open ? '▾ ' : '▸ ';
  return flat ? '' : '    ';
}
