import { type Step, secondsToTicks } from './tick.ts';

/** Up to here every tick is simulated on its own. */
const finest = secondsToTicks(10);
/** The end of a longer stretch, whose last seconds show in the rates, and the steps of it. */
const end = { length: secondsToTicks(20), step: secondsToTicks(2) };
/** Steps of what lies before. */
const coarse = secondsToTicks(4);

/**
 * The stretch of time that is simulated at most, ticks: connections of common time-outs live no longer. What
 * lies further back only moves counters, and is taken to have been like this stretch.
 */
export const longestSimulated = secondsToTicks(330);

/**
 * Divides a stretch of time: tick by tick where the simulation is asked often, in steps of 4 s and at last of 2 s
 * after a pause (a suspended machine, a stopped program).
 */
export function* stepsBetween(from: number, to: number): Generator<Step, void, void> {
  const isShort = to - from <= finest;
  let position = from;
  while (position < to) {
    const length = isShort ? 1 : to - position > end.length ? coarse : end.step;
    yield { from: position, to: Math.min(position + length, to) };
    position += length;
  }
}
