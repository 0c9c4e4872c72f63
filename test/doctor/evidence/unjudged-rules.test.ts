import { expect, test } from 'vitest';
import { unjudgedRules } from '../../../src/doctor/evidence/unjudged-rules.ts';
import { inTurns } from '../../../src/system/turns.ts';
import { site } from '../evidence.ts';
import { filter, rule } from '../firewall.ts';

const told = (...rules: Parameters<typeof rule>[0][]) =>
  inTurns(
    unjudgedRules(
      site({ mode: 'dr', family: 'inet' }, { firewall: { tables: [filter({ INPUT: rules.map(rule) })] } }),
    ),
  );

test('a rule that is not understood is named where it hangs on it whether requests pass', async () => {
  const limit = { kind: 'other', name: 'limit' } as const;
  expect(await told({ matches: [limit] })).toEqual([
    'whether the firewall lets requests of tcp:203.0.113.10:80 pass: that hangs on "-m limit -j DROP" in iptables\' INPUT',
  ]);
  expect(await told({ target: { kind: 'unknown', name: 'NFQUEUE' } })).toEqual([
    expect.stringContaining('"-j NFQUEUE"'),
  ]);
});

test('not where the packets come to the same end either way, nor where it hangs on who sends them', async () => {
  const limit = { kind: 'other', name: 'limit' } as const;
  expect(await told({ matches: [limit], target: { kind: 'accept' } })).toEqual([]);
  expect(await told({ matches: [limit] }, {})).toEqual([]);
  const source = { address: '198.51.100.0', prefixLength: 24, isInverted: false };
  expect(await told({ source })).toEqual([]);
});
