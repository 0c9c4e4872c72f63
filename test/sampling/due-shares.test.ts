import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { schedulers } from '../../src/ipvs/scheduler.ts';
import { dueShares } from '../../src/sampling/due-shares.ts';

const available = (weight: number) => ({ weight, overloaded: false });
const overloaded = (weight: number) => ({ weight, overloaded: true });

describe('what is due to a real server', () => {
  test.each(['wrr', 'wlc', 'sed', 'nq', 'sh', 'mh', 'twos'])('follows the weights under %s', (scheduler) => {
    expect(dueShares(scheduler, [available(3), available(1), available(0)])).toEqual([0.75, 0.25, 0]);
  });

  test.each(['rr', 'lc'])('is the same for all but weight 0 under %s', (scheduler) => {
    expect(dueShares(scheduler, [available(3), available(1), available(0)])).toEqual([0.5, 0.5, 0]);
  });

  test('is everything for the highest weight under fo', () => {
    expect(dueShares('fo', [available(3), available(7), available(1)])).toEqual([0, 1, 0]);
    expect(dueShares('fo', [available(3), overloaded(7)])).toEqual([1, 0]);
  });

  test.each(['dh', 'lblc', 'lblcr', 'ovf', 'of-my-own'])('cannot be told under %s', (scheduler) => {
    expect(dueShares(scheduler, [available(1), available(1)])).toEqual([null, null]);
  });

  test('leaves out what is over its threshold', () => {
    expect(dueShares('wrr', [available(1), overloaded(99)])).toEqual([1, 0]);
  });

  test('is nothing where nobody is available', () => {
    expect(dueShares('wrr', [available(0), overloaded(5)])).toEqual([0, 0]);
    expect(dueShares('wrr', [])).toEqual([]);
  });

  test('adds up to the whole wherever it can be told and somebody is there', () => {
    const candidate = fc.record({ weight: fc.integer({ min: 0, max: 65535 }), overloaded: fc.boolean() });
    const names = schedulers.map(({ name }) => name);
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.array(candidate), (scheduler, candidates) => {
        const shares = dueShares(scheduler, candidates);
        expect(shares).toHaveLength(candidates.length);
        if (shares.includes(null)) return;
        const anybody = candidates.some(({ weight, overloaded: over }) => weight > 0 && !over);
        const sum = shares.reduce<number>((total, share) => total + (share ?? 0), 0);
        expect(sum).toBeCloseTo(anybody ? 1 : 0, 9);
      }),
    );
  });
});
