import type { Drain } from '../../changes/drain/drain.ts';
import { drainKey } from '../../changes/drain/drains.ts';
import type { Access } from '../../director/director.ts';
import type { RowKey } from '../../ipvs/identity.ts';
import type { RowChecks } from '../../manager/row-checks.ts';
import { RowNames } from '../../manager/row-names.ts';
import { type KnownAnswers, noAnswers } from '../../probe/known-answers.ts';
import type { Canvas } from '../../terminal/grid.ts';
import { fitToWidth, textWidth } from '../../terminal/width.ts';
import { cursorBar, gutterWidth, paintTitles } from '../kit/fitted-columns.ts';
import { formatSpan } from '../kit/number-format.ts';
import { remembering } from '../kit/remembering.ts';
import type { StyleRole, Theme } from '../kit/theme.ts';
import type { CellMark, CellText } from './cell-text.ts';
import { type Beyond, type ColumnId, columnById } from './columns.ts';
import { type FindingMarks, markOf, severityRoles } from './finding-marks.ts';
import { type PlacedColumn, placeColumns } from './place-columns.ts';
import type { Row } from './row.ts';
import { type RowList, rowInSight } from './row-list.ts';

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
  /** What real servers answered when they were probed; nothing where it is left out. */
  readonly answers?: KnownAnswers;
  /**
   * What the checks of keepalived or ldirectord say of rows, and the rows' names; nothing and none where they are left
   * out.
   */
  readonly checks?: RowChecks;
  readonly rowNames?: RowNames;
  /** Whether real servers are probed automatically. */
  readonly isProbing?: boolean;
  /** Keys of rows that somebody has changed just now; none where it is left out. */
  readonly lit?: ReadonlySet<RowKey>;
  /** The traffic of rows in the last two minutes; not known where it is left out. */
  readonly past?: Pick<Beyond, 'traffic'>;
  readonly sortColumn: ColumnId | null;
  readonly reverse: boolean;
  readonly flat: boolean;
  /** Ids of the chosen columns; `null` for as many as fit. */
  readonly columns: readonly ColumnId[] | null;
  /** What of the table may be read. */
  readonly access: Access;
  readonly theme: Theme;
  /** Cells that the longest name needs, see `nameWidthOf`. */
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
    longest = Math.max(
      longest,
      nameIndent(row, flat).length + (name?.cell(row, 0).text.length ?? 0) + ownerOf(row, flat).length,
    );
  return longest;
}

const placedColumns = remembering(placeColumns);

/** Paints titles and rows into the canvas, which they fill. */
export function paintTable(canvas: Canvas, frame: TableFrame): void {
  const placed = placedColumns(
    canvas.width,
    frame.nameWidth,
    frame.columns,
    frame.access,
    frame.sortColumn,
    frame.isProbing,
  );
  paintTitles(canvas, placed, frame.sortColumn, frame.reverse, frame.theme);
  if (frame.rows.length === 0) {
    frame.emptyText.forEach((line, index) => {
      canvas.write(gutterWidth, titleHeight + 1 + index, line, frame.theme.roles.dim);
    });
    return;
  }
  const sight = { top: frame.top, flat: frame.flat, height: canvas.height - titleHeight };
  const beyond: Beyond = {
    answers: frame.answers ?? noAnswers,
    now: frame.time,
    checks: frame.checks ?? new Map(),
    rowNames: frame.rowNames ?? RowNames.none,
    traffic: (key) => frame.past?.traffic(key) ?? [],
  };
  let next = rowInSight(frame.rows, sight, 0);
  for (let y = titleHeight; y < canvas.height; y++) {
    const row: Row | undefined = next;
    if (row === undefined) break;
    next = frame.rows.at(frame.top + y - titleHeight + 1);
    paintRow(canvas, { row, y, isLast: next?.kind !== 'real server', beyond }, placed, frame);
  }
}

/** A row as a line of plain text, as it would be painted: for tests. */
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

/** A row, with what decides about its look besides itself. */
interface PaintedRow {
  readonly row: Row;
  readonly y: number;
  /** Whether it is the last of its service's real servers. */
  readonly isLast: boolean;
  readonly beyond: Beyond;
}

function paintRow(
  canvas: Canvas,
  { row, y, isLast, beyond }: PaintedRow,
  placed: readonly PlacedColumn[],
  frame: TableFrame,
): void {
  const { roles } = frame.theme;
  const { realServersTime } = row.service;
  const age = realServersTime === null ? '' : ` ${formatSpan(frame.time - realServersTime)} old`;
  const isDraining = frame.drains?.some(({ order }) => drainKey(order) === row.key) === true;
  for (const { column, x, width } of placed) {
    const cell = column.cell(row, width, beyond);
    if (column.id === 'name') {
      paintName(canvas, x, y, width, cell, { row, isLast, age, isDraining, frame });
      continue;
    }
    const { text } = cell;
    const look = age === '' ? cell.role : 'dim';
    canvas.writeField(x, y, width, text, column.align, look && roles[look]);
    const start = column.align === 'right' ? x + width - text.length : x;
    if (cell.marks !== undefined && age === '' && start >= x) paintMarks(canvas, start, y, cell.marks, roles);
  }
  paintSigns(canvas, y, row, isDraining, frame);
  if (frame.lit?.has(row.key) === true) canvas.tint(0, y, gutterWidth + frame.nameWidth, roles.lit);
  if (row.key === frame.cursorKey) {
    canvas.restyle({ x: 0, y, width: canvas.width, height: 1 }, frame.theme.onCursor);
    if (!frame.tagged.has(row.key)) canvas.write(0, y, cursorBar, roles.cursorBar);
  }
}

/** What decides how a name looks. */
interface NameLook {
  readonly row: Row;
  readonly isLast: boolean;
  readonly age: string;
  readonly isDraining: boolean;
  readonly frame: TableFrame;
}

function paintName(
  canvas: Canvas,
  x: number,
  y: number,
  width: number,
  cell: CellText,
  look: NameLook,
): void {
  const { row, age, frame } = look;
  const { roles } = frame.theme;
  const indent = nameIndent(row, frame.flat, look.isLast);
  const isWhole = indent.length + cell.text.length <= width;
  const name = isWhole ? indent + cell.text : nameWithin(indent, cell, width);
  const special = nameRole(look);
  const role = special ?? cell.role;
  canvas.writeField(
    x,
    y,
    width,
    nameWith(nameWith(name, ownerOf(row, frame.flat), width), age, width),
    'left',
    role && roles[role],
  );
  if (cell.marks !== undefined && special === undefined && isWhole)
    paintMarks(canvas, x + indent.length, y, cell.marks, roles);
  if (row.kind === 'real server') canvas.tint(x, y, 1, roles.line);
}

/** Whether it is the weight that keeps a real server from taking new connections. */
function isDrained(row: Row): boolean {
  return row.kind === 'real server' && row.realServer.realServer.weight === 0;
}

/** The role of a name that tells more than the name: a tag, the age, a finding of its own, a drain. */
function nameRole({ row, age, isDraining, frame }: NameLook): StyleRole | undefined {
  if (frame.tagged.has(row.key)) return 'tag';
  if (age !== '') return 'dim';
  const severity = frame.marks?.own.get(row.key);
  if (severity !== undefined) return severityRoles[severity];
  return isDraining || isDrained(row) ? 'dim' : undefined;
}

function paintMarks(
  canvas: Canvas,
  x: number,
  y: number,
  marks: readonly CellMark[],
  roles: Theme['roles'],
): void {
  for (const { from, to, role } of marks) canvas.tint(x + from, y, to - from, roles[role]);
}

const drainSign = '▽';
const fullSign = '⊘';

/** The signs in front of the row, and of the name of a real server below its service. */
function paintSigns(canvas: Canvas, y: number, row: Row, isDraining: boolean, frame: TableFrame): void {
  const { roles } = frame.theme;
  if (frame.tagged.has(row.key)) canvas.write(0, y, '*', roles.tag);
  if (isDraining) canvas.write(1, y, drainSign, roles.warning);
  if (row.service.realServersTime !== null) canvas.write(1, y, oldMark, roles.dim);
  const isIndented = row.kind === 'real server' && !frame.flat;
  const x = isIndented ? gutterWidth + 2 : 1;
  if (!isIndented && isDraining) return;
  const mark = frame.marks && markOf(frame.marks, row);
  if (mark !== undefined) canvas.write(x, y, mark.sign, roles[mark.role]);
  else if (row.kind === 'real server' && row.realServer.overloaded)
    canvas.write(x, y, fullSign, roles.warning);
}

/** An address cut to fewer cells says nothing. */
const shortestAddress = 4;

/**
 * The name shortened to `width` cells, where that is possible: moved closer to its fold sign, then with its address cut
 * in the middle. Protocol and port stay.
 */
function nameWithin(indent: string, { text: name, marks = [] }: CellText, width: number): string {
  if (indent.length + name.length <= width) return indent + name;
  const closer = indent.length > 2 ? indent : indent.trimEnd();
  const room = width - closer.length;
  if (name.length <= room) return closer + name;
  const first = marks[0]?.to ?? 0;
  const last = name.lastIndexOf(':');
  const kept = room - first - (name.length - last) - 1;
  if (last < 0 || kept < shortestAddress) return indent + name;
  const behind = Math.floor(kept / 2);
  return `${closer}${name.slice(0, first + kept - behind)}…${name.slice(last - behind)}`;
}

/** What a real server belongs to, where its service is not above it. */
function ownerOf(row: Row, flat: boolean): string {
  return flat && row.kind === 'real server' ? ` of ${row.service.key}` : '';
}

/** The name with `more` behind it, where there is room: the service of a flat row, or the age. */
function nameWith(name: string, more: string, width: number): string {
  return more !== '' && textWidth(name) + more.length <= width ? name + more : name;
}

/** Fold sign or branch in front of a name; a branch leaves a cell for a sign. */
function nameIndent(row: Row, flat: boolean, isLast = false): string {
  if (row.kind === 'service') return row.open ? '▾ ' : '▸ ';
  if (flat) return '';
  return isLast ? '└   ' : '├   ';
}
