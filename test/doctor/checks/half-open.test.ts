import { describe, expect, test } from 'vitest';
import { halfOpen } from '../../../src/doctor/checks/half-open.ts';
import { real, service } from '../../ui/fixed-view.ts';
import { commands, site, told } from '../evidence.ts';
import { connections, stuck } from '../sampled.ts';

function sampled(...groups: ReturnType<typeof connections>[]) {
  return { connections: groups.flat(), isWhole: true };
}

describe('half-open connections', () => {
  test.each(['dr', 'tun'] as const)(
    'of one real server under %s are an error when none gets through',
    (mode) => {
      const evidence = site(
        { mode, family: 'inet' },
        { connections: sampled(connections(6, stuck), connections(20, { place: 1 })) },
      );
      expect(told(halfOpen.find(evidence))).toEqual(['error half-open 10.0.0.21:80 of tcp:203.0.113.10:80']);
      expect(halfOpen.find(evidence)[0]!.found).toBe('6 of 6 connections to it are half open (SYN_RECV)');
    },
  );

  test('are a warning when some get through', () => {
    const evidence = site(
      { mode: 'dr', family: 'inet' },
      { connections: sampled(connections(6, stuck), connections(10)) },
    );
    expect(told(halfOpen.find(evidence))).toEqual(['warning half-open 10.0.0.21:80 of tcp:203.0.113.10:80']);
  });

  test('are normal in small numbers', () => {
    const evidence = site(
      { mode: 'dr', family: 'inet' },
      { connections: sampled(connections(6, stuck), connections(200)) },
    );
    expect(halfOpen.find(evidence)).toEqual([]);
  });

  test('are left to the checks that know why when the network is at fault', () => {
    const evidence = site(
      { mode: 'dr', family: 'inet' },
      {
        connections: sampled(connections(6, stuck)),
        routes: { '10.0.0.21': { kind: 'none', reason: 'unreachable' } },
      },
    );
    expect(halfOpen.find(evidence)).toEqual([]);
  });

  test('are mended by setting the real server up, unless nobody knows its addresses', () => {
    const kind = { mode: 'dr', family: 'inet6' } as const;
    const six = sampled(connections(6, { ...stuck, family: 'inet6' }));
    expect(commands(halfOpen.find(site(kind, { connections: six })))).toEqual([
      "lvstop setup 'tcp:[2001:db8::10]:80' '[2001:db8:1::21]:80' | ssh root@2001:db8:1::21 sh",
    ]);
    const marked = [service('fwm6:7', {}, [real('[2001:db8:1::21]:0', { forwarding: 'dr' })])];
    const findings = halfOpen.find(site(kind, { connections: six, services: marked }));
    expect(told(findings)).toEqual(['error half-open [2001:db8:1::21]:0 of fwm6:7']);
    expect(commands(findings)).toEqual([]);
  });
});
