/** A number that was counted, or estimated from a sample. */
export interface Estimate {
  readonly value: number;
  /** How far off it may be: 95 times in a hundred at least, by no more. 0 where it was counted. */
  readonly error: number;
}

/**
 * Standard deviations on both sides of the mean that cover 96 of 100 cases, so that at least 95 are covered even with
 * few hits.
 */
const deviations = 2.1;

/**
 * Estimates how many of `total` rows are of a kind when `hits` of `seen` evenly sampled rows are. It is Wilson's
 * interval, which also holds for few hits, narrowed as fewer rows remain unseen. The larger of its two sides is the
 * error.
 */
export function estimateOfSample(hits: number, seen: number, total: number): Estimate {
  if (seen >= total || seen === 0) return { value: hits, error: 0 };
  const share = hits / seen;
  const unseen = (total - seen) / Math.max(1, total - 1);
  const spread = (deviations * deviations * unseen) / seen;
  const middle = (share + spread / 2) / (1 + spread);
  const side = Math.sqrt(spread * share * (1 - share) + (spread * spread) / 4) / (1 + spread);
  const value = share * total;
  const error = Math.max((middle + side) * total - value, value - Math.max((middle - side) * total, hits));
  return { value: Math.round(value), error: Math.ceil(error) };
}
