import type { Journal } from '../../changes/journal/journal.ts';
import type { JournalledChange } from '../../changes/journal/journalled-change.ts';
import { formatTime } from '../../changes/undo/change-words.ts';
import { changeName } from '../../changes/undo/plan-undo.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { allAtOnce } from '../../system/turns.ts';
import { machineClock } from '../context/clock.ts';
import type { CommandContext } from '../context/context.ts';
import { findChange } from './find-change.ts';
import { judgeChange } from './judge-change.ts';

/** Milliseconds from one look at a change that is still being made to the next. */
const lookEvery = 500;

/**
 * Waits until the time of a change is over, and says so in the journal. `true` where it is to be taken back then:
 * nobody has confirmed it, and it is not taken back yet. Throws an input `IpvsError` where it stays anyway.
 */
export async function isUnconfirmed(
  context: CommandContext,
  journal: Journal,
  id: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { clock = machineClock, now = Date.now } = context;
  const change = look(journal, id);
  if (change.confirmation === null)
    throw IpvsError.input(
      'nothing-to-do',
      'undo unless it is confirmed',
      changeName(change),
      'it was made without --confirm-within',
      'leave --unless-confirmed out',
    );
  const { by } = change.confirmation;
  // The process that has started this one waits for its first output.
  context.console.out(`change ${id} is taken back at ${formatTime(by)} unless it is confirmed\n`);
  await clock.wait(Math.max(0, by - now()), signal);
  while (!signal.aborted && look(journal, id).state === 'under way') await clock.wait(lookEvery, signal);
  if (signal.aborted || look(journal, id).undoneBy !== null) return false;
  return judgeChange(journal, id, 'lapsed') === 'lapsed';
}

function look(journal: Journal, id: string): JournalledChange {
  return findChange('undo', allAtOnce(journal.read(Infinity)).changes, id);
}
