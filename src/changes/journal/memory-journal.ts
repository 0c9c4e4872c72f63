import { randomBytes } from 'node:crypto';
import type { Journal } from './journal.ts';
import { changesOf } from './journalled-change.ts';
import type { JournalRecord } from './record.ts';

/** A journal that ends with the process: of the simulated director, whose table does so too. */
export function createMemoryJournal(now: () => number = Date.now): Journal {
  const records: JournalRecord[] = [];
  const time = () => new Date(now()).toISOString();
  const present = { table: 'memory', isRunning: () => true };
  return {
    place: 'in memory only',
    *begin({ origin, undoes, file, steps }) {
      yield;
      const id = newChangeId();
      records.push({
        kind: 'intent',
        id,
        time: time(),
        origin,
        table: present.table,
        process: '',
        undoes,
        ...(file !== undefined && { file }),
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
  };
}

/** A name for a change, short enough to be typed. */
export function newChangeId(): string {
  return randomBytes(4).toString('hex');
}
