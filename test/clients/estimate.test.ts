import { expect, test } from 'vitest';
import { estimateOfSample } from '../../src/clients/estimate.ts';
import { createRandom } from '../../src/director/simulated/random.ts';

test('what was counted whole has no error', () => {
  expect(estimateOfSample(12, 100, 100)).toEqual({ value: 12, error: 0 });
});

test('the truth lies within the error in 95 of 100 samples, of frequent and of rare kinds', () => {
  const random = createRandom(7);
  const total = 20_000;
  const seen = 2000;
  for (const share of [0.5, 0.1, 0.02, 0.002]) {
    const truth = total * share;
    let held = 0;
    const runs = 1000;
    for (let run = 0; run < runs; run++) {
      let hits = 0;
      // Drawn without putting back.
      for (let row = 0; row < seen; row++) if (random.uniform() < (truth - hits) / (total - row)) hits++;
      const { value, error } = estimateOfSample(hits, seen, total);
      if (Math.abs(value - truth) <= error) held++;
    }
    expect(held / runs, `share ${share}`).toBeGreaterThanOrEqual(0.95);
  }
});

test('what was not met may be there all the same', () => {
  const { value, error } = estimateOfSample(0, 1000, 100_000);
  expect(value).toBe(0);
  expect(error).toBeGreaterThan(200);
});
