import { forwardingModes } from '../../ipvs/forwarding-method.ts';
import { schedulers } from '../../ipvs/scheduler.ts';
import { confirmDelete, confirmZero } from '../dialogs/confirm-dialog.tsx';
import { openDirectorForm } from '../dialogs/director-form.ts';
import { openDrain } from '../dialogs/drain-dialog.tsx';
import { openMode } from '../dialogs/mode-dialog.tsx';
import { openEdit, openNewRealServer, openNewService } from '../dialogs/row-forms.ts';
import { openSave } from '../dialogs/save-dialog.tsx';
import { openScheduler } from '../dialogs/scheduler-dialog.tsx';
import { openLastUndo, openUndoOf } from '../dialogs/undo-dialog.tsx';
import { openWeight } from '../dialogs/weight-dialog.tsx';
import { JournalPane } from '../panes/journal-pane.ts';
import type { Command } from '../state/command.ts';
import type { Desk } from '../state/desk.ts';
import { editObstacle } from '../state/edit-obstacle.ts';
import { selectedRow } from '../state/screen-state.ts';
import { tagsOutOfSight, targetRealServers } from '../state/targets.ts';
import { type Entry, inGroup, nothingSelected, withSelected } from './entry.ts';

/** Commands that change the table. */
export const editCommands: readonly Command[] = inGroup('Edits', [
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
  edit('drain', 'weight 0, then wait until empty and delete, say; again on a draining one to end it', ['D'], {
    bar: 'drain',
    obstacle: noRealServer,
    run: openDrain,
  }),
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
    // Undo goes by the journal, and tagged rows do not concern it.
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
]);

function edit(
  id: string,
  help: string,
  keys: readonly string[],
  rest: Pick<Command, 'argument' | 'bar' | 'obstacle' | 'run'>,
): Entry {
  return { id, help, keys, ...rest, obstacle: (desk) => noEdits(desk) ?? rest.obstacle?.(desk) };
}

function noEdits(desk: Desk): string | undefined {
  const obstacle = editObstacle(desk);
  if (obstacle !== undefined) return obstacle;
  const hidden = tagsOutOfSight(desk);
  if (hidden === 0) return undefined;
  return `${hidden} of ${desk.getState().tagged.size} tagged rows cannot be seen; \\ clears the filter, → opens a service, U untags`;
}

function noRealServer(desk: Desk): string | undefined {
  return targetRealServers(desk).length === 0
    ? (nothingSelected(desk) ?? 'the service has no real servers yet')
    : undefined;
}

function hasRealServers(desk: Desk): boolean {
  return (selectedRow(desk.getState())?.service.realServers.length ?? 0) > 0;
}
