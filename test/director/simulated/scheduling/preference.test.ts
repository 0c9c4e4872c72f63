import { describe, expect, it } from 'vitest';
import { failover, overflow } from '../../../../src/director/simulated/scheduling/preference.ts';
import { picks, servers } from './servers.ts';

describe('fo', () => {
  it('takes the highest weight that is available', () => {
    const list = servers({ a: 1, b: 3, c: 2 });
    expect(picks(failover(), list, 3)).toBe('bbb');
    list[1]!.overloaded = true;
    expect(picks(failover(), list, 2)).toBe('cc');
    expect(picks(failover(), servers({ a: 0 }), 1)).toBe('-');
  });
});

describe('ovf', () => {
  it('goes to the next when active connections pass the weight', () => {
    // A weight of 2 takes three: the third is taken while two are active, which is not more than 2.
    expect(picks(overflow(), servers({ a: 1, b: 2 }), 6)).toBe('bbbaa-');
  });
});
