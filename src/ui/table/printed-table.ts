import { visible } from '../../ipvs/visible.ts';
import { RowNames } from '../../manager/row-names.ts';
import { noAnswers } from '../../probe/known-answers.ts';
import type { View } from '../../sampling/view.ts';
import { type Column, type ColumnId, columnById, columnIds } from './columns.ts';
import { noMarks } from './finding-marks.ts';
import {
  type Paper,
  type PrintedCell,
  type PrintedColumn,
  type PrintedTable,
  printColumns,
} from './printed-columns.ts';
import type { Row } from './row.ts';
import type { RowList } from './row-list.ts';
import { buildRows } from './rows.ts';

/** Which rows of a table to print, in which order, and with which columns. */
export interface RowChoice {
  /** The filter that rows have to pass, as `rowFilter` reads it. */
  readonly filter: string;
  readonly sort: ColumnId | null;
  /** `null` for the usual ones. */
  readonly columns: readonly ColumnId[] | null;
}

const usual = ['name', 'mode', 'scheduler', 'weight'];
const settings = ['upper', 'lower', 'timeout', 'tunnel', 'flags'];
/** The columns of a table that was read once, and of one whose rates are known. */
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
    checks: new Map(),
    rowNames: RowNames.none,
    filter,
    sortColumn: sort,
    reverse: false,
    flat: false,
  });
}

/**
 * Prints rows as lines of text, with the columns of the screen: names as commands take them and always whole, and as
 * many other columns as fit. Where none were chosen, settings that no row has are left out.
 */
export function printTable(
  rows: Iterable<Row>,
  { columns: chosen }: Pick<RowChoice, 'columns'>,
  readings: keyof typeof usualColumns,
  paper: Paper,
): PrintedTable {
  const all = [...rows];
  const wanted = (chosen ?? usualColumns[readings]).filter((id) => id !== 'name').map(columnById);
  const columns = wanted
    .filter((column) => column !== undefined)
    .map((column) => printedColumn(column, all))
    .filter(({ id, cells }) => chosen !== null || !settings.includes(id) || !saysNothing(cells));
  const names = {
    title: columnById('name' as ColumnId)?.title ?? '',
    cells: all.map((row) => ({
      text: printedName(row),
      ...(row.kind === 'service' && { role: 'service' as const }),
    })),
  };
  return printColumns(names, columns, paper);
}

function printedColumn(column: Column, rows: readonly Row[]): PrintedColumn & { readonly id: string } {
  const cells = rows.map((row) => {
    // With no more room than its title has, a share is printed as numbers only, without the bar, which scripts cannot
    // read.
    const { text, role } = column.cell(row, column.align === 'right' ? column.title.length : column.width);
    return { text: visible(text), ...(role !== undefined && { role }) };
  });
  const { id, title, align, priority } = column;
  return { id, title, align, priority, cells };
}

function saysNothing(cells: readonly PrintedCell[]): boolean {
  return cells.every(({ text }) => text === '' || text === '0');
}

function printedName(row: Row): string {
  return row.kind === 'service' ? row.key : `  ${row.key.slice(row.service.key.length + 1)}`;
}
