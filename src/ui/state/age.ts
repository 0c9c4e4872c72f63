import { formatSpan } from '../kit/number-format.ts';
import type { ScreenState } from './screen-state.ts';

/** Intervals from which on something that is shown is old: one reading may come late. */
const intervals = 2;
/** Milliseconds below which nothing is old, however short the interval is. */
const leastAge = 2000;

/** What the moment of a screen is told by. */
export type Moment = Pick<ScreenState, 'now' | 'view' | 'interval'>;

/** The moment that the screen is of, milliseconds since the epoch: that of the newest reading, or later where none comes. */
export function momentOf({ now, view }: Pick<Moment, 'now' | 'view'>): number {
  return Math.max(now, view?.time ?? 0);
}

/**
 * How old something is that was read at `time`, milliseconds since the epoch: `12s`. Empty where it is of the last two
 * intervals. Whatever the screen shows says so by this.
 */
export function ageOf(moment: Moment, time: number): string {
  const age = momentOf(moment) - time;
  return age <= Math.max(leastAge, intervals * 1000 * moment.interval) ? '' : formatSpan(age);
}
