import { type Step, secondsToTicks } from './tick.ts';

/** Up to here every tick is simulated on its own. */
const finest = secondsToTicks(10);
const coarse = secondsToTicks(2);

/**
 * The stretch of time that is simulated at most, ticks: connections of common time-outs live no longer. What
 * lies further back only moves counters, and is taken to have been like this stretch.
 */
export const longestSimulated = secondsToTicks(330);

/**
 * Divides a stretch of time: tick by tick where the simulation is asked often, in steps of 2 s after a pause
 * (a suspended machine, a stopped program).
 */
export function* stepsBetween(from: number, to: number): Generator<Step, void, void> {
  const length = to - from > finest ? coarse : 1;
  for (let position = from; position < to; position += length) {
    yield { from: position, to: Math.min(position + length, to) };
  }
}
