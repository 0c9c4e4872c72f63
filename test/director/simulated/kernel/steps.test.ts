import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  finestStep,
  longestSimulated,
  stepsBetween,
} from '../../../../src/director/simulated/kernel/steps.ts';

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

  it('are longer where the table is large, up to the distance of estimates', () => {
    expect([0, 90, 1999, 2000, 11_000, 110_000].map(finestStep)).toEqual([1, 1, 1, 2, 11, 20]);
    expect([...stepsBetween(0, 25, 10)]).toEqual([
      { from: 0, to: 10 },
      { from: 10, to: 20 },
      { from: 20, to: 25 },
    ]);
  });

  it('cover every stretch without a gap, in a bounded number', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -5000, max: 1_000_000 }),
        fc.nat(longestSimulated),
        fc.nat(200_000),
        (from, length, objects) => {
          const steps = [...stepsBetween(from, from + length, finestStep(objects))];
          expect(steps.length).toBeLessThanOrEqual(165);
          let position = from;
          for (const step of steps) {
            expect(step.from).toBe(position);
            expect(step.to).toBeGreaterThan(step.from);
            position = step.to;
          }
          expect(position).toBe(from + length);
        },
      ),
    );
  });
});
