import type { Peak } from './report.ts';

/** Keeps the highest of the values that it is given, and when it was seen first. */
export class HighestSeen {
  #peak: Peak | null = null;

  take(value: number, time: number): void {
    if (this.#peak === null || value > this.#peak.value) this.#peak = { value, time };
  }

  /** `null` as long as nothing was seen. */
  get peak(): Peak | null {
    return this.#peak;
  }
}
