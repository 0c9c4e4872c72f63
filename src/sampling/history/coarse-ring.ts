import { fromSmallFloat, toSmallFloat } from './small-float.ts';

/**
 * Means over equally long stretches of time, for several fields and the newest stretches only, in two bytes a number.
 * A stretch that was never written is a gap.
 */
export class CoarseRing {
  readonly #length: number;
  readonly #fields: number;
  readonly #values: Uint16Array;
  /** Number of the newest stretch that was written; stretches are counted from the start. */
  #newest: number;

  /** Holds `length` stretches of `fields` fields; `before` is the number of the stretch before the first. */
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

  /** Writes the means of a stretch, which must be later than all before. */
  write(number: number, means: readonly number[]): void {
    this.#skipTo(number);
    means.forEach((mean, field) => {
      this.#values[this.#placeOf(number) + field] = toSmallFloat(mean);
    });
  }

  /** The mean of a field in a stretch; NaN where it is not known, or no longer. */
  at(number: number, field: number): number {
    if (number > this.#newest || number <= this.#newest - this.#length) return Number.NaN;
    return fromSmallFloat(this.#values[this.#placeOf(number) + field] ?? 0x7fc0);
  }

  /** Makes gaps of the stretches that were passed over. */
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

/** The mean of the known values among `count`; NaN where none is known. */
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
