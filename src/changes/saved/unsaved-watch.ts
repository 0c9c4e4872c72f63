import type { SavedService } from '../../formats/ipvsadm/ipvsadm.ts';
import type { ServiceKey } from '../../ipvs/identity.ts';
import { haveSameSettings, realServerCount } from '../../sampling/service-view.ts';
import { isWholeView, type ServiceView, type View } from '../../sampling/view.ts';
import { inTurns, type Work } from '../../system/turns.ts';
import type { SavedTablePlace, SavedTableReading } from './saved-table-place.ts';
import { byName, unsavedChangesOfService } from './unsaved-changes.ts';

/** The result of comparing one service. */
interface Verdict {
  /** The newest view of the service with the settings that were compared. */
  view: ServiceView;
  readonly changes: number;
}

/**
 * Counts the differences between the running and the saved table, from reading to reading. A service is compared
 * again only when its settings or those of its real servers have changed, and all services when what is saved has.
 */
export class UnsavedWatch {
  readonly #place: SavedTablePlace;
  readonly #onCount: (count: number | null) => void;
  #stamp: string | undefined;
  /** The saved services by name; `null` while nothing comparable is saved. */
  #saved: ReadonlyMap<ServiceKey, SavedService> | null = null;
  #verdicts = new Map<ServiceKey, Verdict>();
  #count: number | null = null;
  #isBusy = false;

  /** `onCount` is told the number of differences whenever it changes; `null` where there is no saved table. */
  constructor(place: SavedTablePlace, onCount: (count: number | null) => void) {
    this.#place = place;
    this.#onCount = onCount;
  }

  /** Takes a reading of the table; ignored while the previous one is still being compared. */
  async take(view: View): Promise<void> {
    if (this.#isBusy || !isWholeView(view) || view.director.state.kind === 'lost') return;
    this.#isBusy = true;
    try {
      await this.#readSaved();
      const count =
        this.#saved === null ? null : await inTurns(this.#countChanges(view.services, this.#saved));
      if (count === this.#count) return;
      this.#count = count;
      this.#onCount(count);
    } finally {
      this.#isBusy = false;
    }
  }

  async #readSaved(): Promise<void> {
    const stamp = this.#place.stamp();
    if (stamp === this.#stamp) return;
    this.#saved = savedServices(await this.#place.read());
    this.#stamp = stamp;
    this.#verdicts.clear();
  }

  *#countChanges(
    services: readonly ServiceView[],
    saved: ReadonlyMap<ServiceKey, SavedService>,
  ): Work<number> {
    const before = this.#verdicts;
    const verdicts = new Map<ServiceKey, Verdict>();
    let count = 0;
    for (const view of services) {
      let verdict = before.get(view.key);
      if (verdict === undefined || !haveSameSettings(verdict.view, view)) {
        const changes = unsavedChangesOfService(saved.get(view.key), savedService(view)).length;
        verdict = { view, changes };
        yield realServerCount(view) + 1;
      }
      verdict.view = view;
      verdicts.set(view.key, verdict);
      count += verdict.changes;
    }
    for (const [name, service] of saved) {
      if (!verdicts.has(name)) count += unsavedChangesOfService(service, undefined).length;
    }
    this.#verdicts = verdicts;
    return count;
  }
}

function savedServices(reading: SavedTableReading): ReadonlyMap<ServiceKey, SavedService> | null {
  return reading.kind === 'table' ? byName(reading.services) : null;
}

function savedService({ service, realServers }: ServiceView): SavedService {
  return { service, realServers: realServers.map(({ realServer }) => realServer) };
}
