import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { longestSimulated, stepsBetween } from '../../../src/director/simulated/steps.ts';

describe('steps', () => {
  it('go tick by tick when the simulation is asked often', () => {
    expect([...stepsBetween(5, 8)]).toEqual([
      { from: 5, to: 6 },
      { from: 6, to: 7 },
      { from: 7, to: 8 },
    ]);
    expect([...stepsBetween(0, 100)]).toHaveLength(100);
    expect([...stepsBetween(8, 8)]).toEqual([]);
    expect([...stepsBetween(8, 5)]).toEqual([]);
  });

  it('cover every stretch without a gap, in a bounded number', () => {
    fc.assert(
      fc.property(fc.integer({ min: -5000, max: 1_000_000 }), fc.nat(longestSimulated), (from, length) => {
        const steps = [...stepsBetween(from, from + length)];
        expect(steps.length).toBeLessThanOrEqual(165);
        let position = from;
        for (const step of steps) {
          expect(step.from).toBe(position);
          expect(step.to).toBeGreaterThan(step.from);
          position = step.to;
        }
        expect(position).toBe(from + length);
      }),
    );
  });
});
