import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/director/simulated/random.ts';

function mean(draw: () => number, draws = 4000): number {
  let sum = 0;
  for (let index = 0; index < draws; index++) sum += draw();
  return sum / draws;
}

describe('random draws', () => {
  it('repeat for the same seed and differ for another', () => {
    const draws = (seed: number) => {
      const random = createRandom(seed);
      return Array.from({ length: 50 }, () => random.uniform());
    };
    expect(draws(1)).toEqual(draws(1));
    expect(draws(1)).not.toEqual(draws(2));
    for (const draw of draws(3)) {
      expect(draw).toBeGreaterThanOrEqual(0);
      expect(draw).toBeLessThan(1);
    }
  });

  it('have the means that they should have', () => {
    const random = createRandom(5);
    expect(mean(() => random.uniform())).toBeCloseTo(0.5, 1);
    expect(mean(() => random.normal())).toBeCloseTo(0, 1);
    for (const expected of [0.1, 3, 25, 400]) {
      expect(mean(() => random.poisson(expected)) / expected).toBeCloseTo(1, 0.9);
    }
    for (const [trials, probability] of [
      [3, 0.5],
      [40, 0.01],
      [100, 0.9],
      [5000, 0.002],
      [5000, 0.4],
    ] as const) {
      const drawn = mean(() => random.binomial(trials, probability));
      expect(drawn / (trials * probability)).toBeCloseTo(1, 0.9);
    }
  });

  it('are whole and within bounds', () => {
    const random = createRandom(6);
    for (let index = 0; index < 2000; index++) {
      const drawn = random.binomial(index % 90, (index % 11) / 10);
      expect(Number.isInteger(drawn)).toBe(true);
      expect(drawn).toBeGreaterThanOrEqual(0);
      expect(drawn).toBeLessThanOrEqual(index % 90);
      expect(Number.isInteger(random.poisson(index / 20))).toBe(true);
    }
    expect(random.binomial(7, 1)).toBe(7);
    expect(random.binomial(7, 0)).toBe(0);
    expect(random.poisson(0)).toBe(0);
  });
});
