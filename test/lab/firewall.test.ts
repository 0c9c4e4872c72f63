/** The rules of iptables as the kernel has them, beside what was asked for; and what they do with packets. */
import { afterAll, expect, test } from 'vitest';
import { type FirewallRule, noFirewall } from '../../src/forwarding/firewall/firewall.ts';
import { type FirewallPacket, verdictOf } from '../../src/forwarding/firewall/verdict.ts';
import { readFirewall } from '../../src/host/firewall/kernel-firewall.ts';
import { readNftables } from '../../src/netlink/network/nftables-ruleset.ts';
import { run } from './guest.ts';

async function iptables(...rules: readonly string[]): Promise<void> {
  for (const rule of rules)
    await run(
      rule.startsWith('6 ') ? ['ip6tables', ...rule.slice(2).split(' ')] : ['iptables', ...rule.split(' ')],
    );
}

const request: FirewallPacket = {
  family: 'inet',
  source: null,
  destination: '10.0.0.100',
  protocol: 6,
  sourcePort: null,
  destinationPort: 80,
  inLink: 'eth0',
  outLink: null,
  state: 'new',
  mark: null,
};

afterAll(() => iptables('-F', '-X', '-P INPUT ACCEPT', '-t mangle -F', '-t nat -F', '-t raw -F', '6 -F'));

test('a machine without rules has no tables, and looking makes none', () => {
  expect(readFirewall()).toEqual(noFirewall);
  expect(readFirewall()).toEqual(noFirewall);
});

test('rules of all kinds are read as they were written', async () => {
  await iptables(
    '-N WEB',
    '-A INPUT -s 10.9.0.0/16 ! -d 10.0.0.0/24 -i eth+ -p tcp -m multiport --dports 80,8000:8080 -j WEB',
    '-A INPUT ! -i eth1 -p udp --sport 53 -m comment --comment why -j DROP',
    '-A INPUT -m conntrack ! --ctstate NEW,ESTABLISHED -j REJECT',
    '-A INPUT -m state --state INVALID -g WEB',
    '-A WEB -m mark --mark 7/15 -j RETURN',
    '-A WEB -j ACCEPT',
    '-P INPUT DROP',
    '-t mangle -A PREROUTING -d 10.0.0.100/32 -p tcp --dport 80 -j MARK --set-mark 7',
    '-t raw -A PREROUTING -d 10.0.0.101/32 -j CT --notrack',
    '-t nat -A POSTROUTING -m ipvs --vaddr 10.0.0.100/32 -j MASQUERADE',
    '6 -A INPUT -s fd00::/64 -p tcp --dport 443 -j DROP',
  );
  const firewall = readFirewall();
  expect(firewall).toMatchObject({ unread: null, tracks: true });
  expect(firewall.tables.map(({ family, name }) => `${family} ${name}`).sort()).toEqual([
    'inet filter',
    'inet mangle',
    'inet nat',
    'inet raw',
    'inet6 filter',
  ]);
  const chain = (name: string, table = 'filter', family: 'inet' | 'inet6' = 'inet') =>
    firewall.tables.find((one) => one.family === family && one.name === table)!.chains.get(name)!;
  const rule = (change: Partial<FirewallRule>): FirewallRule => ({
    source: null,
    destination: null,
    protocol: null,
    inLink: null,
    outLink: null,
    matches: [],
    target: { kind: 'accept' },
    packets: expect.any(Number) as never,
    ...change,
  });
  expect(chain('INPUT')).toEqual({
    base: { point: 'input', priority: 0, isNat: false },
    policy: 'drop',
    rules: [
      rule({
        source: { address: '10.9.0.0', prefixLength: 16, isInverted: false },
        destination: { address: '10.0.0.0', prefixLength: 24, isInverted: true },
        inLink: { name: 'eth', isBeginning: true, isInverted: false },
        protocol: { number: 6, isInverted: false },
        matches: [
          {
            kind: 'ports',
            side: 'destination',
            ranges: [
              [80, 80],
              [8000, 8080],
            ],
            isInverted: false,
          },
        ],
        target: { kind: 'jump', chain: 'WEB', comesBack: true },
      }),
      rule({
        inLink: { name: 'eth1', isBeginning: false, isInverted: true },
        protocol: { number: 17, isInverted: false },
        matches: [{ kind: 'ports', side: 'source', ranges: [[53, 53]], isInverted: false }],
        target: { kind: 'drop', name: 'DROP' },
      }),
      rule({
        matches: [{ kind: 'state', states: ['established', 'new'], isInverted: true }],
        target: { kind: 'drop', name: 'REJECT' },
      }),
      rule({
        matches: [{ kind: 'state', states: ['invalid'], isInverted: false }],
        target: { kind: 'jump', chain: 'WEB', comesBack: false },
      }),
    ],
  });
  expect(chain('WEB')).toEqual({
    base: null,
    policy: 'return',
    rules: [
      rule({
        matches: [{ kind: 'mark', mark: 7, mask: 15, isInverted: false }],
        target: { kind: 'return' },
      }),
      rule({}),
    ],
  });
  expect(chain('PREROUTING', 'mangle').rules).toEqual([
    rule({
      destination: { address: '10.0.0.100', prefixLength: 32, isInverted: false },
      protocol: { number: 6, isInverted: false },
      matches: [{ kind: 'ports', side: 'destination', ranges: [[80, 80]], isInverted: false }],
      target: { kind: 'mark', mark: 7, mask: 0xffffffff },
    }),
  ]);
  expect(chain('PREROUTING', 'raw').rules[0]?.target).toEqual({ kind: 'notrack' });
  expect(chain('POSTROUTING', 'nat').rules).toEqual([
    rule({ matches: [{ kind: 'ipvs' }], target: { kind: 'other', name: 'MASQUERADE' } }),
  ]);
  expect(chain('INPUT', 'filter', 'inet6').rules).toEqual([
    rule({
      source: { address: 'fd00::', prefixLength: 64, isInverted: false },
      protocol: { number: 6, isInverted: false },
      matches: [{ kind: 'ports', side: 'destination', ranges: [[443, 443]], isInverted: false }],
      target: { kind: 'drop', name: 'DROP' },
    }),
  ]);
  expect(verdictOf(firewall, ['input'], request)).toMatchObject({ kind: 'drop', rule: null });
  expect(verdictOf(firewall, ['input'], { ...request, state: 'invalid' })).toMatchObject({
    kind: 'drop',
    rule: { target: { name: 'REJECT' } },
  });
});

test('of nftables, which this kernel has for bridges only, the rules are read, and told of as not looked into', async () => {
  await run(['ebtables-nft', '-A', 'INPUT', '-p', 'IPv4', '--ip-dst', '10.0.0.99', '-j', 'DROP']);
  try {
    const chain = readNftables()!.tables[0]!.chains.find(({ name }) => name === 'INPUT')!;
    expect(chain).toMatchObject({ base: { hook: 1, priority: -200, type: 'filter' }, isDropPolicy: false });
    expect(chain.rules[0]).toEqual(
      expect.arrayContaining([
        { kind: 'payload', base: 0, offset: 12, length: 2, register: 0 },
        { kind: 'compare', register: 0, operation: 0, value: Uint8Array.of(8, 0) },
        expect.objectContaining({ kind: 'match', name: 'ip' }),
        { kind: 'verdict', verdict: { kind: 'drop' } },
      ]),
    );
    expect(readFirewall().aside).toEqual(['bridge filter']);
  } finally {
    await run(['ebtables-nft', '-F']);
    await run(['ebtables-nft', '-X']);
  }
});
