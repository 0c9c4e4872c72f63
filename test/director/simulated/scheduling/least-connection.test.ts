import { describe, expect, it } from 'vitest';
import {
  leastConnection,
  neverQueue,
  shortestExpectedDelay,
  weightedLeastConnection,
} from '../../../../src/director/simulated/scheduling/least-connection.ts';
import { picks, servers } from './servers.ts';

describe('lc', () => {
  it('takes the fewest connections, an active one for 256 inactive, and the first of equals', () => {
    const list = servers({ a: 1, b: 9, c: 1 });
    expect(picks(leastConnection(), list, 6)).toBe('abcabc');
    list[1]!.inactive = 255;
    expect(picks(leastConnection(), list, 1)).toBe('a');
    list[2]!.inactive = 257;
    expect(picks(leastConnection(), list, 1)).toBe('b');
  });

  it('passes over weight 0 and overload', () => {
    const list = servers({ a: 0, b: 1, c: 1 });
    list[1]!.overloaded = true;
    expect(picks(leastConnection(), list, 2)).toBe('cc');
    list[2]!.overloaded = true;
    expect(picks(leastConnection(), list, 1)).toBe('-');
  });
});

describe('wlc', () => {
  it('takes the fewest connections for the weight', () => {
    // Loads per weight after each pick: a 1/3, then b 1, then a 2/3, a 1 against b 1: the first of equals.
    expect(picks(weightedLeastConnection(), servers({ a: 3, b: 1 }), 8)).toBe('abaaabaa');
  });

  it('floods a new server until it has as many', () => {
    const list = servers({ new: 1, old: 1 });
    list[1]!.active = 5;
    expect(picks(weightedLeastConnection(), list, 7)).toBe('newnewnewnewnewnewold');
  });

  it('passes over weight 0 and overload', () => {
    const list = servers({ a: 0, b: 1, c: 1 });
    list[1]!.overloaded = true;
    expect(picks(weightedLeastConnection(), list, 2)).toBe('cc');
    expect(picks(weightedLeastConnection(), servers({ a: 0 }), 1)).toBe('-');
  });
});

describe('sed', () => {
  it('fills the strong ones first', () => {
    // (A + 1) / w: a 1/3 against b 1; a 2/3; a 1 against b 1: the first of equals; then b.
    expect(picks(shortestExpectedDelay(), servers({ a: 3, b: 1 }), 4)).toBe('aaab');
  });

  it('does not see inactive connections', () => {
    const list = servers({ a: 1, b: 1 });
    list[0]!.inactive = 1000;
    expect(picks(shortestExpectedDelay(), list, 1)).toBe('a');
  });
});

describe('nq', () => {
  it('takes an idle one at once, else as sed', () => {
    expect(picks(neverQueue(), servers({ a: 3, b: 1 }), 4)).toBe('abaa');
  });

  it('passes over idle ones of weight 0', () => {
    expect(picks(neverQueue(), servers({ a: 0, b: 1 }), 2)).toBe('bb');
  });
});
