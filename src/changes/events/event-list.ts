import type { JournalledChange } from '../journal/journalled-change.ts';
import type { TableEvent } from './event.ts';

/** At most this many events are kept; older ones are forgotten. */
const usuallyKept = 2000;

/** The last events, the newest first. */
export class EventList {
  readonly #kept: number;
  #events: readonly TableEvent[] = [];

  /** `kept` is the greatest number of events to keep. */
  constructor(kept: number = usuallyKept) {
    this.#kept = kept;
  }

  /** The kept events, the newest first, in a list that never changes. */
  get all(): readonly TableEvent[] {
    return this.#events;
  }

  /** Adds events, the oldest first. An event that has grown replaces its earlier version. */
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

/** The changes that others made, in the order of the events; those that were only refused are left out. */
export function changesIn(events: readonly TableEvent[]): JournalledChange[] {
  return events.flatMap(({ change }) => (change !== undefined && change.steps.length > 0 ? change : []));
}
