/** A number that was counted, or estimated from a sample. */
export interface Estimate {
  readonly value: number;
  /** How far off it may be, 95 times in a hundred at least no more; 0 where it was counted. */
  readonly error: number;
}

/** Standard deviations on both sides of a mean that hold 96 of 100, so that 95 hold where hits are few, too. */
const deviations = 2.1;

/**
 * How many of `total` rows are of a kind, when `hits` of `seen` rows that were drawn evenly are: Wilson's interval, which
 * holds for few hits, too, with what is left out of it as less is unseen. The larger of its two sides is the error.
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
