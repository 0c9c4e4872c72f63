import { movements } from '../kit/movements.ts';
import { toggled } from '../state/screen-state.ts';
import { TypedFilter } from '../state/typed-filter.ts';
import { directorPage } from './director-page.ts';
import type { FleetDesk } from './fleet-desk.ts';
import { completeFleetFilter, fleetFilter } from './fleet-filter.ts';
import { helpPage } from './fleet-help.ts';
import { placeFleetColumns } from './fleet-painter.ts';
import { cursorIndex, type FleetState, rowUnderCursor } from './fleet-state.ts';

/** Something that a key does on the screen of several directors: the one source for keys, the bottom bar and the help. */
export interface FleetCommand {
  readonly id: string;
  /** One line of help. */
  readonly help: string;
  /** Keys as `keyChord` writes them. */
  readonly keys: readonly string[];
  /** Label in the bottom bar; left out where the bar does not show the command. */
  readonly bar?: string;
  run(desk: FleetDesk): void;
}

/** All commands, in the order of the help; the bar shows its commands in the same order. */
export const fleetCommands: readonly FleetCommand[] = [
  ...movements.map(({ by, ...rest }) => ({
    ...rest,
    run: (desk: FleetDesk) => moveBy(desk, by(desk.pageHeight)),
  })),
  {
    id: 'enter',
    help: "the director's own live screen, over ssh; q there leads back here",
    keys: ['enter'],
    bar: 'its screen',
    run: (desk) => {
      const row = rowUnderCursor(desk.getState());
      if (row !== undefined) desk.enter(row);
    },
  },
  {
    id: 'open',
    help: 'show the services of the director',
    keys: ['right', 'l'],
    bar: 'services',
    run: (desk) => setOpen(desk, true),
  },
  {
    id: 'close',
    help: 'hide the services of the director',
    keys: ['left', 'h'],
    run: (desk) => setOpen(desk, false),
  },
  {
    id: 'toggle',
    help: 'show or hide the services of the director',
    keys: ['t', 'f5'],
    run: (desk) => setOpen(desk, !isOpen(desk)),
  },
  {
    id: 'about',
    help: 'all that is known of the director: why it does not answer, findings, role, configuration, load over time',
    keys: ['!'],
    bar: 'about it',
    run: (desk) => {
      const row = rowUnderCursor(desk.getState());
      if (row !== undefined) desk.update({ page: directorPage(row.director.key) });
    },
  },
  {
    id: 'filter',
    help: 'show only rows that hold what is typed: words, state:no-answer, partner:different, "conn/s>100", and or ! ( )',
    keys: ['/', 'f4'],
    bar: 'filter',
    run: (desk) => desk.update({ typed: filterLine(desk) }),
  },
  { id: 'clear-filter', help: 'show all rows', keys: ['\\'], run: (desk) => desk.update({ filter: '' }) },
  {
    id: 'sort-left',
    help: 'sort by the column to the left',
    keys: ['<'],
    run: (desk) => sortBeside(desk, -1),
  },
  {
    id: 'sort-right',
    help: 'sort by the column to the right',
    keys: ['>', 'f6'],
    bar: 'sort',
    run: (desk) => sortBeside(desk, 1),
  },
  {
    id: 'reverse',
    help: 'the order the other way round',
    keys: ['I'],
    run: (desk) => desk.update({ reverse: !desk.getState().reverse, cursorKey: undefined, top: 0 }),
  },
  {
    id: 'freeze',
    help: 'hold what is shown, or go on',
    keys: ['p'],
    bar: 'freeze',
    run: (desk) => desk.setFrozen(!desk.getState().frozen),
  },
  { id: 'redraw', help: 'draw everything anew', keys: ['ctrl+l'], run: (desk) => desk.redraw() },
  {
    id: 'suspend',
    help: 'stop lvstop; fg of the shell goes on',
    keys: ['ctrl+z'],
    run: (desk) => desk.suspend(),
  },
  {
    id: 'help',
    help: 'these lines',
    keys: ['?', 'f1'],
    bar: 'help',
    run: (desk) => desk.update({ page: helpPage(fleetCommands) }),
  },
  { id: 'quit', help: 'leave lvstop', keys: ['q', 'f10', 'ctrl+c'], bar: 'quit', run: (desk) => desk.quit() },
];

/** The command of a key; `undefined` where it means nothing. */
export function fleetCommandOfKey(chord: string): FleetCommand | undefined {
  return fleetCommands.find(({ keys }) => keys.includes(chord));
}

/** The change that sorts by a column, or reverses the order where the table is sorted by that column already. */
export function sortFleetBy({ sortColumn, reverse }: FleetState, column: string): Partial<FleetState> {
  const isSame = sortColumn === column;
  return { sortColumn: column, reverse: isSame && !reverse, cursorKey: undefined, top: 0 };
}

/** Moves the cursor by so many rows, as far as there are any. */
export function moveBy(desk: Pick<FleetDesk, 'getState' | 'update'>, by: number): void {
  const state = desk.getState();
  const target = Math.min(state.rows.length - 1, Math.max(0, cursorIndex(state) + by));
  const row = state.rows[target];
  if (row !== undefined) desk.update({ cursorKey: row.key });
}

function setOpen(desk: FleetDesk, isToBeOpen: boolean): void {
  const state = desk.getState();
  const row = rowUnderCursor(state);
  if (row === undefined) return;
  const { key } = row.director;
  if (state.opened.has(key) === isToBeOpen) return;
  desk.update({ opened: toggled(state.opened, key) });
}

function isOpen(desk: FleetDesk): boolean {
  const state = desk.getState();
  const row = rowUnderCursor(state);
  return row !== undefined && state.opened.has(row.director.key);
}

function sortBeside(desk: FleetDesk, by: -1 | 1): void {
  const state = desk.getState();
  const ids = placeFleetColumns(state, desk.tableWidth).map(({ column }) => column.id);
  const present = Math.max(0, ids.indexOf(state.sortColumn ?? 'name'));
  const id = ids[(present + by + ids.length) % ids.length];
  if (id !== undefined) desk.update({ sortColumn: id, reverse: false, cursorKey: undefined, top: 0 });
}

function filterLine(desk: FleetDesk): TypedFilter {
  return new TypedFilter(desk, {
    get text() {
      return desk.getState().filter;
    },
    reading: fleetFilter,
    completions: completeFleetFilter,
    show: (filter) => desk.update({ filter }),
    get isEmpty() {
      return desk.getState().rows.length === 0;
    },
  });
}
