import type { Span } from '../system/span.ts';

/** When to read next. */
export interface NextReading {
  /** Milliseconds on the sampler's clock. */
  readonly at: number;
  /**
   * The span in which a step is due: look for it from `at` on, and read when it has come. `undefined` to read at
   * `at`.
   */
  readonly step: Span | undefined;
}

/** Added before rounding to a number of readings, so that an exact half still rounds up after floating-point sums. */
const HALF_STAYS = 1e-6;

/**
 * Places readings so that one comes right after each estimator step, when everything is new, and the others evenly
 * between steps. On average they are as frequent as was asked for: where a period does not hold a whole number of
 * readings, some periods have one more than others.
 */
export class ReadingSchedule {
  /** Milliseconds from one reading to the next, as asked for. */
  readonly #gap: number;
  /** Milliseconds by which readings have come earlier than asked for, in total. */
  #ahead = 0;

  constructor(gap: number) {
    this.#gap = gap;
  }

  /** The reading after one that began at `began`; `step` is when the next step is due, if that is known. */
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
