import { fromSmallFloat, toSmallFloat } from './small-float.ts';

/**
 * Means over stretches of time that are all equally long, the newest so-many of them, each of several fields, in two
 * bytes a number. A stretch that nobody wrote is a gap.
 */
export class CoarseRing {
  readonly #length: number;
  readonly #fields: number;
  readonly #values: Uint16Array;
  /** Number of the newest stretch that was written, counted from the start. */
  #newest: number;

  /** Holds `length` stretches of so many fields; `before` is the number of the one before the first. */
  constructor(length: number, fields: number, before: number) {
    this.#length = length;
    this.#fields = fields;
    this.#values = new Uint16Array(length * fields).fill(toSmallFloat(Number.NaN));
    this.#newest = before;
  }

  /** Number of the newest stretch that was written. */
  get newest(): number {
    return this.#newest;
  }

  /** Writes the means of the stretch with that number, which is later than all before. */
  write(number: number, means: readonly number[]): void {
    this.#skipTo(number);
    means.forEach((mean, field) => {
      this.#values[this.#placeOf(number) + field] = toSmallFloat(mean);
    });
  }

  /** The mean of a field in the stretch with that number; NaN where nothing is known of it any more. */
  at(number: number, field: number): number {
    if (number > this.#newest || number <= this.#newest - this.#length) return Number.NaN;
    return fromSmallFloat(this.#values[this.#placeOf(number) + field] ?? 0x7fc0);
  }

  /** What was passed over is a gap. */
  #skipTo(number: number): void {
    const gaps = Math.min(this.#length, number - this.#newest);
    for (let ago = 0; ago < gaps; ago++) {
      const place = this.#placeOf(number - ago);
      this.#values.fill(toSmallFloat(Number.NaN), place, place + this.#fields);
    }
    this.#newest = number;
  }

  #placeOf(number: number): number {
    return (((number % this.#length) + this.#length) % this.#length) * this.#fields;
  }
}

/** The mean of those that are known; NaN where none is. */
export function meanOf(count: number, valueAt: (index: number) => number): number {
  let sum = 0;
  let known = 0;
  for (let index = 0; index < count; index++) {
    const value = valueAt(index);
    if (Number.isNaN(value)) continue;
    sum += value;
    known++;
  }
  return known === 0 ? Number.NaN : sum / known;
}
