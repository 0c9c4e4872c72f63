import { describe, expect, test } from 'vitest';
import { firewallDrops as check } from '../../../src/doctor/checks/firewall-drops.ts';
import { real, service } from '../../ui/fixed-view.ts';
import { commands, site, told } from '../evidence.ts';
import { filter, invalidDropped, mangleRules, rule } from '../firewall.ts';

const port = (side: 'source' | 'destination', number: number) =>
  ({ kind: 'ports', side, ranges: [[number, number]], isInverted: false }) as const;

test('requests that INPUT drops never get to IPVS', () => {
  const firewall = { tables: [filter({ INPUT: [rule({ matches: [port('destination', 80)] })] })] };
  const findings = check.find(site({ mode: 'dr', family: 'inet' }, { firewall }));
  expect(told(findings)).toEqual(['error firewall-drops tcp:203.0.113.10:80']);
  expect(findings[0]?.found).toContain('INPUT drops them: "--dports 80 -j DROP", 12 packets so far');
  expect(commands(findings)).toEqual(['iptables -I INPUT -d 203.0.113.10 -p tcp --dport 80 -j ACCEPT']);
});

test('responses under NAT that FORWARD drops are those of each real server', () => {
  const firewall = { tables: [filter({ FORWARD: [rule({ matches: [port('source', 8080)] })] })] };
  const findings = check.find(site({ mode: 'nat', family: 'inet' }, { firewall }));
  expect(told(findings)).toEqual([
    'error firewall-drops 10.0.0.21:8080 of tcp:203.0.113.10:80',
    'error firewall-drops 10.0.0.22:8080 of tcp:203.0.113.10:80',
  ]);
  expect(commands(findings)[0]).toBe('iptables -I FORWARD -s 10.0.0.21 -p tcp --sport 8080 -j ACCEPT');
  expect(check.find(site({ mode: 'dr', family: 'inet' }, { firewall }))).toEqual([]);
});

test.each([
  ['dr', 'iptables -I OUTPUT -d 203.0.113.10 -p tcp --dport 80 -j ACCEPT'],
  ['nat', 'iptables -I OUTPUT -d 10.0.0.21 -p tcp --dport 8080 -j ACCEPT'],
  ['tun', 'iptables -I OUTPUT -d 10.0.0.21 -p 4 -j ACCEPT'],
] as const)('requests that IPVS sends on under %s pass OUTPUT', (mode, command) => {
  const lo = rule({
    outLink: { name: 'lo', isBeginning: false, isInverted: false },
    target: { kind: 'accept' },
  });
  const firewall = { tables: [filter({ OUTPUT: [lo, rule({})] })] };
  const findings = check.find(site({ mode, family: 'inet' }, { firewall }));
  expect(findings).toHaveLength(2);
  expect(findings[0]?.found).toContain('of the requests that IPVS sends on to it OUTPUT drops them');
  expect(commands(findings)[0]).toBe(command);
});

test('nothing is said of rules that go by what is not known of clients', () => {
  const source = { address: '198.51.100.0', prefixLength: 24, isInverted: false };
  const firewall = { tables: [filter({ INPUT: [rule({ source })] })] };
  expect(check.find(site({ mode: 'dr', family: 'inet' }, { firewall }))).toEqual([]);
  expect(check.find(site({ mode: 'dr', family: 'inet' }, { firewall: invalidDropped }))).toEqual([]);
});

test('rules of nftables are told as nft lists them, and mended with nft', () => {
  const input = {
    base: { point: 'input', priority: 0, isNat: false },
    policy: 'drop',
    rules: [
      rule({ inLink: { name: 'lo', isBeginning: false, isInverted: false }, target: { kind: 'accept' } }),
    ],
  } as const;
  const table = {
    tool: 'nftables',
    family: 'both',
    name: 'filter',
    chains: new Map([['input', input]]),
  } as const;
  const findings = check.find(site({ mode: 'dr', family: 'inet6' }, { firewall: { tables: [table] } }));
  expect(told(findings)).toEqual(['error firewall-drops tcp:[2001:db8::10]:80']);
  expect(findings[0]).toMatchObject({
    lookedAt: 'nft list ruleset',
    found: "of new connections to it the policy of chain input of nft's table inet filter drops them",
  });
  expect(commands(findings)).toEqual([
    'nft insert rule inet filter input ip6 daddr 2001:db8::10 tcp dport 80 accept',
  ]);
});

describe('of a firewall mark', () => {
  const marked = (number: number) =>
    rule({
      destination: { address: '203.0.113.10', prefixLength: 32, isInverted: false },
      protocol: { number: 6, isInverted: false },
      matches: [port('destination', number)],
      target: { kind: 'mark', mark: 7, mask: 0xffffffff },
    });
  const services = [
    service('fwm:7', {}, [
      real('10.0.0.21:0', { forwarding: 'nat' }),
      real('10.0.0.22:0', { forwarding: 'nat' }),
    ]),
  ];
  const find = (chains: Parameters<typeof filter>[0], ports: readonly number[] = [80, 443]) =>
    check.find(
      site(
        { mode: 'nat', family: 'inet' },
        {
          services,
          firewall: { tables: [...(mangleRules(...ports.map(marked)).tables ?? []), filter(chains)] },
        },
      ),
    );

  test('requests are those that rules mark', () => {
    const findings = find({ INPUT: [rule({ matches: [port('destination', 443)] })] });
    expect(told(findings)).toEqual(['error firewall-drops fwm:7']);
    expect(JSON.stringify(findings[0]?.mend)).toContain('whoever calls 203.0.113.10:443');
    expect(findings[0]?.found).toMatch(/^of new connections to 203\.0\.113\.10:443 INPUT drops them/);
    expect(commands(findings)).toEqual(['iptables -I INPUT -d 203.0.113.10 -p tcp --dport 443 -j ACCEPT']);
  });

  test('what several rules mark is let in by one command', () => {
    const findings = find({ INPUT: [rule({ matches: [port('destination', 443)] })] }, [443, 80, 443]);
    expect(commands(findings)).toHaveLength(1);
  });

  test('requests are sent on to the port that was called', () => {
    const findings = find({ OUTPUT: [rule({ matches: [port('destination', 80)] })] });
    expect(commands(findings)[0]).toBe('iptables -I OUTPUT -d 10.0.0.21 -p tcp --dport 80 -j ACCEPT');
  });

  test('rules that go by the mark are judged', () => {
    const mark = { kind: 'mark', mark: 7, mask: 0xffffffff, isInverted: false } as const;
    const accept = rule({ matches: [mark], target: { kind: 'accept' } });
    expect(find({ INPUT: [accept, rule({})] })).toEqual([]);
  });

  test('responses come from the ports that were called', () => {
    const findings = find({ FORWARD: [rule({ matches: [port('source', 80)] })] });
    expect(told(findings)).toEqual([
      'error firewall-drops 10.0.0.21:0 of fwm:7',
      'error firewall-drops 10.0.0.22:0 of fwm:7',
    ]);
    expect(commands(findings)[0]).toBe('iptables -I FORWARD -s 10.0.0.21 -p tcp --sport 80 -j ACCEPT');
  });
});
