import { type Trend, trendLength } from './view.ts';

/** Trends of nothing, by their length. */
const idle: readonly Trend[] = Array.from(
  { length: trendLength + 1 },
  (_, length) => new Float32Array(length),
);
const none: Trend = [];

/** Keeps the last readings of one object; each `trend` that it has given out stays as it was. */
export class TrendRecorder {
  #trend: Float32Array | undefined;
  #length = 0;

  /** Adds a reading, new connections a second; the oldest one drops out. */
  push(value: number): void {
    const grown = Math.min(this.#length + 1, trendLength);
    if (value !== 0 || this.#trend !== undefined) {
      const next = new Float32Array(grown);
      const kept = grown - 1;
      if (this.#trend !== undefined) next.set(this.#trend.subarray(this.#length - kept));
      next[kept] = value;
      this.#trend = next.some((reading) => reading !== 0) ? next : undefined;
    }
    this.#length = grown;
  }

  /** Oldest first. Objects that carried nothing share one. */
  get trend(): Trend {
    return this.#trend ?? idle[this.#length] ?? none;
  }

  /** Sum of the last `count` readings. */
  sum(count: number): number {
    if (this.#trend === undefined) return 0;
    let sum = 0;
    for (let index = Math.max(0, this.#length - count); index < this.#length; index++)
      sum += this.#trend[index] ?? 0;
    return sum;
  }
}
