import { visible } from '../../ipvs/visible.ts';
import { noAnswers } from '../../probe/known-answers.ts';
import type { View } from '../../sampling/view.ts';
import type { ColorDepth } from '../../terminal/color-depth.ts';
import { styleTransition } from '../../terminal/sgr.ts';
import { DEFAULT_STYLE } from '../../terminal/style.ts';
import { fitToWidth, textWidth } from '../../terminal/width.ts';
import { createTheme, type StyleRole, type Theme } from '../kit/theme.ts';
import { type Column, type ColumnId, columnById, columnIds } from './columns.ts';
import { noMarks } from './finding-marks.ts';
import type { Row } from './row.ts';
import type { RowList } from './row-list.ts';
import { buildRows } from './rows.ts';

/** Which rows of a table, in which order, and what of them. */
export interface RowChoice {
  /** As `rowFilter` reads it. */
  readonly filter: string;
  readonly sort: ColumnId | null;
  /** `null` for the usual ones. */
  readonly columns: readonly ColumnId[] | null;
}

/** What a table is printed on. */
export interface Paper {
  /** Cells; `null` for as many as it takes. */
  readonly width: number | null;
  readonly colorDepth: ColorDepth;
}

/** A printed table. */
export interface PrintedTable {
  /** The titles first. */
  readonly lines: readonly string[];
  /** Titles of columns that had no room. */
  readonly leftOut: readonly string[];
}

const usual = ['name', 'mode', 'scheduler', 'weight'];
const settings = ['upper', 'lower', 'timeout', 'tunnel', 'flags'];
/** What is told of a table that was read once, and of one whose rates are known. */
const usualColumns = {
  once: columnIds([
    ...usual,
    ...['active', 'inactive', 'totalConnections', 'totalInBytes', 'totalOutBytes'],
    ...settings,
  ]),
  rates: columnIds([
    ...usual,
    'share',
    'active',
    'inactive',
    'connections',
    'inBits',
    'outBits',
    ...settings,
  ]),
};

/** The rows of a view that a choice lets through, in its order, none closed. */
export function chosenRows(view: View, { filter, sort }: Pick<RowChoice, 'filter' | 'sort'>): RowList {
  return buildRows(view, {
    closed: new Set(),
    tagged: new Set(),
    drains: [],
    marks: noMarks,
    answers: noAnswers,
    filter,
    sortColumn: sort,
    reverse: false,
    flat: false,
  });
}

/**
 * Prints rows as lines of text, with the columns of the screen: names as commands take them, and what fits, the name
 * always whole. Of the usual columns those that say nothing are left out.
 */
export function printTable(
  rows: Iterable<Row>,
  { columns: chosen }: Pick<RowChoice, 'columns'>,
  readings: keyof typeof usualColumns,
  { width, colorDepth }: Paper,
): PrintedTable {
  const all = [...rows];
  const wanted = (chosen ?? usualColumns[readings]).filter((id) => id !== 'name').map(columnById);
  const candidates = wanted
    .filter((column) => column !== undefined)
    .map((column) => printedColumn(column, all))
    .filter(({ isEmpty, column }) => !isEmpty || chosen !== null || !settings.includes(column.id));
  const names = all.map(printedName);
  const title = columnById('name' as ColumnId)?.title ?? '';
  const nameWidth = Math.max(title.length, ...lengths(names));
  const shown = fitting(candidates, width === null ? Infinity : width - nameWidth);
  // In the terminal's own colours, which suit its ground whatever that is.
  const theme = createTheme({ name: 'dark', depth: colorDepth === 'none' ? 'none' : '16' });
  const ink = inked(theme, colorDepth);
  const lineOf = (name: string, cells: readonly string[]) => [name, ...cells].join(gap).trimEnd();
  const titles = lineOf(
    title.padEnd(nameWidth),
    shown.map(({ column, width: cells }) => fitToWidth(column.title, cells, column.align)),
  );
  const lines = all.map((row, place) =>
    lineOf(
      ink(fitToWidth(names[place] ?? '', nameWidth), row.kind === 'service' ? 'service' : undefined),
      shown.map(({ column, cells, width: room }) => {
        const { text, role } = cells[place] ?? { text: '' };
        return ink(fitToWidth(text, room, column.align), role);
      }),
    ),
  );
  const leftOut = candidates.filter((candidate) => !shown.includes(candidate));
  return {
    lines: [ink(titles, 'strong'), ...lines],
    leftOut: leftOut.map(({ column }) => column.title),
  };
}

/** Between columns. */
const gap = '  ';

interface PrintedColumn {
  readonly column: Column;
  readonly cells: readonly { readonly text: string; readonly role?: StyleRole }[];
  readonly width: number;
  readonly isEmpty: boolean;
}

function printedColumn(column: Column, rows: readonly Row[]): PrintedColumn {
  const cells = rows.map((row) => {
    // With no more room than its title a share is told in numbers, without its bar, which scripts cannot read.
    const { text, role } = column.cell(row, column.align === 'right' ? column.title.length : column.width);
    return { text: visible(text), ...(role !== undefined && { role }) };
  });
  const texts = cells.map(({ text }) => text);
  const width = Math.max(column.title.length, ...lengths(texts));
  return { column, cells, width, isEmpty: texts.every((text) => text === '' || text === '0') };
}

/** In slices: a call takes so many arguments only. */
function* lengths(texts: readonly string[]): Generator<number, void, void> {
  let longest = 0;
  for (const text of texts) longest = Math.max(longest, textWidth(text));
  yield longest;
}

function printedName(row: Row): string {
  return row.kind === 'service' ? row.key : `  ${row.key.slice(row.service.key.length + 1)}`;
}

/** As many as fit into so many cells, those that stay longest on a narrow screen, in their order. */
function fitting(candidates: readonly PrintedColumn[], room: number): PrintedColumn[] {
  const kept = new Set<PrintedColumn>();
  let left = room;
  for (const candidate of [...candidates].sort((one, other) => one.column.priority - other.column.priority)) {
    const needed = candidate.width + gap.length;
    if (needed > left) break;
    left -= needed;
    kept.add(candidate);
  }
  return candidates.filter((candidate) => kept.has(candidate));
}

function inked(theme: Theme, depth: ColorDepth): (text: string, role: StyleRole | undefined) => string {
  return (text, role) => {
    if (depth === 'none' || role === undefined) return text;
    const begin = styleTransition(DEFAULT_STYLE, theme.roles[role], depth);
    return begin === '' ? text : `${begin}${text}\x1b[m`;
  };
}
