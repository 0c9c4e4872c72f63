import { type Trend, trendLength } from './view.ts';

/** Trends of nothing, by their length. */
const idle: readonly Trend[] = Array.from(
  { length: trendLength + 1 },
  (_, length) => new Float32Array(length),
);
const none: Trend = [];

/**
 * Readings that a stretch of memory has room for: a trend is a window that moves along it, so that only every
 * so-many-th reading takes new memory and copies the others.
 */
const stretch = trendLength + trendLength / 2;

/** Stretches that are taken from the system at once: each on its own would cost as much again to keep track of. */
const stretchesAtOnce = 64;
let spare = new Float32Array(0);

function newStretch(): Float32Array {
  if (spare.length === 0) spare = new Float32Array(stretch * stretchesAtOnce);
  const taken = spare.subarray(0, stretch);
  spare = spare.subarray(stretch);
  return taken;
}

/** Keeps the last readings of one object; each `trend` that it has given out stays as it was. */
export class TrendRecorder {
  /** What is written here is never written over: trends that were given out lie in it. */
  #readings: Float32Array | undefined;
  /** Behind the newest reading. */
  #end = 0;
  #length = 0;
  /** Readings of the trend up to the newest that was not 0. */
  #moving = 0;
  #trend: Trend | undefined;

  /** Adds a reading, new connections a second, that holds for so many periods; the oldest ones drop out. */
  push(value: number, periods = 1): void {
    const added = Math.min(periods, trendLength);
    const dropped = Math.max(0, this.#length + added - trendLength);
    this.#length += added - dropped;
    this.#moving = value === 0 ? this.#moving - dropped : this.#length;
    this.#trend = undefined;
    if (this.#moving <= 0) {
      this.#readings = undefined;
      return;
    }
    const readings = this.#withRoomFor(added);
    readings.fill(value, this.#end, this.#end + added);
    this.#end += added;
  }

  /** Oldest first. Objects that carried nothing share one. */
  get trend(): Trend {
    this.#trend ??=
      this.#readings?.subarray(this.#end - this.#length, this.#end) ?? idle[this.#length] ?? none;
    return this.#trend;
  }

  /** Sum of the last `count` readings. */
  sum(count: number): number {
    if (this.#readings === undefined) return 0;
    let sum = 0;
    for (let index = this.#end - Math.min(count, this.#length); index < this.#end; index++)
      sum += this.#readings[index] ?? 0;
    return sum;
  }

  /** The present stretch where it has room for `added` more, else the next one with what is still of the trend. */
  #withRoomFor(added: number): Float32Array {
    if (this.#readings !== undefined && this.#end + added <= stretch) return this.#readings;
    const kept = this.#length - added;
    const next = newStretch();
    if (this.#readings !== undefined) next.set(this.#readings.subarray(this.#end - kept, this.#end));
    this.#readings = next;
    this.#end = kept;
    return next;
  }
}
