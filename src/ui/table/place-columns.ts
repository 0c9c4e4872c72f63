import type { Access } from '../../director/director.ts';
import { columnAtCell, type FittedColumn, fitColumns } from '../kit/fitted-columns.ts';
import { type Column, type ColumnId, columnById, columns } from './columns.ts';

/** A column with the place it got. */
export type PlacedColumn = FittedColumn<Column>;

/**
 * Chooses by priority the columns that fit into `width` cells, of those that are `chosen` or, where that is `null`, of
 * all that are shown without being chosen. `nameWidth` is what the longest name shown needs; see `fitColumns`.
 */
export function placeColumns(
  width: number,
  nameWidth = 0,
  chosen: readonly ColumnId[] | null = null,
  access: Access = 'full',
  sorted: ColumnId | null = null,
  isProbing = false,
): PlacedColumn[] {
  return fitColumns(candidateColumns(chosen, access, isProbing), width, {
    nameWidth,
    areChosen: chosen !== null,
    sorted,
  });
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

/**
 * The column that has its title or its cells at cell `x` of a table placed as `placeColumns` does with these arguments.
 */
export function columnAt(x: number, ...placing: Parameters<typeof placeColumns>): Column | undefined {
  return columnAtCell(placeColumns(...placing), x);
}
