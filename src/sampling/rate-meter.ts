import { type Counters, counterDifference, counterNames, type Rates, zeroRates } from '../ipvs/counters.ts';
import type { Span } from '../system/span.ts';

/**
 * Seconds between two steps of the kernel's estimator, nominally (`net/netfilter/ipvs/ip_vs_est.c`). The counters
 * that can be read move only then.
 */
export const nominalPeriod = 2;

/** What a meter reads of an object. */
export interface Sample {
  readonly counters: Counters;
  readonly kernelRates: Rates;
}

/** The sample in an entry; `null` where it may not be read. */
export function sampleOf(entry: {
  readonly counters: Counters | null;
  readonly kernelRates: Rates | null;
}): Sample | null {
  return isSample(entry) ? entry : null;
}

function isSample(entry: {
  readonly counters: Counters | null;
  readonly kernelRates: Rates | null;
}): entry is Sample {
  return entry.counters !== null && entry.kernelRates !== null;
}

/** What is known about the kernel's estimator; counters move only at its steps. */
export interface Estimator {
  /** Seconds from one step to the next. */
  readonly period: number;
  /** Steps between two readings; `undefined` where that cannot be told for certain. */
  stepsBetween(earlier: Span, later: Span): number | undefined;
}

/**
 * What a reading showed: `first` reading of the object, `still` the same, a `step`, or a `restart`: counters were
 * zeroed or began anew.
 */
export type Movement = 'first' | 'still' | 'step' | 'restart';

/**
 * Where the steps are not known, an object counts as carrying nothing once it has stood still for this many periods:
 * a little more than one, since steps are not exact to the millisecond.
 */
const stillPeriods = 1.1;

/** How many numbers the rates of one object are. */
const fields = counterNames.length;

/**
 * The true rates of objects that are read together, from the differences of their counters at estimator steps; each
 * object by its place.
 *
 * A step is seen when a counter or a kernel average differs from the reading before. As long as readings come more
 * often than steps, everything that moved between two readings moved in one step, so the difference over one period
 * is the rate of that period: a steady load reads right after its first full period.
 *
 * The state is kept in columns, not in an object for each: for a hundred thousand real servers that takes a third of
 * the memory, and a reading allocates nothing.
 */
export class RateMeters {
  readonly #previous: (Sample | undefined)[];
  /**
   * Whether the next difference will cover whole periods: a step has passed since the object began, or its counters
   * could move again.
   */
  readonly #settled: boolean[];
  readonly #wasFrozen: boolean[];
  /** When the last change was seen. */
  readonly #changed: number[];
  /** The rates of one object after the other, in the order of `counterNames`; NaN while not known. */
  #rates: number[];
  /** Whether the rates were given out, so that they must not be changed any more. */
  #isGivenOut = false;

  constructor(count: number) {
    this.#previous = new Array(count).fill(undefined);
    this.#settled = new Array(count).fill(false);
    this.#wasFrozen = new Array(count).fill(false);
    this.#changed = new Array(count).fill(Number.NaN);
    this.#rates = new Array(count * fields).fill(Number.NaN);
  }

  /** The rates of the last full period, as an array that never changes. */
  get rates(): RatesOfRows {
    this.#isGivenOut = true;
    return this.#rates;
  }

  /** Whether the object is known to carry nothing, so that only a change of its row can tell anything new. */
  isQuiet(place: number): boolean {
    const at = place * fields;
    return this.#rates[at] === 0 && this.#rates[at + 1] === 0 && this.#rates[at + 2] === 0;
  }

  /** Takes over what other meters know of an object. */
  adopt(place: number, others: RateMeters, from: number): void {
    this.#previous[place] = others.#previous[from];
    this.#settled[place] = others.#settled[from] ?? false;
    this.#wasFrozen[place] = others.#wasFrozen[from] ?? false;
    this.#changed[place] = others.#changed[from] ?? Number.NaN;
    const rates = this.#ownRates();
    for (let field = 0; field < fields; field++)
      rates[place * fields + field] = others.#rates[from * fields + field] ?? Number.NaN;
  }

  /** Takes a reading of one object made in `span`; the reading before was made in `before`. */
  read(place: number, sample: Sample, span: Span, before: Span | undefined, estimator: Estimator): Movement {
    const previous = this.#previous[place];
    this.#previous[place] = sample;
    if (previous === undefined || before === undefined) {
      // Counters move only at steps, so an object that has counted anything has been through one.
      return this.#begin(place, 'first', span, !this.#wasFrozen[place] && hasCounted(sample.counters));
    }
    if (previous === sample || isSameSample(previous, sample)) {
      const steps = estimator.stepsBetween(before, span);
      const stoodStill =
        span.from - (this.#changed[place] ?? span.from) > estimator.period * 1000 * stillPeriods;
      if (steps === undefined ? stoodStill : steps > 0) this.#stop(place);
      return 'still';
    }
    // Zeroing sets the counters of the last step to zero, so the next difference covers a whole period.
    if (wentBack(sample.counters, previous.counters)) return this.#begin(place, 'restart', span, true);
    if (this.#settled[place]) {
      const steps = estimator.stepsBetween(before, span) ?? likelySteps(before, span, estimator.period);
      this.#measure(place, sample.counters, previous.counters, Math.max(1, steps) * estimator.period);
    }
    this.#settled[place] = true;
    this.#changed[place] = span.to;
    return 'step';
  }

  /** Forgets all readings: counters stand still for a while, and the first difference afterwards means nothing. */
  freeze(place: number): void {
    this.#previous[place] = undefined;
    this.#fill(place, Number.NaN);
    this.#wasFrozen[place] = true;
  }

  #begin(place: number, movement: Movement, span: Span, settled: boolean): Movement {
    this.#settled[place] = settled;
    this.#wasFrozen[place] = false;
    this.#changed[place] = span.to;
    this.#fill(place, Number.NaN);
    return movement;
  }

  /** Notes that a step has passed in which nothing happened. */
  #stop(place: number): void {
    this.#fill(place, 0);
    this.#settled[place] = true;
  }

  #measure(place: number, later: Counters, earlier: Counters, seconds: number): void {
    const rates = this.#ownRates();
    const at = place * fields;
    rates[at] = counterDifference(later.connections, earlier.connections) / seconds;
    rates[at + 1] = counterDifference(later.inPackets, earlier.inPackets) / seconds;
    rates[at + 2] = counterDifference(later.outPackets, earlier.outPackets) / seconds;
    rates[at + 3] = counterDifference(later.inBytes, earlier.inBytes) / seconds;
    rates[at + 4] = counterDifference(later.outBytes, earlier.outBytes) / seconds;
  }

  #fill(place: number, value: number): void {
    const at = place * fields;
    for (let index = at; index < at + fields; index++) {
      // What carries nothing usually goes on carrying nothing; then nothing need be copied.
      if (Object.is(this.#rates[index], value)) continue;
      this.#ownRates().fill(value, at, at + fields);
      return;
    }
  }

  #ownRates(): number[] {
    if (this.#isGivenOut) {
      this.#rates = this.#rates.slice();
      this.#isGivenOut = false;
    }
    return this.#rates;
  }
}

/**
 * Rates of several objects, one after the other, each in as many numbers as there are `counterNames`; see `ratesAt`.
 */
export type RatesOfRows = readonly number[] | Float64Array;

/** The rates of the object at that place; `null` until they are known. */
export function ratesAt(rates: RatesOfRows, place: number): Rates | null {
  const at = place * fields;
  const connections = rates[at] ?? Number.NaN;
  if (Number.isNaN(connections)) return null;
  const inPackets = rates[at + 1] ?? 0;
  const outPackets = rates[at + 2] ?? 0;
  const inBytes = rates[at + 3] ?? 0;
  const outBytes = rates[at + 4] ?? 0;
  const isIdle = connections === 0 && inPackets === 0 && outPackets === 0 && inBytes === 0 && outBytes === 0;
  // The fields are in another order than in counters. Otherwise V8 gives both the same shape, and then boxes every
  // counter as it does fractions, which for a hundred thousand rows is 9 MB.
  return isIdle ? zeroRates : { outBytes, inBytes, outPackets, inPackets, connections };
}

/** New connections a second of the object at that place; NaN until they are known. */
export function connectionRateAt(rates: RatesOfRows, place: number): number {
  return rates[place * fields] ?? Number.NaN;
}

/**
 * Sums the rates of objects; `null` while one is missing. An object that has counted nothing yet is not waited for
 * beside others.
 */
export function sumOfRates(rates: RatesOfRows, counters: Iterable<Counters | null>): Rates | null {
  const sums = [0, 0, 0, 0, 0];
  let areKnown = true;
  let place = -1;
  for (const counted of counters) {
    place++;
    if (place === 0) areKnown = false;
    if (Number.isNaN(rates[place * fields])) {
      if (counted === null || hasCounted(counted)) return null;
      continue;
    }
    areKnown = true;
    for (let field = 0; field < fields; field++)
      sums[field] = (sums[field] ?? 0) + (rates[place * fields + field] ?? 0);
  }
  return areKnown ? ratesAt(sums, 0) : null;
}

/** Whether the object at that place is known to carry anything. */
export function isMovingAt(rates: RatesOfRows, place: number): boolean {
  const at = place * fields;
  return (rates[at] ?? 0) > 0 || (rates[at + 1] ?? 0) > 0 || (rates[at + 2] ?? 0) > 0;
}

/** Whether both hold the same rates for the object at that place. */
export function isSameRate(left: RatesOfRows, right: RatesOfRows, place: number): boolean {
  if (left === right) return true;
  for (let index = place * fields; index < (place + 1) * fields; index++)
    if (!Object.is(left[index], right[index])) return false;
  return true;
}

/** The true rates of one object, as `RateMeters` finds them. */
export class RateMeter {
  readonly #meters = new RateMeters(1);
  #column: RatesOfRows = [];
  #rates: Rates | null = null;

  /** Rates of the last full period; `null` until one was seen. The same object until they change. */
  get rates(): Rates | null {
    const { rates } = this.#meters;
    if (rates !== this.#column) {
      this.#column = rates;
      this.#rates = ratesAt(rates, 0);
    }
    return this.#rates;
  }

  /** Takes a reading made in `span`; the reading before was made in `before`. */
  read(sample: Sample, span: Span, before: Span | undefined, estimator: Estimator): Movement {
    return this.#meters.read(0, sample, span, before, estimator);
  }

  /** Forgets all readings, as `RateMeters.freeze` does. */
  freeze(): void {
    this.#meters.freeze(0);
  }
}

/** The likely number of steps between two readings; readings closer together than a period hold at most one. */
function likelySteps(before: Span, span: Span, period: number): number {
  return Math.round((span.to - before.to) / 1000 / period);
}

function hasCounted(counters: Counters): boolean {
  return counterNames.some((name) => counters[name] > 0);
}

function wentBack(later: Counters, earlier: Counters): boolean {
  return (
    later.connections < earlier.connections ||
    later.inPackets < earlier.inPackets ||
    later.outPackets < earlier.outPackets ||
    later.inBytes < earlier.inBytes ||
    later.outBytes < earlier.outBytes
  );
}

/** Whether nothing moved between two samples. */
export function isSameSample(left: Sample, right: Sample): boolean {
  return sameFields(left.counters, right.counters) && sameFields(left.kernelRates, right.kernelRates);
}

function sameFields(left: Counters, right: Counters): boolean {
  return (
    left === right ||
    (left.connections === right.connections &&
      left.inPackets === right.inPackets &&
      left.outPackets === right.outPackets &&
      left.inBytes === right.inBytes &&
      left.outBytes === right.outBytes)
  );
}
