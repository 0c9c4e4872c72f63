import type { JournalledChange } from '../journal/journalled-change.ts';

/**
 * The changes of the journal and those of others together, the newest first. Whether somebody else's change was
 * undone is read from the journal.
 */
export function allChanges(
  journal: readonly JournalledChange[],
  others: readonly JournalledChange[],
): JournalledChange[] {
  if (others.length === 0) return [...journal];
  const undoneBy = new Map<string, string>();
  for (const { id, undoes, state, undoneBy: isUndone } of journal.toReversed())
    if (undoes !== null && state === 'done' && isUndone === null) undoneBy.set(undoes, id);
  const told = others.map((change) => ({ ...change, undoneBy: undoneBy.get(change.id) ?? null }));
  return [...journal, ...told].sort((left, right) => right.time - left.time);
}
