import type { Span } from '../system/span.ts';

/** When to read next. */
export interface NextReading {
  /** Milliseconds on the sampler's clock. */
  readonly at: number;
  /** A step is due in this span: look for it from `at` on, and read when it has come. */
  readonly step: Span | undefined;
}

/** After a number and a half of readings and one of them, the half is rounded as before, whatever sums made of it. */
const HALF_STAYS = 1e-6;

/**
 * Places readings so that one comes right after each estimator step, when everything there is to see is new,
 * and the others evenly between. They come as often as was asked for on average: where a period does not hold
 * a whole number of readings, one period has one more than the next.
 */
export class ReadingSchedule {
  /** Milliseconds from one reading to the next, as asked for. */
  readonly #gap: number;
  /** Milliseconds by which readings came earlier than asked for, all together. */
  #ahead = 0;

  constructor(gap: number) {
    this.#gap = gap;
  }

  /** The reading after one that began at `began`; `step` is when the next step is due, where that is known. */
  after(began: number, step: Span | undefined): NextReading {
    if (step === undefined) {
      this.#ahead = 0;
      return { at: began + this.#gap, step };
    }
    const remaining = step.to - began;
    const readings = Math.max(1, Math.round((remaining - this.#ahead) / this.#gap + HALF_STAYS));
    const spacing = remaining / readings;
    this.#ahead = clamp(this.#ahead + this.#gap - spacing, this.#gap);
    return readings === 1 ? { at: step.from, step } : { at: began + spacing, step: undefined };
  }
}

function clamp(value: number, limit: number): number {
  return Math.min(limit, Math.max(-limit, value));
}
