import { type Step, secondsToTicks } from './tick.ts';

/** Up to here every tick is simulated on its own. */
const finest = secondsToTicks(10);
/** The stretch before now whose connections can still be there, simulated in steps of 2 s. */
const recent = secondsToTicks(330);
const recentStep = secondsToTicks(2);
/** What lies further back only moves counters: this many steps, however long it was. */
const distantSteps = 60;

/**
 * Divides the time that has passed since the simulation was last asked. What was asked for often goes tick by
 * tick; a long pause (a suspended machine, a stopped program) takes a bounded number of coarser steps.
 */
export function* stepsBetween(from: number, to: number): Generator<Step, void, void> {
  let position = from;
  while (to - position > recent) {
    const length = Math.max(recentStep, Math.ceil((to - recent - from) / distantSteps));
    const next = Math.min(position + length, to - recent);
    yield { from: position, to: next };
    position = next;
  }
  const length = to - from > finest ? recentStep : 1;
  while (position < to) {
    const next = Math.min(position + length, to);
    yield { from: position, to: next };
    position = next;
  }
}
