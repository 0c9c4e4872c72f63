import type { SavedService } from '../../formats/ipvsadm/ipvsadm.ts';
import type { SavedTablePlace } from './saved-table-place.ts';
import { unsavedChanges } from './unsaved-changes.ts';

/**
 * A saved table in memory, for the simulated director and for tests. `first` is what is saved at the beginning,
 * `null` for nothing.
 */
export function savedTableInMemory(first: readonly SavedService[] | null): SavedTablePlace {
  const title = '/etc/ipvsadm.rules (SIMULATED, in memory only)';
  let services = first;
  let version = 0;
  return {
    title,
    stamp: () => String(version),
    read: () => Promise.resolve(services === null ? { kind: 'nothing saved' } : { kind: 'table', services }),
    *save(running) {
      if (services !== null && (yield* unsavedChanges(services, running)).length === 0)
        return { kind: 'already so' };
      services = running;
      version++;
      return { kind: 'saved', former: null, doubt: null };
    },
  };
}
