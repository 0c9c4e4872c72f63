import { describe, expect, test } from 'vitest';
import { conntrackOff as check } from '../../../src/doctor/checks/conntrack-off.ts';
import { commands, site, siteService, told } from '../evidence.ts';
import { filter, invalidDropped, natRule, onlyKnownForwarded, rule } from '../firewall.ts';

const nat = { mode: 'nat', family: 'inet' } as const;
const dr = { mode: 'dr', family: 'inet' } as const;

describe('rules that drop responses which belong to no connection', () => {
  test('stop every service under NAT, and are shown the connections', () => {
    const findings = check.find(site(nat, { firewall: onlyKnownForwarded }));
    expect(told(findings)).toEqual(['error conntrack-off director']);
    expect(findings[0]?.found).toContain('"-m conntrack --ctstate INVALID -j DROP", 12 packets so far');
    expect(commands(findings)).toEqual(['sysctl -w net.ipv4.vs.conntrack=1']);
  });

  test('are opened for the responses where being shown them would stop services under DR', () => {
    const services = [siteService(nat), siteService(dr)];
    const firewall = { ...invalidDropped, tables: [...onlyKnownForwarded.tables, ...invalidDropped.tables] };
    const both = {
      ...firewall,
      tables: [filter({ FORWARD: onlyKnownForwarded.rules, INPUT: invalidDropped.rules })],
    };
    const findings = check.find(site(nat, { services, firewall: both }));
    expect(commands(findings)).toContain('iptables -I FORWARD -s 10.0.0.21 -p tcp --sport 8080 -j ACCEPT');
    expect(commands(findings).join()).not.toContain('conntrack=1');
  });

  test('see the connections of IPVS where these are tracked', () => {
    const sysctls = { 'net/ipv4/vs/conntrack': '1' };
    expect(check.find(site(nat, { firewall: onlyKnownForwarded, sysctls }))).toEqual([]);
  });
});

describe('rules that drop what is invalid on the way in', () => {
  test('leave the ends of connections under DR unseen, and the way out is not to track them', () => {
    const findings = check.find(site(dr, { firewall: invalidDropped }));
    expect(told(findings)).toEqual(['warning conntrack-off tcp:203.0.113.10:80']);
    expect(commands(findings)).toEqual([
      'iptables -t raw -A PREROUTING -d 203.0.113.10 -p tcp --dport 80 -j CT --notrack',
      'iptables -I INPUT -d 203.0.113.10 -p tcp --dport 80 -j ACCEPT',
    ]);
  });

  test('do no harm beside a rule that lets the port in', () => {
    const accept = rule({
      matches: [{ kind: 'ports', side: 'destination', ranges: [[80, 80]], isInverted: false }],
      target: { kind: 'accept' },
    });
    const firewall = { ...invalidDropped, tables: [filter({ INPUT: [accept, ...invalidDropped.rules] })] };
    expect(check.find(site(dr, { firewall }))).toEqual([]);
  });

  test('and none under NAT', () => {
    expect(check.find(site(nat, { firewall: invalidDropped }))).toEqual([]);
  });
});

test('a rule that was made to give packets of IPVS another source does nothing', () => {
  const firewall = natRule({ matches: [{ kind: 'ipvs' }], target: { kind: 'other', name: 'MASQUERADE' } });
  const findings = check.find(site(nat, { firewall }));
  expect(told(findings)).toEqual(['warning conntrack-off director']);
  expect(commands(findings)).toEqual(['sysctl -w net.ipv4.vs.conntrack=1']);
});

test('of rules that cannot be read it is said that they were not, and no command is given', () => {
  const findings = check.find(site(dr, { firewall: { unread: 'nftables', tracks: 'perhaps' } }));
  expect(told(findings)).toEqual(['hint conntrack-off director']);
  expect(findings[0]?.found).toContain('was not read');
  expect(commands(findings)).toEqual([]);
  expect(check.find(site(dr, { firewall: { unread: 'nftables', tracks: 'unknown' } }))).toEqual([]);
  expect(check.find(site(dr, { firewall: { unread: 'no right', tracks: false } }))).toEqual([]);
});
