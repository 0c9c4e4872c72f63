import type { TableEvent } from './event.ts';

/** Events that are kept; what is older is forgotten. */
const usuallyKept = 1000;

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

  /** Adds events, the oldest first. */
  add(events: readonly TableEvent[]): void {
    if (events.length === 0) return;
    this.#events = [...events.toReversed(), ...this.#events].slice(0, this.#kept);
  }
}
