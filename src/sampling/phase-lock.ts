import type { Span } from '../system/span.ts';
import { type Estimator, nominalPeriod } from './rate-meter.ts';

/** Milliseconds from one step to the next, by the kernel's source (`net/netfilter/ipvs/ip_vs_est.c`). */
const exactPeriod = nominalPeriod * 1000;
/**
 * Up to Linux 6.2 a timer of 2 s is set anew after each step, and the timer wheel rounds it up to its
 * granularity: 2.016 s at 250 Hz, 2.048 s at 1000, 2.08 s at 100. This is in the middle.
 */
const roundedPeriod = 2030;
const shortestPeriod = 1950;
const longestPeriod = 2200;

/** Milliseconds by which a step may come early or late. */
const jitter = 8;

/** A step that cannot be told closer than this is not worth waiting for. */
const widestWindow = 1500;
/** Closer than this, every reading can be told to lie before or behind a step. */
const closeWindow = 150;

/** Steps remembered, of which the period is learned. */
const remembered = 16;

/** Readings in a row that agree before the steps are relied on, and contradictions before they are given up. */
const agreementsNeeded = 2;
const contradictionsAllowed = 3;
/** Milliseconds after which it is tried again. */
const pause = 60_000;

/** A step that was seen. */
interface Step extends Span {
  /** Steps from the first one that is remembered to this one, those that nobody saw included. */
  readonly index: number;
}

/**
 * Learns when the kernel's estimator runs, from readings of one object between which it stepped, and foretells
 * its next runs. Up to Linux 6.2 all objects step together, and a reading right after a step sees what is new
 * at once; later kernels give each object a phase of its own, and simulated ones do: then this notices that
 * other objects step at other times, foretells nothing and tells no step for certain.
 */
export class PhaseLock implements Estimator {
  #spread = 0;
  /** Oldest first. */
  #steps: Step[] = [];
  #period: number;
  #shortest = shortestPeriod;
  #longest = longestPeriod;
  #agreements = 0;
  #contradictions = 0;
  /** The pair of readings that was asked for last: all rows of one reading share it. */
  #counted: { readonly earlier: Span; readonly later: Span; readonly steps: number | undefined } | undefined;
  /** Given up until then. */
  #pausedUntil = Number.NEGATIVE_INFINITY;

  /** `period` is taken for the milliseconds between two steps until they are learned. */
  constructor(period: number = exactPeriod) {
    this.#period = period;
  }

  /** Milliseconds that the kernel needs to step all objects, one after the other. */
  get spread(): number {
    return this.#spread;
  }

  set spread(spread: number) {
    this.#counted = undefined;
    this.#spread = spread;
  }

  /** Seconds from one step to the next, as learned so far. */
  get period(): number {
    return this.#period / 1000;
  }

  /** Takes a span in which the object that is watched made one step. */
  observe(seen: Span): void {
    this.#counted = undefined;
    const last = this.#steps.at(-1);
    const index =
      last === undefined ? 0 : last.index + Math.round((middle(seen) - middle(last)) / this.#period);
    const expected = this.#windowOf(index);
    const step = expected === undefined ? seen : overlap(seen, expected);
    if (step === undefined || (last !== undefined && index < last.index)) {
      // Not where it was expected: another phase, or a machine that stood still. Anew from here.
      this.#steps = [{ ...seen, index: 0 }];
      this.#agreements = 0;
      this.#learn();
      return;
    }
    if (index === last?.index) this.#steps.pop();
    this.#steps.push({ ...step, index });
    if (this.#steps.length > remembered) this.#steps.shift();
    this.#learn();
  }

  /** The first span after `time` in which a step is due; `undefined` while nobody knows. */
  next(time: number): Span | undefined {
    const last = this.#steps.at(-1);
    if (last === undefined || time < this.#pausedUntil) return undefined;
    const periods = Math.max(1, Math.floor((time - last.to) / this.#longest));
    for (let index = last.index + periods; ; index++) {
      const window = this.#windowOf(index);
      if (window === undefined || width(window) > widestWindow) return undefined;
      if (window.to > time) return window;
    }
  }

  /** Steps between two readings, of whatever object; `undefined` as long as it is not certain that all step together. */
  stepsBetween(earlier: Span, later: Span): number | undefined {
    if (this.#agreements < agreementsNeeded || later.to < this.#pausedUntil) return undefined;
    return this.#count(earlier, later);
  }

  /** Whether something that moved between two readings tells when: over a whole period everything moves. */
  isTelling(earlier: Span, later: Span): boolean {
    return later.to - earlier.from < this.#period && this.#count(earlier, later) !== undefined;
  }

  /** Whether an object that moved between two readings did so although no step lay between them. */
  isStranger(earlier: Span, later: Span): boolean {
    return this.#count(earlier, later) === 0 && this.#isClose(later.to);
  }

  /** Takes what a whole reading that ended at `time` showed: how many objects moved, and how many of them as strangers. */
  judge(time: number, moved: number, strangers: number): void {
    if (!this.#isClose(time)) {
      this.#agreements = 0;
    } else if (strangers > 0) {
      this.#agreements = 0;
      this.#contradictions++;
      if (this.#contradictions >= contradictionsAllowed) {
        this.#pausedUntil = time + pause;
        this.#contradictions = contradictionsAllowed - 1;
        // A kernel that does so keeps to the period.
        this.#period = clamp(exactPeriod, this.#shortest, this.#longest);
      }
    } else if (moved > 1) {
      // One object alone agrees with itself, and two that moved in one reading may have moved apart.
      this.#agreements++;
      if (this.#agreements > contradictionsAllowed * agreementsNeeded) this.#contradictions = 0;
    }
  }

  #isClose(time: number): boolean {
    const window = this.next(time);
    return window !== undefined && width(window) <= closeWindow;
  }

  /** When the step with that number was, or is expected; `undefined` before the first that is remembered. */
  #windowOf(index: number): Span | undefined {
    const last = this.#steps.at(-1);
    if (last === undefined) return undefined;
    if (index <= last.index) {
      const known = this.#steps.findLast((step) => step.index <= index);
      if (known === undefined) return undefined;
      return known.index === index ? known : this.#ahead(known, index - known.index);
    }
    return this.#ahead(last, index - last.index);
  }

  #ahead(step: Step, periods: number): Span {
    return {
      from: step.from + periods * this.#shortest - jitter,
      to: step.to + periods * this.#longest + jitter,
    };
  }

  /** Steps that lie between the readings; `undefined` where one of them may lie within a reading. */
  #count(earlier: Span, later: Span): number | undefined {
    if (this.#counted?.earlier !== earlier || this.#counted.later !== later)
      this.#counted = { earlier, later, steps: this.#countSteps(earlier, later) };
    return this.#counted.steps;
  }

  #countSteps(earlier: Span, later: Span): number | undefined {
    const last = this.#steps.at(-1);
    if (last === undefined) return undefined;
    const oldest = this.#steps[0] ?? last;
    if (earlier.from < oldest.from) return undefined;
    const first = last.index + Math.floor((earlier.from - last.to - this.#spread) / this.#shortest) - 1;
    let count = 0;
    for (let index = Math.max(oldest.index, first); ; index++) {
      const window = this.#windowOf(index);
      if (window === undefined) return undefined;
      const to = window.to + this.#spread;
      if (window.from >= later.to) return count;
      if (to <= earlier.from) continue;
      if (window.from < earlier.to || to > later.from) return undefined;
      count++;
    }
  }

  /** Narrows the period down by all pairs with the newest step. */
  #learn(): void {
    const newest = this.#steps.at(-1);
    if (newest === undefined) return;
    let shortest = shortestPeriod;
    let longest = longestPeriod;
    for (const step of this.#steps) {
      const periods = newest.index - step.index;
      if (periods === 0) continue;
      shortest = Math.max(shortest, (newest.from - step.to - jitter) / periods);
      longest = Math.min(longest, (newest.to - step.from + jitter) / periods);
    }
    if (shortest > longest) {
      this.#steps = [newest];
      shortest = shortestPeriod;
      longest = longestPeriod;
    }
    this.#shortest = shortest;
    this.#longest = longest;
    this.#period = clamp(this.#period, shortest, longest);
  }
}

/** Milliseconds between two steps that a Linux of this release is likely to have. */
export function likelyPeriod(release: string): number {
  const [major = 0, minor = 0] = release.split('.').map(Number);
  return major > 6 || (major === 6 && minor >= 2) ? exactPeriod : roundedPeriod;
}

function clamp(value: number, least: number, greatest: number): number {
  return Math.min(greatest, Math.max(least, value));
}

function middle({ from, to }: Span): number {
  return (from + to) / 2;
}

function width({ from, to }: Span): number {
  return to - from;
}

function overlap(left: Span, right: Span): Span | undefined {
  const from = Math.max(left.from, right.from);
  const to = Math.min(left.to, right.to);
  return from < to ? { from, to } : undefined;
}
