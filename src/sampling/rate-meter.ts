import { type Counters, counterDifference, counterNames, type Rates, zeroRates } from '../ipvs/counters.ts';
import type { Span } from './span.ts';

/**
 * Seconds between two runs of the kernel's estimator, nominally (`net/netfilter/ipvs/ip_vs_est.c`). Counters
 * that can be read move only then.
 */
export const nominalPeriod = 2;

/** What a meter reads of its object. */
export interface Sample {
  readonly counters: Counters;
  readonly kernelRates: Rates;
}

/** What an entry tells for a meter; `null` where it may not be read. */
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

/** What is known of the kernel's estimator, whose steps are the only moments at which counters move. */
export interface Estimator {
  /** Seconds from one step to the next. */
  readonly period: number;
  /** Steps between two readings; `undefined` where that cannot be told for certain. */
  stepsBetween(earlier: Span, later: Span): number | undefined;
}

/** What a reading showed: the object's first, nothing new, a step, or counters that were zeroed or began anew. */
export type Movement = 'first' | 'still' | 'step' | 'restart';

/**
 * Where the steps are not known, an object is believed to carry nothing once it has stood still for so many
 * periods: a little more than one, since steps do not come to the millisecond.
 */
const stillPeriods = 1.1;

/**
 * The true rates of one service or real server, from the differences of its counters at estimator steps.
 *
 * A step is seen when a counter or a kernel average differs from the reading before. As long as readings come
 * more often than steps, everything that moved between two readings moved in one step, so the difference
 * over one period is the rate of that period: a steady load reads right after its first full period.
 */
export class RateMeter {
  #previous: Sample | undefined;
  /** The next difference covers whole periods: a step has passed since the object, or its freedom to move, began. */
  #settled = false;
  #wasFrozen = false;
  /** When the last change was seen. */
  #changed = 0;
  #rates: Rates | null = null;

  /** Rates of the last full period; `null` until one was seen. */
  get rates(): Rates | null {
    return this.#rates;
  }

  /** Takes a reading made in `span`, the one before having been made in `before`. */
  read(sample: Sample, span: Span, before: Span | undefined, estimator: Estimator): Movement {
    const previous = this.#previous;
    this.#previous = sample;
    if (previous === undefined || before === undefined) {
      // Counters move at steps only: what shows any has been through one.
      return this.#begin('first', span, !this.#wasFrozen && hasCounted(sample.counters));
    }
    if (previous === sample || isSameSample(previous, sample)) {
      const steps = estimator.stepsBetween(before, span);
      const stoodStill = span.from - this.#changed > estimator.period * 1000 * stillPeriods;
      if (steps === undefined ? stoodStill : steps > 0) this.#stop();
      return 'still';
    }
    // Zeroing takes the counters of the last step for zero, so the next difference is a whole period's.
    if (wentBack(sample.counters, previous.counters)) return this.#begin('restart', span, true);
    if (this.#settled) {
      const steps = estimator.stepsBetween(before, span) ?? likelySteps(before, span, estimator.period);
      this.#rates = ratesOf(sample.counters, previous.counters, Math.max(1, steps) * estimator.period);
    }
    this.#settled = true;
    this.#changed = span.to;
    return 'step';
  }

  /** Forgets all readings: counters stand still for a while, and the first difference after it will mean nothing. */
  freeze(): void {
    this.#previous = undefined;
    this.#rates = null;
    this.#wasFrozen = true;
  }

  #begin(movement: Movement, span: Span, settled: boolean): Movement {
    this.#settled = settled;
    this.#wasFrozen = false;
    this.#changed = span.to;
    this.#rates = null;
    return movement;
  }

  /** A step has passed in which nothing happened. */
  #stop(): void {
    this.#rates = zeroRates;
    this.#settled = true;
  }
}

/** Readings closer together than a period hold one step at most. */
function likelySteps(before: Span, span: Span, period: number): number {
  return Math.round((span.to - before.to) / 1000 / period);
}

function ratesOf(later: Counters, earlier: Counters, seconds: number): Rates {
  const connections = counterDifference(later.connections, earlier.connections) / seconds;
  const inPackets = counterDifference(later.inPackets, earlier.inPackets) / seconds;
  const outPackets = counterDifference(later.outPackets, earlier.outPackets) / seconds;
  const inBytes = counterDifference(later.inBytes, earlier.inBytes) / seconds;
  const outBytes = counterDifference(later.outBytes, earlier.outBytes) / seconds;
  const isIdle = connections === 0 && inPackets === 0 && outPackets === 0 && inBytes === 0 && outBytes === 0;
  return isIdle ? zeroRates : { connections, inPackets, outPackets, inBytes, outBytes };
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

/** Whether nothing moved from one to the other. */
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
