import { fitToWidth } from '../../terminal/width.ts';
import { brailleRows, dotRows } from './braille.ts';
import { formatSpan } from './number-format.ts';
import { type Line, type Span, span } from './page.ts';
import type { StyleRole } from './theme.ts';

/** Readings over time, and how to draw them. */
export interface Graph {
  /** What is shown, with its unit: `IN bit/s`. */
  readonly title: string;
  /** Oldest first; NaN where nothing was read. */
  readonly readings: ArrayLike<number>;
  /** Seconds from one reading to the next. */
  readonly period: number;
  /** Number of the newest reading, so that readings which share a column stay together from frame to frame. */
  readonly newest: number;
  /** The value at this moment, which may be newer than the last reading; NaN when it is not known. */
  readonly now: number;
  /** Writes a value in at most five cells. */
  readonly format: (value: number) => string;
  /** Roles of the curve's edge and of the area below it; those of connections where they are left out. */
  readonly looks?: readonly [edge: StyleRole, fill: StyleRole];
  /** Top of the scale where it is fixed; otherwise it follows the highest reading shown. */
  readonly top?: number;
  /** What the right end of the time axis is called. */
  readonly end: string;
  /** Said in place of the curve. */
  readonly note?: string;
  /** A value at which the kernel does something: a line through the curve where it is in sight. */
  readonly limit?: number;
  /** What happened on the way. */
  readonly marks?: readonly GraphMark[];
  /** The column that is read, counted from the right end, and what its moment is called; none where it is left out. */
  readonly cursor?: { readonly column: number; moment(secondsAgo: number): string };
}

/** Something that happened, on the time axis. */
export interface GraphMark {
  /** Seconds before the right end. */
  readonly ago: number;
  /** One cell. */
  readonly sign: string;
  readonly role: StyleRole;
}

/** A curve in characters. */
export interface Plot {
  /** From top to bottom, all equally wide. */
  readonly rows: readonly string[];
  /** What each column shows; NaN where nothing was read. */
  readonly values: ArrayLike<number>;
  /** Value at the top edge. */
  readonly top: number;
  /** Highest reading shown; NaN when there is none. */
  readonly highest: number;
  /** Readings that stand for one column. */
  readonly perColumn: number;
  /** Readings that are in sight. */
  readonly readings: number;
}

/** Rows of a graph beside its curve: its title and its time axis. */
export const graphFrame = 2;

/** Cells in front of the curve: the values of the axis and the axis itself. */
export const axisWidth = 6;

/**
 * The least round number that is not below `value`: 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6 or 8 times a power of
 * ten. 1 for 0 and for what is no number.
 */
export function roundTop(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  for (const step of [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8]) {
    // Tenths are not exact, and 0.30000000000000004 must not miss 0.3.
    if (step * power >= value * (1 - 1e-9)) return step * power;
  }
  return 10 * power;
}

/**
 * How many readings each of `columns` columns stands for. Rounded up, all readings are shown and columns stay empty;
 * rounded down, the columns are filled and the oldest readings are left out. Whichever loses less is taken.
 */
export function readingsPerColumn(readings: number, columns: number): number {
  const all = Math.ceil(readings / columns);
  const fewer = Math.floor(readings / columns);
  if (fewer === 0 || fewer === all) return Math.max(1, all);
  const usedColumns = Math.ceil(readings / all) / columns;
  const usedReadings = (fewer * columns) / readings;
  return usedReadings >= usedColumns ? fewer : all;
}

/**
 * Draws readings as a curve of dots, `rows` high and at most `columns` wide, the newest at the right, two columns of
 * dots a cell. A column that stands for several readings shows the highest of them; one without any is blank, while 0
 * shows as the lowest dot.
 */
export function plot(
  readings: ArrayLike<number>,
  newest: number,
  columns: number,
  rows: number,
  fixedTop?: number,
): Plot {
  const perDot = readingsPerColumn(readings.length, columns * 2);
  // A cell begins at an even column, so that the curve moves by whole cells only.
  const lead = Math.floor(newest / perDot) % 2 === 0 ? 1 : 0;
  const dots = columnValues(readings, newest, perDot, columns * 2 - lead);
  const cells = (dots.length + lead + 1) >> 1;
  const values = new Float64Array(cells).fill(Number.NaN);
  let highest = Number.NaN;
  for (const [place, value] of dots.entries()) {
    if (Number.isNaN(value)) continue;
    const cell = (place + cells * 2 - dots.length - lead) >> 1;
    if (!(value <= (values[cell] ?? 0))) values[cell] = value;
    if (!(value <= highest)) highest = value;
  }
  const top = fixedTop ?? roundTop(highest);
  const levels = new Uint16Array(dots.length + lead);
  for (const [place, value] of dots.entries())
    if (!Number.isNaN(value)) levels[place] = Math.max(1, Math.round((value / top) * rows * dotRows));
  return {
    rows: brailleRows(levels, cells, rows),
    values,
    top,
    highest,
    perColumn: perDot * 2,
    readings: Math.min(readings.length, perDot * columns * 2),
  };
}

/** The highest reading of each column. A column begins where the number of its first reading is a multiple of `perColumn`. */
function columnValues(
  readings: ArrayLike<number>,
  newest: number,
  perColumn: number,
  columns: number,
): Float64Array {
  const lastColumn = Math.floor(newest / perColumn);
  const count = Math.min(columns, Math.ceil(readings.length / perColumn));
  const values = new Float64Array(count).fill(Number.NaN);
  for (let index = 0; index < readings.length; index++) {
    const value = readings[index] ?? Number.NaN;
    const column =
      Math.floor((newest - readings.length + 1 + index) / perColumn) - lastColumn + values.length - 1;
    const before = values[column];
    if (before === undefined || Number.isNaN(value)) continue;
    if (Number.isNaN(before) || value > before) values[column] = value;
  }
  return values;
}

/** A graph with title, both axes and curve, `width` cells wide; the curve is `rows` high. */
export function graphLines(graph: Graph, width: number, rows: number): Line[] {
  const columns = Math.max(1, width - axisWidth);
  const { readings, period, newest } = stretched(graph, columns * 2);
  const curve = plot(readings, newest, columns, rows, graph.top);
  const highest = Number.isNaN(curve.highest) ? graph.now : Math.max(curve.highest, graph.now || 0);
  const value = (number: number) => (Number.isNaN(number) ? '…' : graph.format(number));
  const used = curve.values.length;
  const perColumn = curve.perColumn * period;
  const cursor =
    graph.cursor === undefined || graph.note !== undefined
      ? undefined
      : Math.max(0, used - 1 - graph.cursor.column);
  const told =
    cursor === undefined
      ? `${value(graph.now)}  max ${value(highest)}`
      : `${value(curve.values[cursor] ?? Number.NaN)} ${graph.cursor?.moment((used - 1 - cursor) * perColumn)}`;
  const numbers = graph.note === undefined ? told : '';
  const lines: Line[] = [[span(0, graph.title, 'service'), span(graph.title.length + 1, numbers)]];
  curve.rows.forEach((row, index) => {
    const isMarked = index === 0 || (rows >= 4 && index * 2 === rows);
    const label =
      isMarked && graph.note === undefined ? graph.format((curve.top * (rows - index)) / rows) : '';
    const spans: Span[] = [span(0, `${label.padStart(axisWidth - 1)}${isMarked ? '┤' : '│'}`, 'dim')];
    if (graph.note === undefined) {
      const limited = rowOfLimit(graph.limit, curve.top, rows) === index;
      spans.push(
        ...curveSpans(row, curve.rows[index - 1], limited, graph.looks ?? ['trend', 'calmTrend'], cursor),
      );
    } else if (index === rows >> 1)
      spans.push(span(axisWidth, fitToWidth(graph.note, columns, 'center'), 'dim'));
    lines.push(spans);
  });
  const seconds = curve.readings * period;
  const width0 = graph.note === undefined ? (curve.rows[0]?.length ?? columns) : columns;
  const marks = graph.note === undefined ? (graph.marks ?? []) : [];
  lines.push([
    span(0, `${'0'.padStart(axisWidth - 1)}└`, 'dim'),
    ...axisSpans(timeAxis(seconds, width0, graph.end), marks, perColumn),
  ]);
  return lines;
}

/** The readings, each repeated where there are fewer than columns, so that the curve is as wide as there is room. */
function stretched(
  { readings, period, newest }: Graph,
  columns: number,
): Pick<Graph, 'readings' | 'period' | 'newest'> {
  const count = readings.length;
  if (count === 0 || count >= columns) return { readings, period, newest };
  const wide = Float64Array.from(
    { length: columns },
    (_, column) => readings[Math.floor((column * count) / columns)] ?? Number.NaN,
  );
  return { readings: wide, period: (period * count) / columns, newest: columns - 1 };
}

/** The row that a limit lies in; -1 where it is out of sight, or none. */
function rowOfLimit(limit: number | undefined, top: number, rows: number): number {
  if (limit === undefined || limit > top || limit <= 0) return -1;
  return Math.min(rows - 1, Math.floor(((top - limit) / top) * rows));
}

/**
 * A row of a curve: its edge, the calmer area below it, the line of a limit where the row is blank, and the column that
 * is read.
 */
function curveSpans(
  row: string,
  above: string | undefined,
  isLimit: boolean,
  [edge, fill]: readonly [StyleRole, StyleRole],
  cursor?: number,
): Span[] {
  return runsOf(row.length, (column) => {
    const cell = row[column] ?? ' ';
    if (column === cursor) return { text: cell === ' ' ? '│' : cell, role: 'strong' };
    if (cell === ' ') return isLimit ? { text: '┄', role: 'warning' } : { text: ' ', role: 'text' };
    return { text: cell, role: above === undefined || above[column] === ' ' ? edge : fill };
  });
}

/** The time axis with what happened on the way. */
function axisSpans(axis: string, marks: readonly GraphMark[], secondsPerColumn: number): Span[] {
  const signs = new Map(
    marks.map((mark) => [axis.length - 1 - Math.floor(Math.max(0, mark.ago) / secondsPerColumn), mark]),
  );
  return runsOf(axis.length, (column) => {
    const mark = signs.get(column);
    return { text: mark?.sign ?? axis[column] ?? ' ', role: mark?.role ?? 'dim' };
  });
}

/** The cells of a line right of the axis, joined into spans of one role each. */
function runsOf(length: number, cellAt: (column: number) => { text: string; role: StyleRole }): Span[] {
  const spans: { x: number; text: string; role: StyleRole }[] = [];
  for (let column = 0; column < length; column++) {
    const { text, role } = cellAt(column);
    const last = spans.at(-1);
    if (last?.role === role) last.text += text;
    else spans.push({ x: axisWidth + column, text, role });
  }
  return spans;
}

/** Beginning, middle and end of the time shown, along a line of `width` cells. */
function timeAxis(seconds: number, width: number, end: string): string {
  const begin = formatTime(seconds);
  if (width < begin.length + end.length + 1) return '─'.repeat(width);
  const middle = formatTime(seconds / 2);
  const marks = [...'─'.repeat(width)];
  const put = (text: string, x: number) => marks.splice(x, text.length, ...text);
  put(begin, 0);
  put(end, width - end.length);
  const x = Math.round(width / 2 - middle.length / 2);
  if (x > begin.length + 2 && x + middle.length + 2 < width - end.length) put(middle, x);
  return marks.join('');
}

function formatTime(seconds: number): string {
  return formatSpan(seconds * 1000).replace(/m00s$/, 'm');
}
