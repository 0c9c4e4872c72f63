import type { Command } from 'commander';
import type { JournalledChange } from '../../changes/journal/journalled-change.ts';
import { changeName } from '../../changes/undo/plan-undo.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { allAtOnce } from '../../system/turns.ts';
import type { CommandContext } from '../context/context.ts';
import { findChange } from '../edits/find-change.ts';
import { judgeChange } from '../edits/judge-change.ts';
import { openJournal } from '../edits/open-journal.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { demoOption } from '../options/option-table.ts';

/** How many of the newest changes are searched where no ID is given. */
const lookedThrough = 200;

const confirmOptions = [demoOption] as const satisfies readonly OptionEntry[];

/** `lvstop confirm [ID]`. */
export function confirmCommand(context: CommandContext): Command {
  const command = createCommand(context, 'confirm', 'let a change stay that was made with --confirm-within')
    .usage('[ID] [options]')
    .argument('[id]', 'which change, by its name; without one, the only one that waits for it')
    .addHelpText(
      'after',
      '\nExamples:\n  lvstop weight tcp:203.0.113.10:80 10.0.0.21:8080 0 --confirm-within 60\n  lvstop confirm 1f2e3d4c',
    )
    .action((id: string | undefined) => {
      const { demo = false } = optionValues(command, confirmOptions);
      const journal = openJournal(context, demo ? 'simulated' : 'kernel');
      const { changes } = allAtOnce(journal.read(id === undefined ? lookedThrough : Infinity));
      const change = id === undefined ? onlyWaiting(changes) : findChange('confirm', changes, id);
      requireConfirmable(change);
      if (judgeChange(journal, change.id, 'confirmed') === 'lapsed') throw tooLate(change);
      context.console.out(`${changeName(change)} is confirmed: it stays\n`);
    });
  return addOptions(command, confirmOptions);
}

function onlyWaiting(changes: readonly JournalledChange[]): JournalledChange {
  const waiting = changes.filter(
    ({ confirmation, undoneBy, state, isOfThisTable }) =>
      confirmation?.verdict === null && undoneBy === null && state !== 'failed' && isOfThisTable,
  );
  const [only] = waiting;
  if (only !== undefined && waiting.length === 1) return only;
  throw IpvsError.input(
    'no-such-change',
    'confirm',
    '',
    only === undefined
      ? 'no change waits for it'
      : `several changes wait for it: ${waiting.map(({ id }) => id).join(', ')}`,
    only === undefined ? 'see "lvstop journal"' : 'name one of them',
  );
}

function requireConfirmable(change: JournalledChange): void {
  const { confirmation, undoneBy, state } = change;
  if (undoneBy !== null || confirmation?.verdict === 'lapsed') throw tooLate(change);
  if (confirmation === null || state === 'failed')
    throw IpvsError.input(
      'nothing-to-do',
      'confirm',
      changeName(change),
      state === 'failed' ? 'nothing of it was done' : 'it stays anyway: it was made without --confirm-within',
      'see "lvstop journal" for those that wait for it',
    );
}

function tooLate(change: JournalledChange): IpvsError {
  const { undoneBy } = change;
  return new IpvsError({
    code: 'confirmed-too-late',
    operation: 'confirm',
    object: changeName(change),
    reason:
      undoneBy === null
        ? 'its time is over, and it is being taken back'
        : `change ${undoneBy} has taken it back`,
    advice: 'make it once more if it shall stay',
  });
}
