import { expect, test } from 'vitest';
import { conntrackOn as check } from '../../../src/doctor/checks/conntrack-on.ts';
import { commands, site, told } from '../evidence.ts';
import { invalidDropped, rawRules, rule } from '../firewall.ts';

const sysctls = { 'net/ipv4/vs/conntrack': '1' };

test.each(['dr', 'tun'] as const)(
  'under %s the clients are dropped by rules against what is invalid',
  (mode) => {
    const findings = check.find(site({ mode, family: 'inet' }, { sysctls, firewall: invalidDropped }));
    expect(told(findings)).toEqual(['error conntrack-on tcp:203.0.113.10:80']);
    expect(commands(findings)[0]).toBe(
      'iptables -t raw -A PREROUTING -d 203.0.113.10 -p tcp --dport 80 -j CT --notrack',
    );
  },
);

test('not where the virtual address is left untracked, nor under NAT, nor without such rules', () => {
  const notrack = rule({
    destination: { address: '203.0.113.10', prefixLength: 32, isInverted: false },
    target: { kind: 'notrack' },
  });
  const firewall = { ...invalidDropped, tables: [...invalidDropped.tables, rawRules(notrack)] };
  expect(check.find(site({ mode: 'dr', family: 'inet' }, { sysctls, firewall }))).toEqual([]);
  expect(check.find(site({ mode: 'nat', family: 'inet' }, { sysctls, firewall: invalidDropped }))).toEqual(
    [],
  );
  expect(check.find(site({ mode: 'dr', family: 'inet' }, { sysctls }))).toEqual([]);
});
