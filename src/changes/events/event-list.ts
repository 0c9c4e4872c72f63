import type { JournalledChange } from '../journal/journalled-change.ts';
import type { TableEvent } from './event.ts';

/** Events that are kept; what is older is forgotten. */
const usuallyKept = 2000;

/** The last events, the newest first. */
export class EventList {
  readonly #kept: number;
  #events: readonly TableEvent[] = [];

  /** Keeps at most so many. */
  constructor(kept: number = usuallyKept) {
    this.#kept = kept;
  }

  /** Those that are kept, the newest first; a list that stays as it is. */
  get all(): readonly TableEvent[] {
    return this.#events;
  }

  /** Adds events, the oldest first. One that has grown takes the place of what it was. */
  add(events: readonly TableEvent[]): void {
    if (events.length === 0) return;
    const grown = new Map(
      events.flatMap((event) => (event.change === undefined ? [] : [[event.change.id, event]])),
    );
    const known = new Set<TableEvent>();
    const before = this.#events.map((event) => {
      const now = event.change && grown.get(event.change.id);
      if (now === undefined) return event;
      known.add(now);
      return now;
    });
    const added = events.filter(
      (event) => !known.has(event) && (event.change === undefined || grown.get(event.change.id) === event),
    );
    this.#events = [...added.toReversed(), ...before].slice(0, this.#kept);
  }
}

/** What others have changed, in the order of the events; what was only refused is left out. */
export function changesIn(events: readonly TableEvent[]): JournalledChange[] {
  return events.flatMap(({ change }) => (change !== undefined && change.steps.length > 0 ? change : []));
}
