import type { Grid } from '../../terminal/grid.ts';
import type { Theme } from '../kit/theme.ts';
import { hasStickyHead, type RowList } from '../table/row-list.ts';

/** Which of the rows are in sight, `12–36 of 210`; empty where all are. */
export function placeText(rows: RowList, top: number, height: number, flat: boolean): string {
  if (rows.length <= height) return '';
  const first = top + 1 + (hasStickyHead(rows, top, height, flat) ? 1 : 0);
  return `${first}–${Math.min(rows.length, top + height)} of ${rows.length}`;
}

/** Cells that stay free at the right of the place. */
const margin = 2;

/** Writes the place at the right of the first of these screen rows that has nothing there but a line or blanks. */
export function paintPlace(grid: Grid, candidates: readonly number[], text: string, theme: Theme): void {
  if (text === '') return;
  const shown = ` ${text} `;
  const x = grid.width - margin - shown.length;
  const isFree = (y: number) =>
    x > 0 && Array.from(shown).every((_, at) => [' ', '─'].includes(grid.cell(x + at, y).text));
  const y = candidates.find(isFree);
  if (y !== undefined) grid.write(x, y, shown, theme.roles.dim);
}
