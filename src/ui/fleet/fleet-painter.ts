import type { Canvas } from '../../terminal/grid.ts';
import { cursorBar, type FittedColumn, fitColumns, gutterWidth, paintTitles } from '../kit/fitted-columns.ts';
import { remembering } from '../kit/remembering.ts';
import type { Theme } from '../kit/theme.ts';
import { type FleetColumn, fleetColumns, isOld } from './fleet-columns.ts';
import type { FleetRow } from './fleet-row.ts';
import type { FleetState } from './fleet-state.ts';

/** Rows that the column titles take. */
export const fleetTitleHeight = 1;

const serviceIndent = '  ';

const fitted = remembering((width: number, nameWidth: number, sorted: string | null) =>
  fitColumns(fleetColumns, width, { nameWidth, areChosen: false, sorted }),
);

/** The columns that fit into `width` cells, with their places. */
export function placeFleetColumns(
  { rows, sortColumn }: Pick<FleetState, 'rows' | 'sortColumn'>,
  width: number,
): readonly FittedColumn<FleetColumn>[] {
  let longest = 0;
  for (const row of rows) longest = Math.max(longest, nameOf(row).length);
  return fitted(width, longest, sortColumn);
}

/** Paints titles and rows into the canvas, which they fill. */
export function paintFleetTable(canvas: Canvas, state: FleetState, theme: Theme): void {
  const placed = placeFleetColumns(state, canvas.width);
  paintTitles(canvas, placed, state.sortColumn, state.reverse, theme);
  for (let y = fleetTitleHeight; y < canvas.height; y++) {
    const row = state.rows[state.top + y - fleetTitleHeight];
    if (row === undefined) return;
    paintRow(canvas, y, row, placed, state, theme);
  }
}

function paintRow(
  canvas: Canvas,
  y: number,
  row: FleetRow,
  placed: readonly FittedColumn<FleetColumn>[],
  state: FleetState,
  theme: Theme,
): void {
  const { roles } = theme;
  // Numbers of a director that is not heard of any more are of the past, and dim.
  const { contact, reading } = row.director;
  const isPast = contact.kind === 'silent' || reading?.state === 'lost' || isOld(row.director, state);
  for (const { column, x, width } of placed) {
    const { text, role } = column.cell(row, width, state);
    const isTold = column.id === 'state' || column.id === 'age';
    const look = isPast && !isTold ? 'dim' : role;
    canvas.writeField(
      x,
      y,
      width,
      column.id === 'name' ? nameOf(row) : text,
      column.align,
      look && roles[look],
    );
  }
  if (row.kind === 'director') canvas.write(1, y, row.open ? '▾' : '▸', roles.dim);
  if (row.key !== state.cursorKey) return;
  canvas.restyle({ x: 0, y, width: canvas.width, height: 1 }, theme.onCursor);
  canvas.write(0, y, cursorBar, roles.cursorBar);
}

function nameOf(row: FleetRow): string {
  const { text } = nameColumn?.cell(row, 0, never) ?? { text: '' };
  return row.kind === 'service' ? serviceIndent + text : text;
}

const [nameColumn] = fleetColumns;
const never = { now: 0, interval: 1 };

/** Cells of a row in which a click opens or closes it. */
export const foldCells = gutterWidth;
