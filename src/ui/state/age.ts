import { formatSpan } from '../kit/number-format.ts';
import type { ScreenState } from './screen-state.ts';

/** What is shown counts as old once it is older than this many intervals: one reading may come late. */
const intervals = 2;
/** Milliseconds below which nothing is old, however short the interval is. */
const leastAge = 2000;

/** The part of the state from which the age of what is shown follows. */
export type Moment = Pick<ScreenState, 'now' | 'view' | 'interval'>;

/**
 * The time that the screen shows, milliseconds since the epoch: that of the newest reading, or a later one while no
 * reading comes.
 */
export function momentOf({ now, view }: Pick<Moment, 'now' | 'view'>): number {
  return Math.max(now, view?.time ?? 0);
}

/**
 * How old something is that was read at `time`, milliseconds since the epoch: `12s`. Empty while it is no older than
 * two intervals or two seconds. Everything on the screen that tells its age uses this.
 */
export function ageOf(moment: Moment, time: number): string {
  const age = momentOf(moment) - time;
  return age <= Math.max(leastAge, intervals * 1000 * moment.interval) ? '' : formatSpan(age);
}
