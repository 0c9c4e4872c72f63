import { describe, expect, test } from 'vitest';
import { persistentDrained as check } from '../../../src/doctor/checks/persistent-drained.ts';
import { commands, site, told } from '../evidence.ts';

const kind = { mode: 'nat', family: 'inet' } as const;

const drained = {
  settings: { persistence: { timeout: 300, netmask: 0xffffffff } },
  firstSettings: { weight: 0 },
  firstNumbers: { persistent: 12 },
};

describe('a drained real server with persistent clients', () => {
  test('stays in use', () => {
    const findings = check.find(site(kind, drained));
    expect(told(findings)).toEqual(['warning persistent-drained 10.0.0.21:8080 of tcp:203.0.113.10:80']);
    expect(commands(findings)).toEqual(['sysctl -w net.ipv4.vs.expire_quiescent_template=1']);
  });

  test('loses them where templates expire', () => {
    expect(
      check.find(site(kind, { ...drained, sysctls: { 'net/ipv4/vs/expire_quiescent_template': '1' } })),
    ).toEqual([]);
  });

  test('is no matter once none is left, or without persistence', () => {
    expect(check.find(site(kind, { ...drained, firstNumbers: {} }))).toEqual([]);
    expect(check.find(site(kind, { ...drained, settings: {} }))).toEqual([]);
  });
});
