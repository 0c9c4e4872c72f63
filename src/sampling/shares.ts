import type { Trends } from './trends.ts';

/** Estimator periods in the minute that shares are over. */
const sharePeriods = 30;

/**
 * The share of the new connections of all these places that each got in the last minute, 0 to 1; `null` for all where
 * there were none, or counters stand still.
 */
export function sharesOfTrends(
  trends: Trends,
  places: readonly number[],
  isFrozen: boolean,
): (number | null)[] {
  const recent = places.map((place) => trends.sum(place, sharePeriods));
  const all = recent.reduce((sum, own) => sum + own, 0);
  return recent.map((own) => (all === 0 || isFrozen ? null : own / all));
}
