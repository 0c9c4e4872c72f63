import type { Message } from '../state/screen-state.ts';
import type { FleetRow } from './fleet-row.ts';
import type { FleetState } from './fleet-state.ts';

/** What keys of the screen of several directors may read and do. */
export interface FleetDesk {
  readonly getState: () => FleetState;
  update(change: Partial<FleetState>): void;
  say(kind: Message['kind'], text: string): void;
  /** Rows of the table that are in sight at once. */
  readonly pageHeight: number;
  /** Cells that the table is wide. */
  readonly tableWidth: number;
  /** Shows the newest, or holds what is there. */
  setFrozen(frozen: boolean): void;
  /** Opens the live screen of that row's director in place of this one. */
  enter(row: FleetRow): void;
  redraw(): void;
  suspend(): void;
  quit(): void;
}
