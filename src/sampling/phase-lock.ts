import type { Span } from '../system/span.ts';
import { type Estimator, nominalPeriod } from './rate-meter.ts';

/** Milliseconds from one estimator step to the next, by the kernel's source (`net/netfilter/ipvs/ip_vs_est.c`). */
const exactPeriod = nominalPeriod * 1000;
/**
 * Before Linux 6.2 a timer of 2 s is set anew after each step, and the timer wheel rounds it up to its granularity:
 * 2.016 s at 250 Hz, 2.048 s at 1000, 2.08 s at 100. This value lies in between.
 */
const roundedPeriod = 2030;
const shortestPeriod = 1950;
const longestPeriod = 2200;

/** Milliseconds by which a step may come earlier or later than the period says. */
const jitter = 8;

/** A step predicted only to within more than this many milliseconds is not worth waiting for. */
const widestWindow = 1500;
/** If a step is predicted to within this many milliseconds, readings certainly lie before or after it. */
const closeWindow = 150;

/** How many of the last steps are remembered; the period is learned from them. */
const remembered = 16;

/** This many readings in a row must agree before predicted steps are relied on. */
const agreementsNeeded = 2;
/** After this many contradicting readings, nothing is predicted for a while. */
const contradictionsAllowed = 3;
/** How long nothing is predicted then, in milliseconds. */
const pause = 60_000;

/** An estimator step that was seen; it lies somewhere in the span. */
interface Step extends Span {
  /** Its number, counted from some step that was seen; unseen steps count too. */
  readonly index: number;
}

/**
 * Learns when the kernel's estimator makes its steps (it moves all counters every two seconds) and predicts the next
 * ones, so that a reading can be made right after a step and show new values at once.
 *
 * It learns from one watched object: `observe` takes a span in which that object stepped. Before Linux 6.2 all
 * objects step together, so this holds for all of them. Later kernels, and the simulated one, step each object at a
 * time of its own. `judge` notices that by objects that moved when no step was due (strangers); then nothing is
 * predicted, and `stepsBetween` gives `undefined`.
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
  /** The result of `#count` for the two readings last asked for: all rows of a reading ask about the same two. */
  #counted: { readonly earlier: Span; readonly later: Span; readonly steps: number | undefined } | undefined;
  /** Nothing is predicted before this time, milliseconds on the sampler's clock. */
  #pausedUntil = Number.NEGATIVE_INFINITY;

  /** `period`: milliseconds between two steps, until they are learned. */
  constructor(period: number = exactPeriod) {
    this.#period = period;
  }

  /** Milliseconds that the kernel takes to step all objects, one after the other. */
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

  /** Takes a span, in milliseconds, in which the watched object made exactly one step. */
  observe(seen: Span): void {
    this.#counted = undefined;
    const last = this.#steps.at(-1);
    const index =
      last === undefined ? 0 : last.index + Math.round((middle(seen) - middle(last)) / this.#period);
    const expected = this.#windowOf(index);
    const step = expected === undefined ? seen : overlap(seen, expected);
    if (step === undefined || (last !== undefined && index < last.index)) {
      // The step was not where it was expected: the phase is another, or the machine stood still. Begin anew from
      // here.
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

  /** The span in which the next step after `time` is due; `undefined` while that is not known closely enough. */
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

  /**
   * How many steps every object made between two readings; `undefined` unless it is certain that all step together.
   */
  stepsBetween(earlier: Span, later: Span): number | undefined {
    if (this.#agreements < agreementsNeeded || later.to < this.#pausedUntil) return undefined;
    return this.#count(earlier, later);
  }

  /**
   * Whether an object's movement between two readings says anything about the steps. Readings a whole period apart
   * say nothing: everything moves in that time.
   */
  isTelling(earlier: Span, later: Span): boolean {
    return later.to - earlier.from < this.#period && this.#count(earlier, later) !== undefined;
  }

  /** Whether an object that moved between two readings is a stranger: no step was due between them. */
  isStranger(earlier: Span, later: Span): boolean {
    return this.#count(earlier, later) === 0 && this.#isClose(later.to);
  }

  /**
   * Takes the result of a whole reading that ended at `time`: how many objects moved, and how many of them are
   * strangers.
   */
  judge(time: number, moved: number, strangers: number): void {
    if (!this.#isClose(time)) {
      this.#agreements = 0;
    } else if (strangers > 0) {
      this.#agreements = 0;
      this.#contradictions++;
      if (this.#contradictions >= contradictionsAllowed) {
        this.#pausedUntil = time + pause;
        this.#contradictions = contradictionsAllowed - 1;
        // A kernel that steps objects at times of their own keeps exactly to the period.
        this.#period = clamp(exactPeriod, this.#shortest, this.#longest);
      }
    } else if (moved > 1) {
      // The watched object always agrees with itself, so only a second object that moved is evidence.
      this.#agreements++;
      if (this.#agreements > contradictionsAllowed * agreementsNeeded) this.#contradictions = 0;
    }
  }

  #isClose(time: number): boolean {
    const window = this.next(time);
    return window !== undefined && width(window) <= closeWindow;
  }

  /** When the step with that number was, or is due; `undefined` for one before the first remembered. */
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

  /** How many steps lie between two readings; `undefined` where a step may lie within a reading. */
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

  /** Narrows the period down: each remembered step, together with the newest one, bounds it from below and above. */
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

/** Milliseconds between two steps on a Linux of this release (`6.1.0-18-amd64`), judging by its version. */
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
