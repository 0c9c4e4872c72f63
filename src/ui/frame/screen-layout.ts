import type { Rectangle } from '../../terminal/grid.ts';
import type { Line } from '../kit/page.ts';
import type { Command } from '../state/command.ts';
import type { ScreenState } from '../state/screen-state.ts';
import { splitAreas } from '../state/split-view.ts';
import { titleHeight } from '../table/table-painter.ts';
import { footerLines } from './footer.ts';
import { headerLines } from './header.ts';
import { hostBand, lowerBand } from './host-band.ts';

/** What stands where on the screen, from top to bottom and over its whole width. */
export interface ScreenLayout {
  readonly header: readonly Line[];
  /** The table, or the pane in its place; empty on a screen that has no row for it. */
  readonly table: Rectangle;
  /** The detail beside the table or below it; `null` where there is none. */
  readonly detail: Rectangle | null;
  /** Table and detail together. */
  readonly whole: Rectangle;
  readonly footer: readonly Line[];
}

/** Rows that the table keeps on a low screen: its titles, and two to see the cursor move. */
const leastTableHeight = 3;

/** On lower screens a host in production has only the band above the header. */
const lowestWithFrame = 18;

/**
 * Divides a screen of that size. On a low one header and footer shrink, down to a line each, so that the table keeps
 * `leastTableHeight` rows.
 */
export function layoutScreen(
  state: ScreenState,
  commands: readonly Command[],
  columns: number,
  rows: number,
): ScreenLayout {
  const wholeHeader = [...hostBand(state.far, columns), ...headerLines(state, columns, rows)];
  const band = rows < lowestWithFrame ? [] : lowerBand(state.far, columns);
  const footer = [
    ...band,
    ...footerLines(state, commands, columns, Math.max(1, rows - leastTableHeight - 1)),
  ];
  const header = wholeHeader.slice(0, Math.max(1, rows - leastTableHeight - footer.length));
  const height = Math.max(0, rows - header.length - footer.length);
  const whole = { x: 0, y: header.length, width: columns, height };
  const areas =
    state.pane === null ? splitAreas(state.split, whole, Math.max(1, state.rows.length) + titleHeight) : null;
  return { header, table: areas?.table ?? whole, detail: areas?.detail ?? null, whole, footer };
}
