import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { greatestCommonDivisor } from '../../../../src/director/simulated/scheduling/scheduling.ts';
import { weightedRoundRobin } from '../../../../src/director/simulated/scheduling/weighted-round-robin.ts';
import { picks, servers, shares } from './servers.ts';

describe('wrr', () => {
  it('sinks from the greatest weight by 1: worked by hand for 2, 3, 4', () => {
    // Bound 4: c. 3: b c. 2: a b c. 1: a b c.
    const list = servers({ a: 2, b: 3, c: 4 });
    expect(picks(weightedRoundRobin(list), list, 18)).toBe('cbcabcabccbcabcabc');
  });

  it('sinks by the greatest common divisor: worked by hand for 4, 2', () => {
    // Step 2; bounds 3 and 1.
    const list = servers({ a: 4, b: 2 });
    expect(picks(weightedRoundRobin(list), list, 6)).toBe('aabaab');
  });

  it('is plain round robin for equal weights, whatever they are', () => {
    const list = servers({ a: 65_535, b: 65_535, c: 65_535 });
    expect(picks(weightedRoundRobin(list), list, 6)).toBe('abcabc');
  });

  it('passes over weight 0 and overload', () => {
    const list = servers({ a: 0, b: 2, c: 1 });
    const scheduling = weightedRoundRobin(list);
    expect(picks(scheduling, list, 6)).toBe('bbcbbc');
    for (const server of list) server.overloaded = server.name === 'b';
    expect(picks(scheduling, list, 3)).toBe('ccc');
  });

  it('rejects when there is none, and finds one that comes back', () => {
    const list = servers({ a: 2, b: 1 });
    const scheduling = weightedRoundRobin(list);
    for (const server of list) server.overloaded = true;
    expect(picks(scheduling, list, 2)).toBe('--');
    for (const server of list) server.overloaded = false;
    expect(picks(scheduling, list, 3)).toMatch(/^(aab|aba|baa)$/);
    expect(picks(weightedRoundRobin(servers({ a: 0 })), servers({ a: 0 }), 1)).toBe('-');
    expect(picks(weightedRoundRobin([]), [], 1)).toBe('-');
  });

  it('begins anew after a reject for overload, unless that was in the pass of the lowest bound', () => {
    const list = servers({ a: 5, b: 3, c: 0 });
    const scheduling = weightedRoundRobin(list);
    const overload = (isOverloaded: boolean) => {
      for (const server of list) server.overloaded = isOverloaded;
    };
    expect(picks(scheduling, list, 2)).toBe('aa');
    overload(true);
    expect(picks(scheduling, list, 1)).toBe('-');
    overload(false);
    // Bounds 5, 4, 3, 2, 1.
    expect(picks(scheduling, list, 7)).toBe('aaababa');
    overload(true);
    expect(picks(scheduling, list, 1)).toBe('-');
    overload(false);
    expect(picks(scheduling, list, 3)).toBe('baa');
  });

  it('goes on from the head of the list after a change', () => {
    const list = servers({ a: 2, b: 3, c: 4 });
    const scheduling = weightedRoundRobin(list);
    expect(picks(scheduling, list, 4)).toBe('cbca');
    // The bound stands at 2; with 4, 3 and 4 it stays there.
    list[0]!.weight = 4;
    scheduling.serversChanged?.(list);
    expect(picks(scheduling, list, 6)).toBe('abcabc');
    expect(picks(scheduling, list, 3)).toBe('aca');
  });

  it('begins at the new greatest weight when the bound is over it', () => {
    const list = servers({ a: 9, b: 3 });
    const scheduling = weightedRoundRobin(list);
    // Step 3, bounds 7, 4, 1.
    expect(picks(scheduling, list, 1)).toBe('a');
    list[0]!.weight = 1;
    scheduling.serversChanged?.(list);
    expect(picks(scheduling, list, 4)).toBe('bbab');
  });

  it('gives each its weight in every round', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 6 }), (weights) => {
        const list = servers(Object.fromEntries(weights.map((weight, index) => [`s${index}`, weight])));
        const divisor = greatestCommonDivisor(weights);
        fc.pre(divisor > 0);
        const round = weights.reduce((sum, weight) => sum + weight, 0) / divisor;
        const counts = shares(weightedRoundRobin(list), list, round * 2, () => ({}));
        for (const { name, weight } of list) expect(counts[name] ?? 0).toBe((weight / divisor) * 2);
      }),
    );
  });
});
