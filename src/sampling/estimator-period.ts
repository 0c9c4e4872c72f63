import { nominalPeriod } from './rate-meter.ts';

const smoothing = 1 / 32;
const shortest = 1.95;
const longest = 2.5;
/** Longer than this since the step before, and a step without any change may have gone by unseen. */
const longestBetweenSteps = 3.5;

/**
 * The length of the kernel's estimator period as it really is: 2 s and a little, since the timer is set anew
 * when it has run, and more on a machine that is short of processor time.
 */
export class EstimatorPeriod {
  #seconds = nominalPeriod;

  /** Seconds. */
  get seconds(): number {
    return this.#seconds;
  }

  /** Takes the seconds between two steps of one object, as the readings showed them: right on average only. */
  observe(betweenSteps: number): void {
    if (betweenSteps > longestBetweenSteps) return;
    const seconds = this.#seconds + (betweenSteps - this.#seconds) * smoothing;
    this.#seconds = Math.min(longest, Math.max(shortest, seconds));
  }
}
