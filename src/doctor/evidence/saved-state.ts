import type { SavedTablePlace, SavedTableReading } from '../../changes/saved/saved-table-place.ts';
import { unsavedChanges } from '../../changes/saved/unsaved-changes.ts';
import type { SavedService } from '../../formats/ipvsadm/ipvsadm.ts';
import { inTurns } from '../../system/turns.ts';
import type { SavedState } from './evidence.ts';

/**
 * Compares the running table with what is saved at a place, where the differences are counted elsewhere; `count`
 * gives `null` where nothing can be compared. The place is then read, and again only when it has changed.
 */
export function savedStates(place: SavedTablePlace, count: () => number | null): () => Promise<SavedState> {
  let known: { readonly stamp: string; readonly state: SavedState } | undefined;
  return async () => {
    const changes = count();
    const file = place.title;
    if (changes !== null) return changes === 0 ? { kind: 'same', file } : { kind: 'differs', file, changes };
    const stamp = place.stamp();
    if (known?.stamp === stamp) return known.state;
    const reading = await place.read();
    const state = reading.kind === 'table' ? unknown : unsaved(file, reading);
    if (reading.kind !== 'table') known = { stamp, state };
    return state;
  };
}

/** Compares the running table with what is saved at a place. */
export async function savedStateAt(
  place: SavedTablePlace,
  running: readonly SavedService[],
): Promise<SavedState> {
  const file = place.title;
  const reading = await place.read();
  if (reading.kind !== 'table') return unsaved(file, reading);
  const { length: changes } = await inTurns(unsavedChanges(reading.services, running));
  return changes === 0 ? { kind: 'same', file } : { kind: 'differs', file, changes };
}

const unknown: SavedState = { kind: 'unknown' };

function unsaved(file: string, reading: Exclude<SavedTableReading, { kind: 'table' }>): SavedState {
  switch (reading.kind) {
    case 'nothing saved':
      return { kind: 'no file', file };
    case 'no place':
      return unknown;
    case 'unreadable':
      return { kind: 'unreadable', file, reason: reading.error.reason };
  }
}
