import { type Step, secondsToTicks, ticksBetweenEstimates } from './tick.ts';

/** Longest stretch that is taken in the finest steps, ticks. */
const finest = secondsToTicks(10);
/** Of a longer stretch, ticks: how long its end is, which shows in the rates, and the steps there. */
const end = { length: secondsToTicks(20), step: secondsToTicks(2) };
/** Steps before that end, ticks. */
const coarse = secondsToTicks(4);

/**
 * The stretch of time that is simulated at most, ticks: connections of common time-outs live no longer. What
 * lies further back only moves counters, and is taken to have been like this stretch.
 */
export const longestSimulated = secondsToTicks(330);

/** Services and real servers that a step of a single tick can be taken for: some 10 µs each, a tenth of the tick. */
const objectsPerTick = 1000;

/**
 * Length of the finest step for a table of so many services and real servers together, ticks: the larger the table, the
 * longer a step takes, and it may never take longer than the time that it stands for. It need not be longer than the
 * time between two estimates, in which nothing that can be read of the traffic moves.
 */
export function finestStep(objects: number): number {
  return Math.max(1, Math.min(Math.floor(objects / objectsPerTick), ticksBetweenEstimates));
}

/**
 * Divides a stretch of time: in the finest steps, of `shortest` ticks, where the simulation is asked often, in
 * steps of 4 s and at last of 2 s after a pause (a suspended machine, a stopped program).
 */
export function* stepsBetween(from: number, to: number, shortest = 1): Generator<Step, void, void> {
  const isShort = to - from <= finest;
  let position = from;
  while (position < to) {
    const length = isShort ? shortest : to - position > end.length ? coarse : end.step;
    yield { from: position, to: Math.min(position + length, to) };
    position += length;
  }
}
