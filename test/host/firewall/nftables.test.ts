/* Rules of nftables as Linux 6.18 told of them (capture.ts, rules.nft, iptables.sh), and what they do with packets. */
import { describe, expect, test } from 'vitest';
import { ruleWords } from '../../../src/doctor/evidence/firewall-ways.ts';
import { type Firewall, noFirewall } from '../../../src/forwarding/firewall/firewall.ts';
import { markedEndpoints } from '../../../src/forwarding/firewall/marking-rules.ts';
import { type FirewallPacket, type Verdict, verdictOf } from '../../../src/forwarding/firewall/verdict.ts';
import { tablesOf } from '../../../src/host/firewall/nftables-tables.ts';
import { readNftables } from '../../../src/netlink/network/nftables-ruleset.ts';
import { recordedKernel } from '../../netlink/recorded-kernel.ts';

function read(name: string): Firewall {
  const ruleset = readNftables(() => recordedKernel(name, 'nftables-6.18'));
  return { ...noFirewall, ...tablesOf(ruleset!) };
}

function texts({ tables }: Firewall): string[] {
  return tables.flatMap((table) =>
    [...table.chains].flatMap(([name, { base, policy, rules }]) => [
      `${table.tool} ${table.family} ${table.name} ${name}: ${base === null ? '' : `${base.point} ${base.priority} `}${policy}`,
      ...rules.map((rule) => `  ${ruleWords(table, rule)}`),
    ]),
  );
}

const request: FirewallPacket = {
  family: 'inet',
  source: null,
  destination: '10.0.0.100',
  protocol: 6,
  sourcePort: null,
  destinationPort: 80,
  inLink: null,
  outLink: null,
  state: 'new',
  mark: null,
  tcpFlags: 2,
};

function words(verdict: Verdict): string {
  const place = verdict.kind === 'drop' ? verdict : verdict.kind === 'unknown' ? verdict.unjudged : null;
  if (place === null) return verdict.kind;
  return `${verdict.kind}: ${place.rule === null ? 'policy' : ruleWords(place.table, place.rule)}`;
}

test('no rules are no tables', () => {
  expect(read('no rules')).toEqual(noFirewall);
});

describe('rules of nft', () => {
  const firewall = () => read('rules of nft');

  test('read as nft lists them, those of maps one by one, and what is dormant does not count', () => {
    expect(texts(firewall())).toEqual([
      'nftables both filter web: return',
      '  tcp dport @web accept',
      '  return',
      'nftables both filter input: input 0 drop',
      '  iifname "lo" accept',
      '  iifname "eth*" ip saddr 10.0.0.0/8 tcp dport 22 accept',
      '  ct state established accept',
      '  ct state related accept',
      '  ct state invalid,untracked drop',
      '  ip saddr @blocked drop',
      '  ip daddr . tcp dport @pairs accept',
      '  tcp flags & 0x17 != 0x2 ct state new drop',
      '  ip daddr { 10.0.0.100, 10.0.0.101 } tcp dport 80 jump web',
      '  meta mark & 0xff == 0x7 accept',
      '  udp dport != 53 reject',
      '  ip6 daddr fd00::100 tcp dport { 80, 443 } accept',
      '  tcp dport 81 jump web',
      '  tcp dport 82-90 drop',
      '  meta l4proto { tcp, udp } th dport 54 accept',
      '  meta l4proto icmp accept',
      '  meta l4proto icmp (not read) accept',
      '  ip daddr 10.0.0.104 tcp dport 443 limit accept',
      '  fib tcp dport 444 accept',
      'nftables both filter pre: prerouting -300 accept',
      '  ip daddr 10.0.0.101 tcp dport 80 notrack',
      '  ip daddr 10.0.0.101 meta mark set 0x8',
      '  ip daddr 10.0.0.100 meta mark set 0x7',
      '  ip daddr 10.0.0.102 meta mark set 0x9',
      '  ip daddr 10.0.0.103 meta mark set 0x5',
      '  ip daddr 10.0.0.105 tcp dport { 443, 8443 } meta mark set 0xb',
      '  ip6 daddr fd00::105 udp dport 53 meta mark set 0xc',
      '  ip daddr != 10.0.0.0/25 iifname { "eth0", "eth1" } accept',
    ]);
    expect(firewall().aside).toEqual(['netdev early']);
  });

  test.each([
    ['inet', 11, { protocol: 'tcp', virtual: { address: '10.0.0.105', port: 443 } }],
    ['inet6', 12, { protocol: 'udp', virtual: { address: 'fd00::105', port: 53 } }],
    // Its rule names no port.
    ['inet', 9, undefined],
  ] as const)('tell what clients of a service of %s and the mark %i call', (family, fwmark, called) => {
    expect(markedEndpoints(firewall(), { kind: 'fwmark', family, fwmark })[0]).toEqual(called);
  });

  test.each<[string, Partial<FirewallPacket>, string]>([
    [
      'of an element of a set and a range of another',
      { destination: '10.0.1.7', destinationPort: 150 },
      'accept',
    ],
    ['beside that range', { destination: '10.0.1.7', destinationPort: 201, mark: 0 }, 'drop: policy'],
    ['by another chain', { mark: 0 }, 'accept'],
    ['by another chain, whose set it is not in', { destinationPort: 81, mark: 0 }, 'drop: policy'],
    ['of a range in a map', { destinationPort: 85, mark: 0 }, 'drop: tcp dport 82-90 drop'],
    ['of a connection that is known', { state: 'established' }, 'accept'],
    ['of none', { state: 'invalid', source: '10.9.9.9' }, 'drop: ct state invalid,untracked drop'],
    [
      'that begins without SYN',
      { tcpFlags: 0x10, source: '10.9.9.9', mark: 0 },
      'drop: tcp flags & 0x17 != 0x2 ct state new drop',
    ],
    ['of UDP', { protocol: 17, destinationPort: 5000, mark: 0 }, 'drop: udp dport != 53 reject'],
    ['of UDP to a port of both protocols', { protocol: 17, destinationPort: 53, mark: 0 }, 'drop: policy'],
    ['of both protocols', { destinationPort: 54 }, 'accept'],
    ['from who may be blocked', { source: '192.0.2.9' }, 'drop: ip saddr @blocked drop'],
    ['with some bits of a mark', { destination: '10.9.9.9', mark: 0x1207 }, 'accept'],
    ['of IPv6', { family: 'inet6', destination: 'fd00::100', mark: 0 }, 'accept'],
    ['of IPv6 to nobody', { family: 'inet6', destination: 'fd00::101', mark: 0 }, 'drop: policy'],
    [
      'that hangs on how many there are',
      { destination: '10.0.0.104', destinationPort: 443, mark: 0 },
      'unknown: ip daddr 10.0.0.104 tcp dport 443 limit accept',
    ],
    [
      'that hangs on what is not looked into',
      { destinationPort: 444, mark: 0 },
      'unknown: fib tcp dport 444 accept',
    ],
  ])('judge a packet %s', (_, change, expected) => {
    const source = change.family === 'inet6' ? 'fd00::2' : '198.51.100.7';
    expect(words(verdictOf(firewall(), ['prerouting', 'input'], { ...request, source, ...change }))).toBe(
      expected,
    );
  });
});

describe('rules of iptables that nftables keeps', () => {
  const firewall = () => read('rules of iptables');

  test('read as iptables lists them', () => {
    expect(texts(firewall())).toEqual([
      'iptables-nft inet filter INPUT: input 0 drop',
      '  -p tcp ! --tcp-flags 0x17 0x2 --dports 80 -m conntrack --ctstate NEW -j DROP',
      '  -i eth+ -s 10.0.0.0/8 -p tcp --dports 8080,8443 -j REJECT',
      '  -d 10.0.0.99/32 -p udp --dports 53:60 -j WEB',
      '  -m mark --mark 3/255 -j ACCEPT',
      '  -m conntrack --ctstate INVALID -j DROP',
      '  -d 10.0.0.100/32 -p tcp --dports 80 -j ACCEPT',
      'iptables-nft inet filter WEB: return',
      '  -j ACCEPT',
      'iptables-nft inet mangle PREROUTING: prerouting -150 accept',
      '  -d 10.1.1.1/32 -p tcp -m mark --mark 3 -j MARK',
      '  -d 10.1.1.2/32 -j CONNMARK',
      'iptables-nft inet raw PREROUTING: prerouting -300 accept',
      '  -d 10.0.0.1/32 -j NOTRACK',
      'iptables-nft inet nat POSTROUTING: postrouting 100 accept',
      '  -j MASQUERADE',
      'iptables-nft inet6 filter INPUT: input 0 accept',
      '  -s fd00::/64 -d fd00::100/128 -p tcp --dports 443 -j DROP',
      '  ! -i lo -s fd00::/61 -j LOG',
    ]);
  });

  test.each<[string, Partial<FirewallPacket>, string]>([
    ['of a service', {}, 'accept'],
    ['of none', { destinationPort: 81, mark: 0 }, 'drop: policy'],
    ['that is invalid', { state: 'invalid', mark: 0 }, 'drop: -m conntrack --ctstate INVALID -j DROP'],
    ['of UDP', { protocol: 17, destination: '10.0.0.99', destinationPort: 54 }, 'accept'],
    [
      'of IPv6',
      { family: 'inet6', source: 'fd00::2', destination: 'fd00::100', destinationPort: 443 },
      'drop: -s fd00::/64 -d fd00::100/128 -p tcp --dports 443 -j DROP',
    ],
  ])('judge a packet %s', (_, change, expected) => {
    expect(words(verdictOf(firewall(), ['prerouting', 'input'], { ...request, ...change }))).toBe(expected);
  });
});
