import { type Journal, JournalError } from '../../changes/journal/journal.ts';
import type { Verdict } from '../../changes/journal/record.ts';
import { IpvsError } from '../../ipvs/error.ts';

/**
 * Writes to the journal that a change is confirmed, or that its time is over, and gives the verdict that counts: the
 * first one that was written. Throws an input `IpvsError` where it cannot be written.
 */
export function judgeChange(journal: Journal, id: string, verdict: Verdict): Verdict {
  try {
    return journal.judge(id, verdict);
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    throw IpvsError.input(
      'journal-unwritable',
      verdict === 'confirmed' ? 'confirm' : 'end the time of',
      `change ${id} in ${error.place}`,
      error.reason,
      'set that right and try again before its time is over',
    );
  }
}
