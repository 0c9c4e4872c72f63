import type { SetupChoice } from '../../forwarding/setup/setup-facts.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { isForwardingMode } from '../../ipvs/forwarding-method.ts';
import { parseRealServer } from '../../ipvs/identity.ts';
import { isWholeRealServer } from '../../ipvs/real-server.ts';
import { openScripts } from '../dialogs/script-dialog.tsx';
import { movements } from '../kit/movements.ts';
import { ConnectionsPane } from '../panes/connections/connections-pane.ts';
import { DetailPane } from '../panes/detail/detail-pane.ts';
import { EventsPane } from '../panes/events-pane.ts';
import { FindingsPane } from '../panes/findings-pane.ts';
import { KeepalivedPane } from '../panes/keepalived-pane.ts';
import { ProbePane } from '../panes/probe-pane.ts';
import { WalkPane } from '../panes/walk-pane.ts';
import type { Command } from '../state/command.ts';
import type { Desk } from '../state/desk.ts';
import { accessOf, moveCursor, type ScreenState, selectedRow } from '../state/screen-state.ts';
import { searchOn } from '../state/searching.ts';
import type { Row } from '../table/row.ts';
import { rowOf } from '../table/row-list.ts';
import { inGroup, nothingSelected, table, withSelected } from './entry.ts';
import { SearchLine } from './search-line.ts';

/** Commands that move the cursor, search and open. */
export const movementCommands: readonly Command[] = inGroup('Movement', [
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
]);

function openProbe(desk: Desk, row: Row, to: string): void {
  try {
    desk.openPane(new ProbePane(desk, row, parseRealServer(to)));
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    desk.say('hint', `probe: ${error.reason}; ${error.advice}`);
  }
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
