/** Milliseconds of one tick, the finest step of the simulation. */
export const tickLength = 100;

/** Ticks between two runs of an object's estimator, 2 s (`net/netfilter/ipvs/ip_vs_est.c`). */
export const ticksBetweenEstimates = 2000 / tickLength;

/** A stretch of simulated time, from after tick `from` to tick `to`. */
export interface Step {
  readonly from: number;
  readonly to: number;
}

/** Length of a step in seconds. */
export function stepSeconds(step: Step): number {
  return ticksToSeconds(step.to - step.from);
}

/** Seconds of a number of ticks. */
export function ticksToSeconds(ticks: number): number {
  return (ticks * tickLength) / 1000;
}

/** Ticks of a number of seconds. */
export function secondsToTicks(seconds: number): number {
  return Math.round((seconds * 1000) / tickLength);
}
