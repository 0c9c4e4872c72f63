import { type Counter, counterDifference, counterNames } from '../ipvs/counters.ts';

/** Connections of a row: active, inactive, persistent. */
export const connectionFields = 3;
/** Counters and rates of a row, in the order of `counterNames`. */
export const counterFields = counterNames.length;

/**
 * The numbers of rows, services or real servers, one row after the other in each list. They lie outside of V8's heap, and
 * are written over from sample to sample: a new list each time would be garbage by the megabyte.
 */
export class RowNumbers {
  /** How many rows. */
  readonly length: number;
  /** What may not be read is 0 here. */
  readonly connections: Float64Array;
  /** Rates a second; NaN until they are known. Laid out as in `RateMeters`. */
  readonly rates: Float64Array;
  /** NaN for what is no exact number any more and stands among the large ones, by the same place. */
  readonly #counters: Float64Array;
  readonly #large = new Map<number, bigint>();

  constructor(length: number) {
    this.length = length;
    this.connections = new Float64Array(length * connectionFields);
    this.#counters = new Float64Array(length * counterFields);
    this.rates = new Float64Array(length * counterFields).fill(Number.NaN);
  }

  /** The counter at that place of the list. */
  counter(at: number): Counter {
    const counter = this.#counters[at] ?? 0;
    return Number.isNaN(counter) ? (this.#large.get(at) ?? 0) : counter;
  }

  setCounter(at: number, counter: Counter): void {
    if (this.#large.size > 0) this.#large.delete(at);
    if (typeof counter === 'number') {
      this.#counters[at] = counter;
      return;
    }
    this.#counters[at] = Number.NaN;
    this.#large.set(at, counter);
  }

  /** Moves a counter by so much; `large` where that is no exact number. */
  moveCounter(at: number, by: number, large?: bigint): void {
    const next = (this.#counters[at] ?? 0) + by;
    if (Math.abs(next) <= Number.MAX_SAFE_INTEGER) this.#counters[at] = next;
    else this.#moveLarge(at, large ?? BigInt(by));
  }

  /**
   * Moves a field's counters in the rows at `places` by `steps`, each by the one at the same index; `large` has the
   * steps that are NaN. A column at a time, since this is done for all that moves in each sample of a file.
   */
  moveColumn(
    field: number,
    places: readonly number[],
    steps: Float64Array,
    large: ReadonlyMap<number, bigint>,
  ): void {
    const counters = this.#counters;
    for (let row = 0; row < places.length; row++) {
      const at = (places[row] ?? 0) * counterFields + field;
      const next = (counters[at] ?? 0) + (steps[row] ?? 0);
      if (Math.abs(next) <= Number.MAX_SAFE_INTEGER) counters[at] = next;
      else this.#moveLarge(at, large.get(row) ?? BigInt(steps[row] ?? 0));
    }
  }

  /** Moves a field's counters in the first `count` of those rows by steps where both are exact, and else not at all. */
  moveColumnExactly(field: number, places: Int32Array, steps: Float64Array, count: number): void {
    const counters = this.#counters;
    for (let row = 0; row < count; row++) {
      const at = (places[row] ?? 0) * counterFields + field;
      const step = steps[row] ?? 0;
      const next = (counters[at] ?? 0) + step;
      if (Math.abs(next) <= Number.MAX_SAFE_INTEGER) counters[at] = next;
      else this.setCounter(at, moreThan(this.counter(at), step));
    }
  }

  /** How far a counter is from the other's. */
  difference(other: RowNumbers, at: number): number {
    const difference = (this.#counters[at] ?? 0) - (other.#counters[at] ?? 0);
    return Number.isNaN(difference) ? counterDifference(this.counter(at), other.counter(at)) : difference;
  }

  #moveLarge(at: number, by: bigint): void {
    const next = BigInt(this.counter(at)) + by;
    const isExact = next >= -BigInt(Number.MAX_SAFE_INTEGER) && next <= BigInt(Number.MAX_SAFE_INTEGER);
    this.setCounter(at, isExact ? Number(next) : next);
  }

  /** Whether a row's counters are the other's. */
  hasCountersOf(other: RowNumbers, place: number): boolean {
    for (let at = place * counterFields; at < (place + 1) * counterFields; at++)
      if (this.#counters[at] !== other.#counters[at] && this.counter(at) !== other.counter(at)) return false;
    return true;
  }

  /** Whether a row's connections are the other's. */
  hasConnectionsOf(other: RowNumbers, place: number): boolean {
    for (let at = place * connectionFields; at < (place + 1) * connectionFields; at++)
      if (this.connections[at] !== other.connections[at]) return false;
    return true;
  }

  /** Copies the counters of `other`, which has as many rows. */
  setCountersOf(other: RowNumbers): void {
    this.#counters.set(other.#counters);
    this.#large.clear();
    for (const [at, counter] of other.#large) this.#large.set(at, counter);
  }

  /** Copies the rows from `from` up to `end` of `other`, which has as many rows, into the same places. */
  setRowsOf(other: RowNumbers, from: number, end: number): void {
    const [first, last] = [from * counterFields, end * counterFields];
    this.connections.set(
      other.connections.subarray(from * connectionFields, end * connectionFields),
      from * connectionFields,
    );
    this.rates.set(other.rates.subarray(first, last), first);
    if (this.#large.size + other.#large.size === 0)
      this.#counters.set(other.#counters.subarray(first, last), first);
    else for (let at = first; at < last; at++) this.setCounter(at, other.counter(at));
  }

  /** Forgets all of it, as if it were new. */
  clear(): void {
    this.connections.fill(0);
    this.#counters.fill(0);
    this.#large.clear();
    this.rates.fill(Number.NaN);
  }

  copy(): RowNumbers {
    const copy = new RowNumbers(this.length);
    copy.connections.set(this.connections);
    copy.rates.set(this.rates);
    copy.setCountersOf(this);
    return copy;
  }

  /** The rows in a new order, each from its place here; what comes from nowhere (-1) is 0, its rates not known. */
  arranged(from: readonly number[]): RowNumbers {
    const next = new RowNumbers(from.length);
    if (this.length === 0) return next;
    for (const [place, source] of from.entries()) {
      if (source < 0) continue;
      for (let field = 0; field < connectionFields; field++)
        next.connections[place * connectionFields + field] =
          this.connections[source * connectionFields + field] ?? 0;
      for (let field = 0; field < counterFields; field++) {
        next.setCounter(place * counterFields + field, this.counter(source * counterFields + field));
        next.rates[place * counterFields + field] = this.rates[source * counterFields + field] ?? Number.NaN;
      }
    }
    return next;
  }
}

/** The counter and so much more, where both are exact; else the counter. */
export function moreThan(counter: Counter, difference: number): Counter {
  if (typeof counter === 'bigint')
    return Number.isSafeInteger(difference) ? counter + BigInt(difference) : counter;
  const sum = counter + difference;
  return Number.isSafeInteger(sum) ? sum : counter;
}
