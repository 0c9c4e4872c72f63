import type { TableEvent } from './event.ts';

/** Milliseconds after which a change does not grow any more: it is one command's, and that has ended. */
export const growing = 1500;

/** Holds events back as long as they may grow, for whoever can tell each only once. */
export class SettledEvents {
  /** In their order. */
  readonly #waiting: { event: TableEvent; readonly grown: number }[] = [];

  /** Takes events, the oldest first, some of which may be ones from before that have grown. */
  add(events: readonly TableEvent[], now: number): void {
    for (const event of events) {
      const known = this.#waiting.find(
        (one) => event.change !== undefined && one.event.change?.id === event.change.id,
      );
      if (known !== undefined) known.event = event;
      else this.#waiting.push({ event, grown: event.change === undefined ? 0 : now + growing });
    }
  }

  /** Gives those that will not grow any more by that time, in their order; all of them at the end of all time. */
  take(now: number): TableEvent[] {
    const settled: TableEvent[] = [];
    for (let first = this.#waiting[0]; first !== undefined && first.grown <= now; first = this.#waiting[0]) {
      this.#waiting.shift();
      settled.push(first.event);
    }
    return settled;
  }
}
