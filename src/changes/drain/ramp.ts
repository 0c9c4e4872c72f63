/** A weight, and when to set it. */
export interface RampStep {
  readonly weight: number;
  /** Milliseconds after the first step. */
  readonly at: number;
}

/**
 * The weights from `from` to `to` in at most `steps` even steps. The first is due at once, the last after
 * `milliseconds`. There are fewer steps where the weights are too close together, and none where they are equal.
 */
export function rampSteps(from: number, to: number, steps: number, milliseconds: number): RampStep[] {
  const count = Math.min(Math.max(1, steps), Math.abs(to - from));
  return Array.from({ length: count }, (_, index) => ({
    weight: Math.round(from + ((to - from) * (index + 1)) / count),
    // A single step is not delayed: there is nothing in front of it.
    at: count === 1 ? 0 : Math.round((milliseconds * index) / (count - 1)),
  }));
}
