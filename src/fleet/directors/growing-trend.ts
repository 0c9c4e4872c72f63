import { trendLength } from '../../sampling/view.ts';

/** The last readings of one number, the oldest first. */
export class GrowingTrend {
  #readings: readonly number[] = [];

  /** All of them, never changed in place. */
  get readings(): readonly number[] {
    return this.#readings;
  }

  /** Puts older readings in front of those that it has. */
  begin(readings: readonly number[]): void {
    this.#readings = [...readings, ...this.#readings].slice(-trendLength);
  }

  /** Adds a reading; `null`, one that is not known, is left out. */
  take(reading: number | null): void {
    if (reading !== null) this.#readings = [...this.#readings, reading].slice(-trendLength);
  }
}
