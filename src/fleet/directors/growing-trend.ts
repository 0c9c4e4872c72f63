import { trendLength } from '../../sampling/view.ts';

/** The last readings of one number, the oldest first. */
export class GrowingTrend {
  #readings: readonly number[] = [];

  /** All of them, never changed in place. */
  get readings(): readonly number[] {
    return this.#readings;
  }

  /** Begins with these, which are older than all that come. */
  begin(readings: readonly number[]): void {
    this.#readings = [...readings, ...this.#readings].slice(-trendLength);
  }

  /** Takes a reading; one that is not known is none. */
  take(reading: number | null): void {
    if (reading !== null) this.#readings = [...this.#readings, reading].slice(-trendLength);
  }
}
