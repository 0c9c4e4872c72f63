import type { OwnKeys } from '../formats/own-keys.ts';
import { type SplitChoice, splitChoices } from '../formats/settings.ts';
import type { SetupChoice } from '../forwarding/setup/setup-facts.ts';
import { IpvsError } from '../ipvs/error.ts';
import { forwardingModes, isForwardingMode } from '../ipvs/forwarding-method.ts';
import { parseRealServer } from '../ipvs/identity.ts';
import { isWholeRealServer } from '../ipvs/real-server.ts';
import { schedulers } from '../ipvs/scheduler.ts';
import { longestInterval, shortestInterval } from '../sampling/sampler.ts';
import { type KeyEvent, keyChord } from '../terminal/keys.ts';
import { CommandLine } from './command-line.ts';
import { confirmDelete, confirmZero } from './dialogs/confirm-dialog.tsx';
import { openCopy } from './dialogs/copy-dialog.tsx';
import { openDirectorForm } from './dialogs/director-form.ts';
import { openDrain } from './dialogs/drain-dialog.tsx';
import { openHelp } from './dialogs/help-dialog.tsx';
import { openInterval } from './dialogs/interval-dialog.tsx';
import { openMode } from './dialogs/mode-dialog.tsx';
import { openNamespaces } from './dialogs/namespaces-dialog.tsx';
import { openEdit, openNewRealServer, openNewService } from './dialogs/row-forms.ts';
import { openSave } from './dialogs/save-dialog.tsx';
import { openScheduler } from './dialogs/scheduler-dialog.tsx';
import { openScripts } from './dialogs/script-dialog.tsx';
import { openSettings } from './dialogs/settings-dialog.tsx';
import { openSort } from './dialogs/sort-dialog.tsx';
import { openLastUndo, openUndoOf } from './dialogs/undo-dialog.tsx';
import { openWeight } from './dialogs/weight-dialog.tsx';
import { filterBy, tableFilterLine } from './filter-line.ts';
import { movements } from './kit/movements.ts';
import { remembering } from './kit/remembering.ts';
import { ConnectionsPane } from './panes/connections/connections-pane.ts';
import { DetailPane } from './panes/detail/detail-pane.ts';
import { EventsPane } from './panes/events-pane.ts';
import { FindingsPane } from './panes/findings-pane.ts';
import { JournalPane } from './panes/journal-pane.ts';
import { KeepalivedPane } from './panes/keepalived-pane.ts';
import { ProbePane } from './panes/probe-pane.ts';
import { WalkPane } from './panes/walk-pane.ts';
import { SearchLine } from './search-line.ts';
import type { Command, CommandGroup } from './state/command.ts';
import { textsOfRow } from './state/copied-texts.ts';
import type { Desk } from './state/desk.ts';
import { editObstacle } from './state/edit-obstacle.ts';
import type { LookingBack } from './state/replay.ts';
import { settingsOfState } from './state/screen-settings.ts';
import {
  accessOf,
  isProbing,
  moveCursor,
  type ScreenState,
  selectedRow,
  toggled,
} from './state/screen-state.ts';
import { searchOn } from './state/searching.ts';
import { orderedBy, sortByName, turnedRound } from './state/sorting.ts';
import { hasRoom, nextSplit, splitIn, splitNeeds } from './state/split-view.ts';
import { withAllTagged, withMachineTagged, withRangeTagged, withTagsInverted } from './state/tagging.ts';
import { tagsOutOfSight, targetRealServers } from './state/targets.ts';
import { columnWords } from './table/column-words.ts';
import { type ColumnId, columns } from './table/columns.ts';
import { placeColumns } from './table/place-columns.ts';
import type { Row } from './table/row.ts';
import { rowOf } from './table/row-list.ts';
import { TimeEntry } from './time-entry.ts';

/** All commands, in the order of the help; those of the bar in the order of the bar. */
export const commands: readonly Command[] = [
  ...inGroup('Movement', [
    ...movements.map(({ by, ...rest }) => ({
      ...rest,
      run: (desk: Desk) => desk.update(moveCursor(desk.getState(), by(desk.pageHeight))),
    })),
    {
      id: 'open',
      help: 'show the real servers of the service',
      keys: ['right', 'l'],
      run: (desk) => setOpen(desk, true),
    },
    {
      id: 'close',
      help: 'hide the real servers of the service; on a real server, go to its service',
      keys: ['left', 'h'],
      run: (desk) => setOpen(desk, false),
    },
    table('fold', 'close all services, or open all', ['*'], foldedOrOpened),
    {
      id: 'search',
      help: 'go to the next row that holds what is typed; the words of the filter',
      keys: ['f3'],
      argument: {
        name: 'TEXT',
        run: (desk, text) => {
          desk.update({ search: text });
          searchOn(desk, 1);
        },
      },
      run: (desk) => desk.update({ typed: new SearchLine(desk) }),
    },
    {
      id: 'search-next',
      help: 'the next row that the search finds',
      keys: ['n'],
      obstacle: noSearch,
      run: (desk) => searchOn(desk, 1),
    },
    {
      id: 'search-previous',
      help: 'the row before that it finds',
      keys: ['N'],
      obstacle: noSearch,
      run: (desk) => searchOn(desk, -1),
    },
    {
      id: 'detail',
      help: 'everything about the service or real server under the cursor',
      keys: ['enter'],
      bar: 'detail',
      obstacle: nothingSelected,
      run: (desk) => withSelected(desk, (row) => desk.openPane(new DetailPane(desk, row))),
    },
    {
      id: 'findings',
      help: 'what the doctor found wrong, why it matters and the commands that mend it',
      keys: ['!'],
      run: (desk) => desk.openPane(new FindingsPane(desk)),
    },
    {
      id: 'events',
      help: 'what has happened since the start: edits by whomever, findings, drains, thresholds',
      keys: ['E'],
      run: (desk) => desk.openPane(new EventsPane(desk)),
    },
    {
      id: 'keepalived',
      title: 'keepalived',
      help: 'what the keepalived that keeps this table has, its VRRP instances, and what the table differs from it in',
      keys: ['K'],
      run: (desk) => desk.openPane(new KeepalivedPane(desk)),
    },
    {
      id: 'walk',
      title: 'packet walk',
      help: 'the way of a request and its response, hop by hop, with all addresses',
      keys: ['W'],
      bar: 'walk',
      obstacle: nothingSelected,
      run: (desk) => withSelected(desk, (row) => desk.openPane(new WalkPane(desk, row))),
    },
    {
      id: 'probe',
      title: 'probe',
      help: 'whether real servers answer for the virtual address: asks them, by the way that its packets go',
      keys: ['P'],
      obstacle: nothingSelected,
      argument: {
        name: 'ADDRESS:PORT',
        run: (desk, text) => withSelected(desk, (row) => openProbe(desk, row, text)),
      },
      run: (desk) => withSelected(desk, (row) => desk.openPane(new ProbePane(desk, row))),
    },
    {
      id: 'connections',
      help: 'who is connected, of the row or of all: by service, client, network, state, idle time',
      keys: ['c'],
      run: (desk) => desk.openPane(new ConnectionsPane(desk, selectedRow(desk.getState()))),
    },
    {
      id: 'setup',
      title: 'set-up',
      help: 'the script that sets the real server up for its mode, checks it, takes it back',
      keys: ['i'],
      obstacle: (desk) =>
        nothingSelected(desk) ??
        (setupChoices(desk).length > 0
          ? undefined
          : accessOf(desk.getState()) === 'public'
            ? 'all settings of the real server are needed, which takes CAP_NET_ADMIN; start lvstop with sudo'
            : 'no real server with a mode that can be set up'),
      run: (desk) => openScripts(desk, setupChoices(desk)),
    },
  ]),
  ...inGroup('Edits', [
    edit('weight-up', 'weight one up', ['+', '=', 'f8'], {
      obstacle: noRealServer,
      run: (desk) => openWeight(desk, { by: 1 }),
    }),
    edit('weight-down', 'weight one down', ['-', '_', 'f7'], {
      bar: '+ - weight',
      obstacle: noRealServer,
      run: (desk) => openWeight(desk, { by: -1 }),
    }),
    edit('weight', 'weight exactly', ['w'], {
      obstacle: noRealServer,
      argument: {
        name: 'N',
        run: (desk, text) => openWeight(desk, { to: text }),
      },
      run: (desk) => openWeight(desk, 'exactly'),
    }),
    edit('mode', 'forwarding mode of a real server, or of all of a service', ['m'], {
      bar: 'mode',
      obstacle: (desk) =>
        nothingSelected(desk) ?? (hasRealServers(desk) ? undefined : 'the service has no real servers yet'),
      argument: {
        name: 'MODE',
        values: () => forwardingModes,
        run: openMode,
      },
      run: (desk) => openMode(desk),
    }),
    edit('scheduler', 'scheduler of the service', ['s'], {
      bar: 'scheduler',
      obstacle: nothingSelected,
      argument: {
        name: 'NAME',
        values: () => schedulers.map(({ name }) => name),
        run: openScheduler,
      },
      run: (desk) => openScheduler(desk),
    }),
    edit('add-service', 'a new virtual service', ['a'], {
      bar: 'add',
      run: openNewService,
    }),
    edit('add-real-server', 'a new real server for the service', ['r'], {
      bar: 'real server',
      obstacle: nothingSelected,
      run: (desk) => withSelected(desk, (row) => openNewRealServer(desk, row.service.service.identity)),
    }),
    edit('edit', 'all fields of the service or real server', ['e'], {
      bar: 'edit',
      obstacle: nothingSelected,
      run: (desk) => withSelected(desk, (row) => openEdit(desk, row)),
    }),
    edit(
      'drain',
      'weight 0, then wait until empty and delete, say; again on a draining one to end it',
      ['D'],
      {
        bar: 'drain',
        obstacle: noRealServer,
        run: openDrain,
      },
    ),
    edit('delete', 'delete the service or the real server, tagged ones too', ['x', 'delete', 'f9'], {
      bar: 'delete',
      obstacle: nothingSelected,
      run: confirmDelete,
    }),
    edit('zero', 'zero the counters of the service; Z of all', ['z'], {
      obstacle: nothingSelected,
      run: (desk) => withSelected(desk, (row) => confirmZero(desk, row.service.service.identity)),
    }),
    edit('zero-all', 'zero the counters of all services', ['Z'], {
      run: (desk) => confirmZero(desk, null),
    }),
    {
      id: 'undo',
      help: 'take back the last change; again, the one before it',
      keys: ['u'],
      bar: 'undo',
      argument: {
        name: 'CHANGE',
        run: openUndoOf,
      },
      // It goes by the journal, and tagged rows do not concern it.
      obstacle: editObstacle,
      run: openLastUndo,
    },
    {
      id: 'journal',
      help: 'all changes: when, who, from where, before and after; each can be undone',
      keys: ['J'],
      run: (desk) => desk.openPane(new JournalPane(desk)),
    },
    {
      id: 'director',
      title: 'time-outs and sync daemons',
      help: 'time-outs of connections and the sync daemons: look, set, start, stop',
      keys: ['y'],
      run: openDirectorForm,
    },
    {
      id: 'save',
      help: 'save the table for the next boot; shows first what of it is not saved yet',
      keys: ['S'],
      run: openSave,
    },
  ]),
  ...inGroup('Table', [
    {
      id: 'filter',
      help: 'show only: words, 10.0.0.0/24, mode:dr, state:full, conn/s>100, share!=due, and or ! ( )',
      keys: ['/', 'f4'],
      bar: 'filter',
      argument: {
        name: 'TEXT',
        run: filterBy,
      },
      run: (desk) => desk.update({ typed: tableFilterLine(desk) }),
    },
    {
      id: 'clear-filter',
      help: 'show everything again',
      keys: ['\\'],
      run: (desk) => desk.update({ filter: '' }),
    },
    {
      id: 'sort',
      help: 'sort by a column; without one, by address',
      keys: [],
      argument: {
        name: 'COLUMN',
        values: () => columns.flatMap((column) => columnWords(column).slice(0, 1)),
        run: sortByName,
      },
      run: (desk) => desk.update(orderedBy(null)),
    },
    {
      id: 'sort-menu',
      help: 'sort by a column, a letter for each',
      keys: ['o', 'f6'],
      bar: 'sort',
      run: openSort,
    },
    table('sort-left', 'sort by the column to the left', ['<', ','], (state, desk) =>
      orderedBy(neighbourColumn(state, desk.tableWidth, -1)),
    ),
    table('sort-right', 'sort by the column to the right', ['>', '.'], (state, desk) =>
      orderedBy(neighbourColumn(state, desk.tableWidth, 1)),
    ),
    table('reverse', 'sort the other way round, by this column', ['I'], turnedRound),
    {
      id: 'split',
      title: 'split view',
      help: 'the detail of the row beside the table, below it, or not',
      keys: ['v'],
      argument: {
        name: 'WHERE',
        values: () => splitChoices,
        run: (desk, text) => {
          const split = splitChoices.find((choice) => choice === text);
          if (split === undefined) desk.say('hint', `split view is one of ${splitChoices.join(', ')}`);
          else showSplit(desk, split);
        },
      },
      run: (desk) => showSplit(desk, null),
    },
    table('flat', 'all real servers in one list, or under their services', ['t', 'f5'], (state) => ({
      flat: !state.flat,
    })),
    {
      id: 'tag',
      help: 'tag the row, so that an edit goes to all tagged ones',
      keys: ['space'],
      obstacle: nothingSelected,
      run: (desk) => {
        const state = desk.getState();
        if (state.cursorKey === undefined) return;
        desk.update({ tagged: toggled(state.tagged, state.cursorKey), ...moveCursor(state, 1) });
      },
    },
    table('tag-all', 'tag all real servers that are shown, too', ['A'], withAllTagged),
    table('tag-range', 'tag from the row that was tagged last to this one', ['T'], withRangeTagged),
    table('tag-invert', 'tag what is shown and not tagged, untag the rest', ['~'], withTagsInverted),
    {
      id: 'tag-machine',
      help: 'tag the machine: all real servers with this address, in all services',
      keys: ['H'],
      obstacle: (desk) =>
        nothingSelected(desk) ??
        (selectedRow(desk.getState())?.kind === 'service'
          ? 'that is a service; select a real server'
          : undefined),
      run: (desk) => withSelected(desk, (row) => desk.update(withMachineTagged(desk.getState(), row))),
    },
    table('untag', 'untag all', ['U'], () => ({ tagged: new Set() })),
    {
      id: 'copy',
      help: 'copy the address, the line for ipvsadm or lvstop, or what mends a finding, by the terminal',
      keys: ['Y'],
      obstacle: nothingSelected,
      run: (desk) =>
        withSelected(desk, (row) =>
          openCopy(desk, textsOfRow(row, desk.getState().examination?.findings ?? [])),
        ),
    },
    {
      id: 'freeze',
      help: 'hold the screen still, or let it go on; a recording too',
      keys: ['p'],
      run: (desk) => {
        const { replay, frozen } = desk.getState();
        if (replay === null) desk.setFrozen(!frozen);
        else desk.lookingBack.play();
      },
    },
    {
      id: 'interval',
      title: 'refresh interval',
      help: `seconds between readings, ${shortestInterval} to ${longestInterval}`,
      keys: ['d'],
      argument: {
        name: 'SECONDS',
        run: openInterval,
      },
      run: (desk) => openInterval(desk),
    },
    {
      id: 'settings',
      title: 'columns and settings',
      help: 'choose columns and their order, and what holds at the next start',
      keys: ['f2'],
      bar: 'columns',
      run: openSettings,
    },
  ]),
  ...inGroup('Time', [
    {
      ...time('step-back', 'the sample before, from now on or in a recording', ['['], (back) =>
        back.step(-1),
      ),
      bar: '[ ] step',
    },
    time('step-on', 'the next sample', [']'], (back) => back.step(1)),
    {
      ...time('event-back', 'to what happened before', ['{'], (back) => back.toEvent(-1)),
      bar: '{ } event',
    },
    time('event-on', 'to what happened next', ['}'], (back) => back.toEvent(1)),
    {
      ...time('back', 'to a time: 03:12, 2026-11-30 03:12, -2h, +10m', ['b'], () => {}),
      bar: 'time',
      argument: { name: 'TIME', run: (desk, text) => desk.lookingBack.goTo(text) },
      run: (desk) => desk.update({ typed: new TimeEntry(desk) }),
    },
    {
      id: 'live',
      title: 'live',
      help: 'from the recording back to now',
      keys: ['L'],
      bar: 'live',
      obstacle: (desk) => (desk.getState().replay === null ? 'this is now' : undefined),
      run: (desk) => desk.lookingBack.live(),
    },
  ]),
  ...inGroup('Program', [
    {
      id: 'command',
      title: 'command line',
      help: 'a command by name, Tab completes: scheduler wrr, sort active, filter 10.0',
      keys: [':'],
      run: (desk) => desk.update({ typed: new CommandLine(desk, commands) }),
    },
    {
      id: 'namespaces',
      title: 'other namespaces',
      help: 'IPVS tables of other network namespaces of this machine; Enter goes to one',
      keys: ['O'],
      obstacle: (desk) => (desk.elsewhere === undefined ? 'there is no machine to look at' : undefined),
      run: (desk) => void openNamespaces(desk, true),
    },
    {
      id: 'watch',
      title: 'watch others',
      help: 'watch who changes the table, or no longer: makes a network device of lvstop’s meanwhile',
      keys: ['F'],
      obstacle: (desk) => (desk.happenings.watching === null ? 'here nobody can watch the table' : undefined),
      run: (desk) => switchWatch(desk, !desk.getState().watch),
    },
    {
      id: 'mouse',
      help: 'switch the mouse on or off: it selects, opens, scrolls, sorts by titles, presses keys that are shown',
      keys: ['M'],
      run: (desk) => switchMouse(desk, !desk.getState().mouse),
    },
    {
      id: 'help',
      help: 'this help',
      keys: ['?', 'f1'],
      bar: 'help',
      run: (desk) => openHelp(desk, commandsWith(desk.getState().keys)),
    },
    {
      id: 'redraw',
      help: 'paint the whole screen anew',
      keys: ['ctrl+l'],
      run: (desk) => desk.redraw(),
    },
    {
      id: 'suspend',
      help: 'back to the shell; fg returns',
      keys: ['ctrl+z'],
      run: (desk) => desk.suspend(),
    },
    {
      id: 'quit',
      help: 'leave lvstop',
      keys: ['q', 'f10'],
      bar: 'quit',
      run: (desk) => desk.quit(),
    },
  ]),
];

/** The commands with the keys that the operator gave them in place of the usual ones. */
export const commandsWith = remembering((own: OwnKeys): readonly Command[] =>
  commands.map((command) => {
    const keys = own[command.id];
    return keys === undefined ? command : { ...command, keys };
  }),
);

const byKey = remembering(
  (all: readonly Command[]): ReadonlyMap<string, Command> =>
    new Map(all.flatMap((command) => command.keys.map((key): [string, Command] => [key, command]))),
);

/** The command of a key, if any, among those with the operator's own keys. */
export function commandOfKey(key: KeyEvent, own: OwnKeys = {}): Command | undefined {
  return byKey(commandsWith(own)).get(keyChord(key));
}

/** A command as it stands in the table: its group is written above it, and its title is its name if it has no other. */
type Entry = Omit<Command, 'group' | 'title'> & Partial<Pick<Command, 'title'>>;

function inGroup(group: CommandGroup, entries: readonly Entry[]): Command[] {
  return entries.map((entry) => ({ title: entry.id.replaceAll('-', ' '), ...entry, group }));
}

function edit(
  id: string,
  help: string,
  keys: readonly string[],
  rest: Pick<Command, 'argument' | 'bar' | 'obstacle' | 'run'>,
): Entry {
  return { id, help, keys, ...rest, obstacle: (desk) => noEdits(desk) ?? rest.obstacle?.(desk) };
}

function table(
  id: string,
  help: string,
  keys: readonly string[],
  change: (state: ScreenState, desk: Desk) => Partial<ScreenState>,
): Entry {
  return { id, help, keys, run: (desk) => desk.update(change(desk.getState(), desk)) };
}

function time(id: string, help: string, keys: readonly string[], go: (back: LookingBack) => void): Entry {
  return {
    id,
    help,
    keys,
    obstacle: (desk) => desk.lookingBack.obstacle(),
    run: (desk) => go(desk.lookingBack),
  };
}

function noEdits(desk: Desk): string | undefined {
  const obstacle = editObstacle(desk);
  if (obstacle !== undefined) return obstacle;
  const hidden = tagsOutOfSight(desk);
  if (hidden === 0) return undefined;
  return `${hidden} of ${desk.getState().tagged.size} tagged rows cannot be seen; \\ clears the filter, → opens a service, U untags`;
}

function nothingSelected(desk: Desk): string | undefined {
  return selectedRow(desk.getState()) === undefined ? 'nothing is selected' : undefined;
}

function noRealServer(desk: Desk): string | undefined {
  return targetRealServers(desk).length === 0
    ? (nothingSelected(desk) ?? 'the service has no real servers yet')
    : undefined;
}

function hasRealServers(desk: Desk): boolean {
  return (selectedRow(desk.getState())?.service.realServers.length ?? 0) > 0;
}

function withSelected(desk: Desk, run: (row: Row) => void): void {
  const row = selectedRow(desk.getState());
  if (row !== undefined) run(row);
}

function openProbe(desk: Desk, row: Row, to: string): void {
  try {
    desk.openPane(new ProbePane(desk, row, parseRealServer(to)));
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    desk.say('hint', `probe: ${error.reason}; ${error.advice}`);
  }
}

function switchWatch(desk: Desk, watch: boolean): void {
  desk.applySettings({ ...settingsOfState(desk.getState()), watch });
  desk.say(
    'hint',
    watch ? 'watching who changes the table: E shows it, F ends it' : 'who changes the table is not watched',
  );
}

function switchMouse(desk: Desk, mouse: boolean): void {
  desk.applySettings({ ...settingsOfState(desk.getState()), mouse });
  desk.say('hint', mouse ? 'mouse on: hold Shift to select text' : 'mouse off');
}

/** Has the detail stand there, or at the next place that there is room for; says why where there is none. */
function showSplit(desk: Desk, wanted: SplitChoice | null): void {
  const { split: present } = desk.getState();
  const area = desk.wholeArea;
  const choice = wanted ?? nextSplit(present, area);
  const split = splitIn(choice, area);
  const { width, height } = area;
  const stays = wanted === null && split === splitIn(present, area);
  if (split === 'off' ? stays : !hasRoom(split, area)) {
    desk.say('hint', `split view: ${splitNeeds}; there are ${width} columns and ${height} rows`);
  } else desk.update({ split: choice });
}

/** The real server of the row under the cursor, or all of its service, as set-up scripts need them. */
function setupChoices(desk: Desk): SetupChoice[] {
  const row = selectedRow(desk.getState());
  if (row === undefined) return [];
  const service = row.service.service.identity;
  const views = row.kind === 'service' ? row.service.realServers : [row.realServer];
  return views.flatMap(({ realServer }) => {
    if (!isWholeRealServer(realServer) || !isForwardingMode(realServer.forwarding)) return [];
    const { identity, forwarding, tunnel } = realServer;
    return [{ service, realServer: identity, forwarding, tunnel }];
  });
}

function setOpen(desk: Desk, open: boolean): void {
  const state = desk.getState();
  const row = selectedRow(state);
  if (row === undefined) return;
  const closed = new Set(state.closed);
  if (open) closed.delete(row.service.key);
  else if (row.kind === 'service') closed.add(row.key);
  desk.update({
    closed,
    ...(!open && row.kind === 'real server' && !state.flat && { cursorKey: row.service.key }),
  });
}

/** All services closed; where none is open, all opened. The cursor stays on its service. */
function foldedOrOpened({ view, closed, rows, cursorKey }: ScreenState): Partial<ScreenState> {
  const services = view?.services ?? [];
  if (services.every(({ key }) => closed.has(key))) return { closed: new Set() };
  const row = rowOf(rows, cursorKey);
  return {
    closed: new Set(services.map(({ key }) => key)),
    ...(row !== undefined && { cursorKey: row.service.key }),
  };
}

function noSearch(desk: Desk): string | undefined {
  return desk.getState().search === '' ? 'nothing was searched for yet; F3 does' : undefined;
}

/** The column beside the present one, of those that are in sight. */
function neighbourColumn(state: ScreenState, width: number, by: 1 | -1): ColumnId | null {
  const { sortColumn: present, columns: chosen, nameWidth } = state;
  const ids = placeColumns(width, nameWidth, chosen, accessOf(state), null, isProbing(state)).map(
    ({ column }) => column.id,
  );
  // One that is not shown, since it was named on the command line, has no neighbours.
  const index = present === null ? -1 : ids.indexOf(present);
  if (index < 0) return (by === 1 ? ids[0] : ids.at(-1)) ?? null;
  // Past either end lies the natural order.
  return ids[index + by] ?? null;
}
