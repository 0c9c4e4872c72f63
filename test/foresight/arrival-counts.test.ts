import { expect, test } from 'vitest';
import { arrivalCounts } from '../../src/foresight/arrival-counts.ts';

const sumOf = (counts: ArrayLike<number>) => Array.from(counts).reduce((sum, count) => sum + count, 0);

test.each([0.05, 0.5, 3, 100])(
  'of %s connections in a step, each run has its own, and all have as many as come',
  (mean) => {
    const [steps, runs] = [1200, 10];
    const counts = arrivalCounts(mean, steps, runs, 7);
    const sums = counts.map(sumOf);
    const expected = mean * steps;
    // A run by itself is off by chance, as connections that come at random are.
    const spread = Math.sqrt(sums.reduce((sum, own) => sum + (own - expected) ** 2, 0) / runs);
    expect(spread).toBeGreaterThan(Math.sqrt(expected) / 3);
    expect(spread).toBeLessThan(Math.sqrt(expected) * 3);
    expect(Math.abs(sumOf(sums) / runs - expected)).toBeLessThan(expected / 50);
    expect(arrivalCounts(mean, steps, runs, 7)).toEqual(counts);
  },
);

test('where nobody comes, no run has any', () => {
  expect(arrivalCounts(0, 10, 2, 1).map(sumOf)).toEqual([0, 0]);
});
