import type { FleetDirector } from '../../fleet/directors/fleet-director.ts';
import type { ListWindow } from '../kit/list-window.ts';
import type { Line } from '../kit/page.ts';
import type { Message } from '../state/screen-state.ts';
import type { TypedLine } from '../state/typed-line.ts';
import type { FleetMoment } from './fleet-columns.ts';
import type { FleetRow } from './fleet-row.ts';
import { type FleetRowOptions, fleetRows } from './fleet-rows.ts';

/** Everything that decides what the screen of several directors shows. Replaced as a whole by each change. */
export interface FleetState extends FleetRowOptions, FleetMoment {
  /** Where the directors are known from, for the header. */
  readonly title: string;
  /** What is wrong with the source of the directors as a whole; `null` for nothing. */
  readonly problem: string | null;
  readonly directors: readonly FleetDirector[];
  readonly rows: readonly FleetRow[];
  /** Key of the row under the cursor. */
  readonly cursorKey: string | undefined;
  /** Index of the first row shown. */
  readonly top: number;
  /** Whether what is shown stands still. */
  readonly frozen: boolean;
  /** The line that `/` opens, while it is open. */
  readonly typed: TypedLine | null;
  readonly message: Message | null;
  /** What stands in place of the table; `null` for the table itself. */
  readonly page: FleetPage | null;
}

/** Lines that stand in place of the table, of which as many are shown as there is room for. */
export interface FleetPage {
  readonly window: ListWindow;
  title(state: FleetState): string;
  lines(state: FleetState, width: number): readonly Line[];
}

/** What decides about the rows and their order. */
const rowFields = ['directors', 'opened', 'filter', 'sortColumn', 'reverse'] as const;

/** The state with what changed, the cursor on its row, or on the one that took its place. */
export function changedFleet(state: FleetState, change: Partial<FleetState>): FleetState {
  const next = { ...state, ...change };
  const isSame = rowFields.every((name) => next[name] === state[name]);
  const rows = isSame ? state.rows : fleetRows(next.directors, next, next);
  if (rows.some(({ key }) => key === next.cursorKey)) return { ...next, rows };
  const former = state.rows.findIndex(({ key }) => key === state.cursorKey);
  // From a service that was closed the cursor goes to its director.
  const owner = rows.findIndex(({ key }) => next.cursorKey?.startsWith(`${key}\n`));
  const nearest = rows[owner >= 0 ? owner : Math.min(Math.max(0, former), rows.length - 1)];
  return {
    ...next,
    rows,
    cursorKey: change.cursorKey === undefined && 'cursorKey' in change ? rows[0]?.key : nearest?.key,
  };
}

/** Scrolls so that the cursor is among `height` shown rows, and no room is left empty below the last row. */
export function scrolledFleet(state: FleetState, height: number): FleetState {
  const index = cursorIndex(state);
  let top = Math.min(state.top, Math.max(0, state.rows.length - height));
  if (index < top) top = index;
  if (index >= top + height) top = index - height + 1;
  return top === state.top ? state : { ...state, top };
}

/** Place of the row under the cursor. */
export function cursorIndex({ rows, cursorKey }: Pick<FleetState, 'rows' | 'cursorKey'>): number {
  return Math.max(
    0,
    rows.findIndex(({ key }) => key === cursorKey),
  );
}

/** The row under the cursor. */
export function rowUnderCursor(state: FleetState): FleetRow | undefined {
  return state.rows[cursorIndex(state)];
}
