import { type Counters, counterNames, type Rates } from '../../../ipvs/counters.ts';
import { type Amounts, copyAmounts, noAmounts } from './amounts.ts';
import { type Step, ticksBetweenEstimates } from './tick.ts';

/**
 * How a difference over 2 s becomes a rate in fixed point, and back: counts are scaled by 2^10, bytes by 2^5
 * (`net/netfilter/ipvs/ip_vs_est.c`).
 */
const fixedPoint: Readonly<Record<keyof Amounts, { readonly ofDifference: number; readonly scale: number }>> =
  {
    connections: { ofDifference: 2 ** 9, scale: 2 ** 10 },
    inPackets: { ofDifference: 2 ** 9, scale: 2 ** 10 },
    outPackets: { ofDifference: 2 ** 9, scale: 2 ** 10 },
    inBytes: { ofDifference: 2 ** 4, scale: 2 ** 5 },
    outBytes: { ofDifference: 2 ** 4, scale: 2 ** 5 },
  };

/** After so many estimates of a steady rate nothing is left of what was before. */
const memory = 80;

/**
 * Counters and rates of a service or real server, as the kernel keeps them: packets are counted at once, but
 * what can be read moves only when the estimator runs, every 2 s at the object's own phase.
 */
export class Statistics {
  /** Everything counted so far; with fractions, since traffic is simulated in aggregate. */
  readonly #counted = noAmounts();
  readonly #countedBefore = noAmounts();
  /** What the estimator saw last (`kstats`). */
  readonly #seen = noAmounts();
  /** What the counters were when they were zeroed (`kstats0`). */
  readonly #zeroPoint = noAmounts();
  readonly #sampleStart = noAmounts();
  /** In fixed point. */
  readonly #averages = noAmounts();
  readonly #phase: number;

  /** `phase` is any whole number from 0; the object's estimates run when the tick is congruent to it. */
  constructor(phase: number) {
    this.#phase = phase % ticksBetweenEstimates;
  }

  /** Counts `times` as much as `amounts`. */
  add(amounts: Readonly<Amounts>, times: number): void {
    const counted = this.#counted;
    counted.connections += amounts.connections * times;
    counted.inPackets += amounts.inPackets * times;
    counted.outPackets += amounts.outPackets * times;
    counted.inBytes += amounts.inBytes * times;
    counted.outBytes += amounts.outBytes * times;
  }

  /** Adds what was counted so far to `sum`, also what no counter shows yet, and what was zeroed. */
  addCountedTo(sum: Amounts): void {
    for (const name of counterNames) sum[name] += this.#counted[name];
  }

  /** To be called before anything is counted in a step. */
  beginStep(): void {
    copyAmounts(this.#countedBefore, this.#counted);
  }

  /** To be called after everything was counted in a step: runs the estimates that fall into it. */
  endStep(step: Step): void {
    const afterStart = (step.from + 1 - this.#phase) % ticksBetweenEstimates;
    let tick = step.from + 1 + ((ticksBetweenEstimates - afterStart) % ticksBetweenEstimates);
    const estimates = Math.floor((step.to - tick) / ticksBetweenEstimates) + 1;
    if (estimates > memory) {
      tick += (estimates - memory - 1) * ticksBetweenEstimates;
      this.#see(step, tick);
      tick += ticksBetweenEstimates;
    }
    for (; tick <= step.to; tick += ticksBetweenEstimates) this.#estimate(step, tick);
  }

  /** What the counters read. */
  counters(): Counters {
    const counters = noAmounts();
    for (const name of counterNames) counters[name] = this.#seen[name] - this.#zeroPoint[name];
    return counters;
  }

  /** What the averages read, whole numbers a second. */
  rates(): Rates {
    const rates = noAmounts();
    for (const name of counterNames) {
      const { scale } = fixedPoint[name];
      // The kernel adds a little less than a half: 0x1ff of 2^10, 0xf of 2^5.
      rates[name] = Math.floor((this.#averages[name] + scale / 2 - 1) / scale);
    }
    return rates;
  }

  /** Counters start from what was seen last, rates from 0 (`ip_vs_zero_stats` in `ip_vs_ctl.c`). */
  zero(): void {
    copyAmounts(this.#zeroPoint, this.#seen);
    copyAmounts(this.#averages, noAmounts());
  }

  /** Begins a sample of the traffic. */
  beginSample(): void {
    copyAmounts(this.#sampleStart, this.#seen);
  }

  /** Counts what came since the sample began `times` times more; rates stay as they are. */
  repeatSample(times: number): void {
    for (const name of counterNames) {
      const repeated = Math.floor((this.#seen[name] - this.#sampleStart[name]) * times);
      this.#seen[name] += repeated;
      this.#counted[name] += repeated;
    }
  }

  #estimate(step: Step, tick: number): void {
    const before = { ...this.#seen };
    this.#see(step, tick);
    for (const name of counterNames) {
      const rate = (this.#seen[name] - before[name]) * fixedPoint[name].ofDifference;
      this.#averages[name] += Math.floor((rate - this.#averages[name]) / 4);
    }
  }

  /** Reads the counters as they were at a tick of the step, on a straight line between its two ends. */
  #see(step: Step, tick: number): void {
    const part = (tick - step.from) / (step.to - step.from);
    for (const name of counterNames) {
      const before = this.#countedBefore[name];
      this.#seen[name] = Math.floor(before + (this.#counted[name] - before) * part);
    }
  }
}
