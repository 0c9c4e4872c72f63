import { randomBytes } from 'node:crypto';
import { type Journal, JournalError } from './journal.ts';
import { changesOf } from './journalled-change.ts';
import type { JournalRecord } from './record.ts';

/** A journal in memory, for the simulated director, whose table ends with the process as well. */
export function createMemoryJournal(now: () => number = Date.now): Journal {
  const records: JournalRecord[] = [];
  const time = () => new Date(now()).toISOString();
  const present = { table: 'memory', isRunning: () => true };
  return {
    place: 'in memory only',
    *begin({ id = newChangeId(), origin, undoes, file, confirmBy, steps }) {
      yield;
      if (records.some((record) => record.id === id))
        throw new JournalError('in memory only', `it has change ${id} already, or was told not to make it`);
      records.push({
        kind: 'intent',
        id,
        time: time(),
        origin,
        table: present.table,
        process: '',
        undoes,
        ...(file !== undefined && { file }),
        ...(confirmBy !== undefined && { confirmBy: new Date(confirmBy).toISOString() }),
        steps,
      });
      return {
        id,
        progress: (done) => void records.push({ kind: 'progress', id, done }),
        *end(end) {
          yield;
          records.push({ kind: 'end', id, time: time(), ...end });
          return undefined;
        },
      };
    },
    *read() {
      yield;
      return { changes: changesOf(records, present), damages: [], problem: null };
    },
    *readUnfinished() {
      yield;
      return changesOf(records, present).filter(({ state }) => state === 'under way');
    },
    settle: (id, found) =>
      void records.push({ kind: 'end', id, time: time(), state: 'interrupted', deviations: [], ...found }),
    judge(id, verdict) {
      records.push({ kind: 'verdict', id, time: time(), verdict });
      const first = records.find((record) => record.kind === 'verdict' && record.id === id);
      return first?.kind === 'verdict' ? first.verdict : verdict;
    },
  };
}

/** Makes an id for a change, short enough to be typed. */
export function newChangeId(): string {
  return randomBytes(4).toString('hex');
}
