import type { Journal } from '../../../src/changes/journal/journal.ts';
import type { JournalledChange } from '../../../src/changes/journal/journalled-change.ts';

/** A journal as the next process sees it, when this one has died in the middle of a change. */
export function afterDeath(journal: Journal): Journal {
  const orphaned = (changes: readonly JournalledChange[]) =>
    changes.map((change) =>
      change.state === 'under way' ? { ...change, state: 'unfinished' as const } : change,
    );
  return {
    ...journal,
    *read(atLeast) {
      const reading = yield* journal.read(atLeast);
      return { ...reading, changes: orphaned(reading.changes) };
    },
    *readUnfinished(atLeast) {
      return orphaned(yield* journal.readUnfinished(atLeast));
    },
  };
}
