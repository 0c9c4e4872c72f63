import { secondsToTicks } from './tick.ts';

/** At most about so many cohorts stand for one time-out, whatever its length. */
const cohortsPerTimeout = 240;

/** Connections that end at given moments, held as cohorts and not one by one. */
export class ExpiryQueue {
  /** In order of time. */
  #cohorts: { readonly tick: number; count: number }[] = [];
  #head = 0;

  /** Adds connections that end `timeout` seconds after `tick`. */
  add(count: number, tick: number, timeout: number): void {
    if (count === 0) return;
    const grain = Math.max(secondsToTicks(1), Math.ceil(secondsToTicks(timeout) / cohortsPerTimeout));
    const end = Math.ceil((tick + secondsToTicks(timeout)) / grain) * grain;
    // Nearly always at the end; a time-out that was shortened finds its place among the earlier ones.
    let position = this.#cohorts.length;
    while (position > this.#head && (this.#cohorts[position - 1]?.tick ?? 0) > end) position--;
    const before = position > this.#head ? this.#cohorts[position - 1] : undefined;
    if (before?.tick === end) before.count += count;
    else this.#cohorts.splice(position, 0, { tick: end, count });
  }

  /** Takes out the connections that have ended by `tick` and returns how many they were. */
  takeExpired(tick: number): number {
    let expired = 0;
    for (;;) {
      const cohort = this.#cohorts[this.#head];
      if (cohort === undefined || cohort.tick > tick) break;
      expired += cohort.count;
      this.#head++;
    }
    if (this.#head > cohortsPerTimeout) {
      this.#cohorts = this.#cohorts.slice(this.#head);
      this.#head = 0;
    }
    return expired;
  }
}
