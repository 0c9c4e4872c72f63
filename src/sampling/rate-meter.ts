import {
  type CounterName,
  type Counters,
  counterDifference,
  counterNames,
  type Rates,
  zeroRates,
} from '../ipvs/counters.ts';

/**
 * Seconds between two runs of the kernel's estimator, nominally (`net/netfilter/ipvs/ip_vs_est.c`). Counters
 * that can be read move only then.
 */
export const nominalPeriod = 2;

/** What a meter is told of its object at one reading. */
export interface Reading {
  /** Milliseconds on a clock that never goes back. */
  readonly time: number;
  readonly counters: Counters;
  readonly kernelRates: Rates;
}

/**
 * The true rates of one service or real server, from the differences of its counters at estimator steps.
 *
 * A step is seen when a counter or a kernel average differs from the reading before. As long as readings come
 * more often than steps, everything that moved between two readings moved in one step, so the difference
 * over one period is the rate of that period: a steady load reads right after its first full period.
 */
export class RateMeter {
  #previous: Reading | undefined;
  /** Time at which the last step was seen, or at which the object was last seen to have stood still for one. */
  #lastStep: number | undefined;
  #firstReading = 0;
  #rates: Rates | null = null;

  /** Rates of the last full period; `null` until one was seen. */
  get rates(): Rates | null {
    return this.#rates;
  }

  /**
   * Takes a reading. `period` is the length of an estimator period in seconds, as measured. Returns the
   * seconds since the step before when this reading showed a step and the one before was seen too.
   */
  read(reading: Reading, period: number): number | undefined {
    const previous = this.#previous;
    this.#previous = reading;
    if (previous === undefined || wentBack(reading.counters, previous.counters)) {
      this.#restart(reading.time);
      return undefined;
    }
    if (
      sameCounters(reading.counters, previous.counters) &&
      sameRates(reading.kernelRates, previous.kernelRates)
    ) {
      this.#standStill(reading.time, period);
      return undefined;
    }
    const lastStep = this.#lastStep;
    this.#lastStep = reading.time;
    // The first step after a start or a zeroing ends a period of which the beginning was not seen.
    if (lastStep === undefined) return undefined;
    const sinceStep = (reading.time - lastStep) / 1000;
    const gap = (reading.time - previous.time) / 1000;
    const steps =
      gap < period ? 1 : Math.max(1, Math.min(Math.round(sinceStep / period), Math.ceil(gap / period)));
    this.#rates = ratesOf(reading.counters, previous.counters, steps * period);
    return sinceStep;
  }

  /** Forgets all readings: counters stood still for a while, and the next difference would mean nothing. */
  forget(): void {
    this.#previous = undefined;
    this.#rates = null;
  }

  #restart(time: number): void {
    this.#firstReading = time;
    this.#lastStep = undefined;
    this.#rates = null;
  }

  /** Nothing moved. When that has lasted longer than a period, a step has passed in which nothing happened. */
  #standStill(time: number, period: number): void {
    const since = this.#lastStep ?? this.#firstReading;
    if ((time - since) / 1000 <= period * 1.25) return;
    this.#rates = zeroRates;
    this.#lastStep = time;
  }
}

function ratesOf(later: Counters, earlier: Counters, seconds: number): Rates {
  const rate = (name: CounterName) => counterDifference(later[name], earlier[name]) / seconds;
  return {
    connections: rate('connections'),
    inPackets: rate('inPackets'),
    outPackets: rate('outPackets'),
    inBytes: rate('inBytes'),
    outBytes: rate('outBytes'),
  };
}

function wentBack(later: Counters, earlier: Counters): boolean {
  return counterNames.some((name) => later[name] < earlier[name]);
}

function sameCounters(left: Counters, right: Counters): boolean {
  return counterNames.every((name) => left[name] === right[name]);
}

function sameRates(left: Rates, right: Rates): boolean {
  return counterNames.every((name) => left[name] === right[name]);
}
