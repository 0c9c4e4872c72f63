import { describe, expect, test } from 'vitest';
import { conntrackOff as check } from '../../../src/doctor/checks/conntrack-off.ts';
import { commands, site, told } from '../evidence.ts';

const kind = { mode: 'nat', family: 'inet' } as const;

describe('firewall rules that look at connections', () => {
  test.each([
    ['nat', 'warning'],
    ['dr', 'hint'],
  ] as const)('see nothing of IPVS, which is under %s a %s', (mode, severity) => {
    const findings = check.find(site({ mode, family: 'inet' }, { firewallTracksConnections: true }));
    expect(told(findings)).toEqual([`${severity} conntrack-off director`]);
    expect(commands(findings)).toEqual(['sysctl -w net.ipv4.vs.conntrack=1']);
  });

  test.each([false, 'unknown'] as const)('are not told of where that is %s', (firewallTracksConnections) => {
    expect(check.find(site(kind, { firewallTracksConnections }))).toEqual([]);
  });

  test('see IPVS where it is tracked', () => {
    expect(
      check.find(site(kind, { firewallTracksConnections: true, sysctls: { 'net/ipv4/vs/conntrack': '1' } })),
    ).toEqual([]);
  });
});
