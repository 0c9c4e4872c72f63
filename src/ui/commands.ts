import type { SetupChoice } from '../forwarding/setup/setup-facts.ts';
import { forwardingModes, isForwardingMode } from '../ipvs/forwarding-method.ts';
import { isWholeRealServer } from '../ipvs/real-server.ts';
import { schedulers } from '../ipvs/scheduler.ts';
import { longestInterval, shortestInterval } from '../sampling/sampler.ts';
import { type KeyEvent, keyChord } from '../terminal/keys.ts';
import { columnById, columns } from './columns.ts';
import type { Controller } from './controller.ts';
import { DetailPane } from './detail/detail-pane.ts';
import { confirmDelete, confirmZero } from './dialogs/confirm-dialog.tsx';
import { openDirectorForm } from './dialogs/director-form.ts';
import { openDrain } from './dialogs/drain-dialog.tsx';
import { addRealServerForm, addServiceForm, editForm } from './dialogs/form-dialog.tsx';
import { HelpDialog } from './dialogs/help-dialog.tsx';
import { IntervalDialog } from './dialogs/interval-dialog.tsx';
import { ModeDialog } from './dialogs/mode-dialog.tsx';
import { SaveDialog } from './dialogs/save-dialog.tsx';
import { SchedulerDialog } from './dialogs/scheduler-dialog.tsx';
import { ScriptDialog } from './dialogs/script-dialog.tsx';
import { SettingsDialog } from './dialogs/settings-dialog.tsx';
import { openLastUndo, openUndoOf } from './dialogs/undo-dialog.tsx';
import { WeightDialog } from './dialogs/weight-dialog.tsx';
import { editObstacle } from './edit-obstacle.ts';
import { FindingsPane } from './findings-pane.ts';
import { JournalPane } from './journal-pane.ts';
import { placeColumns } from './place-columns.ts';
import type { Row } from './rows.ts';
import { accessOf, moveCursor, type ScreenState, selectedRow, toggled } from './screen-state.ts';
import { tagsOutOfSight, targetRealServers, targetRows, targetServices } from './targets.ts';
import { WalkPane } from './walk-pane.ts';

/** Headings of the help. */
export type CommandGroup = 'Movement' | 'Table' | 'Edits' | 'Program';

/** What follows a command's name on the line that `:` opens. */
export interface CommandArgument {
  readonly name: string;
  /** Values to complete from. */
  values(controller: Controller): readonly string[];
  /** Runs the command with it. */
  run(controller: Controller, text: string): void;
}

/** Something that a key does: the one source for keys, the bottom bar, help and README. */
export interface Command {
  readonly id: string;
  readonly group: CommandGroup;
  /** What it is called where it cannot run. */
  readonly title: string;
  /** One line of help. */
  readonly help: string;
  /** Keys as `keyChord` writes them. */
  readonly keys: readonly string[];
  /** Label in the bottom bar, where it belongs there. */
  readonly bar?: string;
  /** What it takes on the command line, where it takes something. */
  readonly argument?: CommandArgument;
  /** Why it cannot run now; `undefined` when it can. */
  obstacle?(controller: Controller): string | undefined;
  run(controller: Controller): void;
}

/** All commands, in the order of the help; those of the bar in the order of the bar. */
export const commands: readonly Command[] = [
  movement('up', 'up', 'one row up', ['up', 'k'], () => -1),
  movement('down', 'down', 'one row down', ['down', 'j'], () => 1),
  movement('page-up', 'page up', 'a page up', ['pageup', 'ctrl+b'], (controller) => -controller.pageHeight),
  movement(
    'page-down',
    'page down',
    'a page down',
    ['pagedown', 'ctrl+f'],
    (controller) => controller.pageHeight,
  ),
  movement('top', 'top', 'first row', ['home', 'g'], () => -Infinity),
  movement('bottom', 'bottom', 'last row', ['end', 'G'], () => Infinity),
  {
    id: 'open',
    group: 'Movement',
    title: 'open',
    help: 'show the real servers of the service',
    keys: ['right', 'l'],
    run: (controller) => setOpen(controller, true),
  },
  {
    id: 'close',
    group: 'Movement',
    title: 'close',
    help: 'hide the real servers of the service; on a real server, go to its service',
    keys: ['left', 'h'],
    run: (controller) => setOpen(controller, false),
  },
  {
    id: 'detail',
    group: 'Movement',
    title: 'detail',
    help: 'everything about the service or real server under the cursor',
    keys: ['enter'],
    bar: 'detail',
    obstacle: nothingSelected,
    run: (controller) =>
      withSelected(controller, (row) => controller.openPane(new DetailPane(controller, row))),
  },
  {
    id: 'findings',
    group: 'Movement',
    title: 'findings',
    help: 'what the doctor found wrong, why it matters and the commands that mend it',
    keys: ['!'],
    run: (controller) => controller.openPane(new FindingsPane(controller)),
  },
  {
    id: 'walk',
    group: 'Movement',
    title: 'packet walk',
    help: 'the way of a request and its response, hop by hop, with all addresses',
    keys: ['W'],
    bar: 'walk',
    obstacle: nothingSelected,
    run: (controller) =>
      withSelected(controller, (row) => controller.openPane(new WalkPane(controller, row))),
  },
  {
    id: 'setup',
    group: 'Movement',
    title: 'set-up',
    help: 'the script that sets the real server up for its mode, checks it, takes it back',
    keys: ['i'],
    obstacle: (controller) =>
      nothingSelected(controller) ??
      (setupChoices(controller).length > 0
        ? undefined
        : accessOf(controller.getState()) === 'public'
          ? 'all settings of the real server are needed, which takes CAP_NET_ADMIN; start lvstop with sudo'
          : 'no real server with a mode that can be set up'),
    run: (controller) => controller.openDialog(new ScriptDialog(controller, setupChoices(controller))),
  },
  edit('weight-up', 'weight up', 'weight one up', ['+', '='], {
    obstacle: noRealServer,
    run: (controller) =>
      controller.openDialog(new WeightDialog(controller, targetRealServers(controller), { by: 1 })),
  }),
  edit('weight-down', 'weight down', 'weight one down', ['-', '_'], {
    bar: '+ - weight',
    obstacle: noRealServer,
    run: (controller) =>
      controller.openDialog(new WeightDialog(controller, targetRealServers(controller), { by: -1 })),
  }),
  edit('weight', 'weight', 'weight exactly', ['w'], {
    obstacle: noRealServer,
    argument: {
      name: 'N',
      values: () => [],
      run: (controller, text) =>
        controller.openDialog(new WeightDialog(controller, targetRealServers(controller), { to: text })),
    },
    run: (controller) =>
      controller.openDialog(new WeightDialog(controller, targetRealServers(controller), 'exactly')),
  }),
  edit('mode', 'mode', 'forwarding mode of a real server, or of all of a service', ['m'], {
    bar: 'mode',
    obstacle: (controller) =>
      nothingSelected(controller) ??
      (hasRealServers(controller) ? undefined : 'the service has no real servers yet'),
    argument: {
      name: 'MODE',
      values: () => forwardingModes,
      run: (controller, text) =>
        controller.openDialog(new ModeDialog(controller, targetRows(controller), text)),
    },
    run: (controller) => controller.openDialog(new ModeDialog(controller, targetRows(controller))),
  }),
  edit('scheduler', 'scheduler', 'scheduler of the service', ['s'], {
    bar: 'scheduler',
    obstacle: nothingSelected,
    argument: {
      name: 'NAME',
      values: () => schedulers.map(({ name }) => name),
      run: (controller, text) =>
        controller.openDialog(new SchedulerDialog(controller, targetServices(controller), text)),
    },
    run: (controller) => controller.openDialog(new SchedulerDialog(controller, targetServices(controller))),
  }),
  edit('add-service', 'add service', 'a new virtual service', ['a'], {
    bar: 'add',
    run: (controller) => controller.openDialog(addServiceForm(controller)),
  }),
  edit('add-real-server', 'add real server', 'a new real server for the service', ['r'], {
    bar: 'real server',
    obstacle: nothingSelected,
    run: (controller) =>
      withSelected(controller, (row) =>
        controller.openDialog(addRealServerForm(controller, row.service.service.identity)),
      ),
  }),
  edit('edit', 'edit', 'all fields of the service or real server', ['e'], {
    bar: 'edit',
    obstacle: nothingSelected,
    run: (controller) =>
      withSelected(controller, (row) => {
        const form = editForm(controller, row);
        if (form !== null) controller.openDialog(form);
      }),
  }),
  edit(
    'drain',
    'drain',
    'weight 0, then wait until empty and delete, say; again on a draining one to end it',
    ['D'],
    {
      bar: 'drain',
      obstacle: noRealServer,
      run: (controller) => openDrain(controller),
    },
  ),
  edit('delete', 'delete', 'delete the service or the real server, tagged ones too', ['x', 'delete'], {
    bar: 'delete',
    obstacle: nothingSelected,
    run: (controller) => confirmDelete(controller),
  }),
  edit('zero', 'zero', 'zero the counters of the service; Z of all', ['z'], {
    obstacle: nothingSelected,
    run: (controller) =>
      withSelected(controller, (row) => confirmZero(controller, row.service.service.identity)),
  }),
  edit('zero-all', 'zero all', 'zero the counters of all services', ['Z'], {
    run: (controller) => confirmZero(controller, null),
  }),
  {
    id: 'undo',
    group: 'Edits',
    title: 'undo',
    help: 'take back the last change; again, the one before it',
    keys: ['u'],
    bar: 'undo',
    argument: {
      name: 'CHANGE',
      values: () => [],
      run: openUndoOf,
    },
    // It goes by the journal, and tagged rows do not concern it.
    obstacle: editObstacle,
    run: openLastUndo,
  },
  {
    id: 'journal',
    group: 'Edits',
    title: 'journal',
    help: 'all changes: when, who, from where, before and after; each can be undone',
    keys: ['J'],
    run: (controller) => controller.openPane(new JournalPane(controller)),
  },
  {
    id: 'director',
    group: 'Edits',
    title: 'time-outs and sync daemons',
    help: 'time-outs of connections and the sync daemons: look, set, start, stop',
    keys: ['y'],
    run: openDirectorForm,
  },
  {
    id: 'save',
    group: 'Edits',
    title: 'save',
    help: 'save the table for the next boot; shows first what of it is not saved yet',
    keys: ['S'],
    run: (controller) => controller.openDialog(new SaveDialog(controller, controller.savedTable)),
  },
  {
    id: 'filter',
    group: 'Table',
    title: 'filter',
    help: 'show only what holds the text: address, scheduler, mode, state; !text for the inverse',
    keys: ['/'],
    bar: 'filter',
    argument: {
      name: 'TEXT',
      values: () => [],
      run: (controller, text) => {
        controller.filterField.set(text);
        controller.update({ filter: text });
      },
    },
    run: (controller) => controller.update({ filtering: true }),
  },
  {
    id: 'clear-filter',
    group: 'Table',
    title: 'clear filter',
    help: 'show everything again',
    keys: ['\\'],
    run: (controller) => {
      controller.filterField.set('');
      controller.update({ filter: '' });
    },
  },
  {
    id: 'sort',
    group: 'Table',
    title: 'sort',
    help: 'sort by a column; without one, by address',
    keys: [],
    argument: {
      name: 'COLUMN',
      values: () => columns.map(({ id }) => id),
      run: (controller, text) => {
        if (columnById(text) === undefined) controller.say('hint', `there is no column "${text}"`);
        else controller.update(ordered(controller.getState(), { sortColumn: text }));
      },
    },
    run: (controller) => controller.update(ordered(controller.getState(), { sortColumn: null })),
  },
  table('sort-left', 'sort', 'sort by the column to the left', ['<', ','], (state, controller) =>
    ordered(state, { sortColumn: neighbourColumn(state, controller.tableWidth, -1) }),
  ),
  table('sort-right', 'sort', 'sort by the column to the right', ['>', '.'], (state, controller) =>
    ordered(state, { sortColumn: neighbourColumn(state, controller.tableWidth, 1) }),
  ),
  table('reverse', 'reverse', 'sort the other way round', ['I'], (state) =>
    ordered(state, { reverse: !state.reverse }),
  ),
  table('flat', 'flat', 'all real servers in one list, or under their services', ['t'], (state) => ({
    flat: !state.flat,
  })),
  {
    id: 'tag',
    group: 'Table',
    title: 'tag',
    help: 'tag the row, so that an edit goes to all tagged ones',
    keys: ['space'],
    obstacle: nothingSelected,
    run: (controller) => {
      const state = controller.getState();
      if (state.cursorKey === undefined) return;
      controller.replace(moveCursor({ ...state, tagged: toggled(state.tagged, state.cursorKey) }, 1));
    },
  },
  table('untag', 'untag', 'untag all', ['U'], () => ({ tagged: new Set() })),
  {
    id: 'freeze',
    group: 'Table',
    title: 'freeze',
    help: 'hold the screen still, or let it go on',
    keys: ['p'],
    run: (controller) => controller.setFrozen(!controller.getState().frozen),
  },
  {
    id: 'interval',
    group: 'Table',
    title: 'refresh interval',
    help: `seconds between readings, ${shortestInterval} to ${longestInterval}`,
    keys: ['d'],
    argument: {
      name: 'SECONDS',
      values: () => [],
      run: (controller, text) => controller.openDialog(new IntervalDialog(controller, text)),
    },
    run: (controller) => controller.openDialog(new IntervalDialog(controller)),
  },
  {
    id: 'settings',
    group: 'Table',
    title: 'columns and settings',
    help: 'choose columns and their order, and what holds at the next start',
    keys: ['f2'],
    bar: 'columns',
    run: (controller) => controller.openDialog(new SettingsDialog(controller)),
  },
  {
    id: 'command',
    group: 'Program',
    title: 'command line',
    help: 'a command by name, Tab completes: scheduler wrr, sort active, filter 10.0',
    keys: [':'],
    run: (controller) => controller.openCommandLine(),
  },
  {
    id: 'mouse',
    group: 'Program',
    title: 'mouse',
    help: 'switch the mouse on or off: click selects, the wheel scrolls',
    keys: ['M'],
    run: (controller) => controller.setMouse(!controller.getState().mouse),
  },
  {
    id: 'help',
    group: 'Program',
    title: 'help',
    help: 'this help',
    keys: ['?', 'f1'],
    bar: 'help',
    run: (controller) => controller.openDialog(new HelpDialog(controller, commands)),
  },
  {
    id: 'redraw',
    group: 'Program',
    title: 'redraw',
    help: 'paint the whole screen anew',
    keys: ['ctrl+l'],
    run: (controller) => controller.redraw(),
  },
  {
    id: 'suspend',
    group: 'Program',
    title: 'suspend',
    help: 'back to the shell; fg returns',
    keys: ['ctrl+z'],
    run: (controller) => controller.suspend(),
  },
  {
    id: 'quit',
    group: 'Program',
    title: 'quit',
    help: 'leave lvstop',
    keys: ['q', 'f10'],
    bar: 'quit',
    run: (controller) => controller.quit(),
  },
];

const byKey: ReadonlyMap<string, Command> = new Map(
  commands.flatMap((command) => command.keys.map((key): [string, Command] => [key, command])),
);

/** The command of a key, if any. */
export function commandOfKey(key: KeyEvent): Command | undefined {
  return byKey.get(keyChord(key));
}

function movement(
  id: string,
  title: string,
  help: string,
  keys: readonly string[],
  by: (controller: Controller) => number,
): Command {
  return {
    id,
    group: 'Movement',
    title,
    help,
    keys,
    run: (controller) => {
      const state = controller.getState();
      const steps = by(controller);
      const bound = Math.max(-state.rows.length, Math.min(state.rows.length, steps));
      controller.replace(moveCursor(state, bound));
    },
  };
}

function edit(
  id: string,
  title: string,
  help: string,
  keys: readonly string[],
  rest: Pick<Command, 'argument' | 'bar' | 'obstacle' | 'run'>,
): Command {
  return {
    id,
    group: 'Edits',
    title,
    help,
    keys,
    ...rest,
    obstacle: (controller) => noEdits(controller) ?? rest.obstacle?.(controller),
  };
}

function table(
  id: string,
  title: string,
  help: string,
  keys: readonly string[],
  change: (state: ScreenState, controller: Controller) => Partial<ScreenState>,
): Command {
  return {
    id,
    group: 'Table',
    title,
    help,
    keys,
    run: (controller) => controller.update(change(controller.getState(), controller)),
  };
}

function noEdits(controller: Controller): string | undefined {
  const obstacle = editObstacle(controller);
  if (obstacle !== undefined) return obstacle;
  const hidden = tagsOutOfSight(controller);
  if (hidden === 0) return undefined;
  return `${hidden} of ${controller.getState().tagged.size} tagged rows cannot be seen; \\ clears the filter, → opens a service, U untags`;
}

function nothingSelected(controller: Controller): string | undefined {
  return selectedRow(controller.getState()) === undefined ? 'nothing is selected' : undefined;
}

function noRealServer(controller: Controller): string | undefined {
  return targetRealServers(controller).length === 0
    ? 'weights belong to real servers; select or tag one (→ opens a service)'
    : undefined;
}

function hasRealServers(controller: Controller): boolean {
  return (selectedRow(controller.getState())?.service.realServers.length ?? 0) > 0;
}

function withSelected(controller: Controller, run: (row: Row) => void): void {
  const row = selectedRow(controller.getState());
  if (row !== undefined) run(row);
}

/** The real server of the row under the cursor, or all of its service, as set-up scripts need them. */
function setupChoices(controller: Controller): SetupChoice[] {
  const row = selectedRow(controller.getState());
  if (row === undefined) return [];
  const service = row.service.service.identity;
  const views = row.kind === 'service' ? row.service.realServers : [row.realServer];
  return views.flatMap(({ realServer }) => {
    if (!isWholeRealServer(realServer) || !isForwardingMode(realServer.forwarding)) return [];
    const { identity, forwarding, tunnel } = realServer;
    return [{ service, realServer: identity, forwarding, tunnel }];
  });
}

function setOpen(controller: Controller, open: boolean): void {
  const state = controller.getState();
  const row = selectedRow(state);
  if (row === undefined) return;
  const closed = new Set(state.closed);
  if (open) closed.delete(row.service.key);
  else if (row.kind === 'service') closed.add(row.key);
  controller.update({
    closed,
    ...(!open && row.kind === 'real server' && !state.flat && { cursorKey: row.service.key }),
  });
}

/**
 * A new order of the rows. The cursor goes with its row; on the first one, where it is as long as nobody moves it, it
 * stays, so that the new order is seen from its top.
 */
function ordered(
  { rows, cursorKey }: ScreenState,
  order: Partial<Pick<ScreenState, 'sortColumn' | 'reverse'>>,
): Partial<ScreenState> {
  return rows.at(0)?.key === cursorKey ? { ...order, cursorKey: undefined, top: 0 } : order;
}

/** The column beside the present one, of those that are in sight. */
function neighbourColumn(state: ScreenState, width: number, by: 1 | -1): string | null {
  const { sortColumn: present, columns: chosen, nameWidth } = state;
  const ids = placeColumns(width, nameWidth, chosen, accessOf(state), present).map(({ column }) => column.id);
  // One that is not shown, since it was named on the command line, has no neighbours.
  const index = present === null ? -1 : ids.indexOf(present);
  if (index < 0) return (by === 1 ? ids[0] : ids.at(-1)) ?? null;
  // Past either end lies the natural order.
  return ids[index + by] ?? null;
}
