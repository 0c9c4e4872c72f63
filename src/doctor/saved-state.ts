import type { SavedTablePlace } from '../changes/saved-table-place.ts';
import { unsavedChanges } from '../changes/unsaved-changes.ts';
import type { SavedService } from '../formats/ipvsadm.ts';
import type { SavedState } from './evidence.ts';

/** How the running table stands to what is saved at a place. */
export async function savedStateAt(
  place: SavedTablePlace,
  running: readonly SavedService[],
): Promise<SavedState> {
  const file = place.title;
  const reading = await place.read();
  switch (reading.kind) {
    case 'nothing saved':
      return { kind: 'no file', file };
    case 'unreadable':
      return { kind: 'unreadable', file, reason: reading.error.reason };
    case 'table': {
      const changes = unsavedChanges(reading.services, running).length;
      return changes === 0 ? { kind: 'same', file } : { kind: 'differs', file, changes };
    }
  }
}
