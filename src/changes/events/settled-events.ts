import type { TableEvent } from './event.ts';

/** Milliseconds after which the event of a change grows no more: its command has ended. */
export const growing = 1500;

/** Holds events back while they may still grow, for a consumer that can tell each event only once. */
export class SettledEvents {
  /** The events held back, in their order. */
  readonly #waiting: { event: TableEvent; readonly grown: number }[] = [];

  /** Takes events, the oldest first, some of which may replace earlier ones that have grown. */
  add(events: readonly TableEvent[], now: number): void {
    for (const event of events) {
      const known = this.#waiting.find(
        (one) => event.change !== undefined && one.event.change?.id === event.change.id,
      );
      if (known !== undefined) known.event = event;
      else this.#waiting.push({ event, grown: event.change === undefined ? 0 : now + growing });
    }
  }

  /** Gives, in order, the events that will grow no more by `now`; `Infinity` gives all. */
  take(now: number): TableEvent[] {
    const settled: TableEvent[] = [];
    for (let first = this.#waiting[0]; first !== undefined && first.grown <= now; first = this.#waiting[0]) {
      this.#waiting.shift();
      settled.push(first.event);
    }
    return settled;
  }
}
