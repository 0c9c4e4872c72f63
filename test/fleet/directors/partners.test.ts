import { describe, expect, it } from 'vitest';
import { alikeness, pairsOfGroups } from '../../../src/fleet/directors/partners.ts';
import { director, summary } from './fleet-double.ts';

function alike(left: Parameters<typeof director>[1], right: Parameters<typeof director>[1]) {
  const one = director('lb1', { partner: 'lb2', ...left });
  const other = director('lb2', { partner: 'lb1', ...right });
  return alikeness(one, new Map([one, other].map((each) => [each.key, each])));
}

describe('a pair', () => {
  it('is equal or different by what is set, as far as both are heard of and all may be read', () => {
    expect(alike({}, {})).toBe('equal');
    expect(alike({}, { reading: summary({ configurationHash: 2 }) })).toBe('different');
    expect(alike({}, { contact: { kind: 'silent', reason: 'gone' } })).toBe('unknown');
    expect(alike({}, { reading: summary({ configurationHash: null }) })).toBe('unknown');
    expect(alike({}, { reading: summary({ state: 'lost' }) })).toBe('unknown');
    expect(alike({ partner: null }, {})).toBe(null);
  });

  it('is a group of exactly two hosts', () => {
    const groups = new Map([
      ['edge', ['lb1', 'lb2']],
      ['all', ['lb1', 'lb2', 'lb3']],
      ['one', ['lb4']],
    ]);
    expect(Object.fromEntries(pairsOfGroups(groups))).toEqual({ lb1: 'lb2', lb2: 'lb1' });
  });
});
