import type { ReadableDirector } from '../director/director.ts';
import { type Pace, systemClock } from '../system/clock.ts';
import { type Sweep, sweep } from './sweep.ts';

/**
 * The whole table, read twice: a dump during edits can skip rows without a word, and what one sweep has and the other
 * has not is asked for by its name. For what must not lose a row, as a saved table must not. Rejects with the
 * director's `IpvsError`.
 */
export async function settledSweep(director: ReadableDirector, pace: Pace = systemClock): Promise<Sweep> {
  return sweep(director, pace, await sweep(director, pace));
}
