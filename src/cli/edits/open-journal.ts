import { createFileJournal } from '../../changes/journal/file-journal.ts';
import { createHomelessJournal } from '../../changes/journal/homeless-journal.ts';
import type { Journal } from '../../changes/journal/journal.ts';
import { createMemoryJournal } from '../../changes/journal/memory-journal.ts';
import { describeOrigin } from '../../changes/journal/origin.ts';
import type { EndedChange } from '../../changes/journal/perform-journalled.ts';
import { describeSteps } from '../../changes/steps/step-kinds.ts';
import type { Director } from '../../director/director.ts';
import { writeSystemLog } from '../../system/system-log.ts';
import { processAccount } from '../context/account.ts';
import type { CommandContext } from '../context/context.ts';
import { stateFolder } from '../files/state-folder.ts';

/**
 * The journal of a director's changes: in files for this machine's, in memory for the simulated one, which goes by its
 * `time`, milliseconds since the epoch.
 */
export function openJournal(
  context: CommandContext,
  source: Director['source'],
  time: () => number = Date.now,
): Journal {
  if (context.openJournal !== undefined) return context.openJournal();
  if (source === 'simulated') return createMemoryJournal(time);
  const account = context.account ?? processAccount();
  const folder = stateFolder(account);
  return folder === null ? createHomelessJournal() : createFileJournal({ folder, userId: account.userId });
}

/**
 * Gives what writes ended changes of this machine's director to the system's log; `undefined` for the simulated one,
 * whose changes concern nobody.
 */
export function systemLogOf(director: Director): ((ended: EndedChange) => void) | undefined {
  if (director.source === 'simulated') return undefined;
  return (ended) => void writeSystemLog(systemLogLine(ended));
}

/** `change 1f2e3d4c by ada as root from 192.0.2.7: edit service …: scheduler rr → wlc; done`. */
export function systemLogLine({ id, origin, plan, end }: EndedChange): string {
  const reason = end.reason === null ? '' : `: ${end.reason}`;
  return `change ${id} by ${describeOrigin(origin)}: ${describeSteps(plan.steps)}; ${end.state}${reason}`;
}
