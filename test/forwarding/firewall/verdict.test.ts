import { describe, expect, test } from 'vitest';
import { type Firewall, type FirewallChain, noFirewall } from '../../../src/forwarding/firewall/firewall.ts';
import { type FirewallPacket, verdictOf } from '../../../src/forwarding/firewall/verdict.ts';
import { baseOf, rule } from '../../doctor/firewall.ts';

const packet: FirewallPacket = {
  family: 'inet',
  source: null,
  destination: '203.0.113.10',
  protocol: 6,
  sourcePort: null,
  destinationPort: 80,
  inLink: null,
  outLink: null,
  state: 'new',
  mark: null,
};

type Chains = Readonly<Record<string, Omit<FirewallChain, 'base'>>>;

function verdict(chains: Chains): string {
  const based = Object.entries(chains).map(
    ([name, chain]) => [name, { ...chain, base: baseOf('filter', name) }] as const,
  );
  const firewall: Firewall = {
    ...noFirewall,
    tables: [{ tool: 'iptables', family: 'inet', name: 'filter', chains: new Map(based) }],
  };
  return verdictOf(firewall, ['input'], packet).kind;
}

const accept = rule({ target: { kind: 'accept' } });
const drop = rule({});
const fromSomewhere = { source: { address: '10.0.0.0', prefixLength: 8, isInverted: false } };
const jump = (chain: string, comesBack = true) => rule({ target: { kind: 'jump', chain, comesBack } });

describe('what a firewall does with a packet', () => {
  test.each<[string, Chains, string]>([
    ['the first rule that takes it', { INPUT: { rules: [accept, drop], policy: 'drop' } }, 'accept'],
    ['the policy where none does', { INPUT: { rules: [], policy: 'drop' } }, 'drop'],
    [
      'a rule for another port does not',
      {
        INPUT: {
          rules: [
            rule({
              matches: [{ kind: 'ports', side: 'destination', ranges: [[443, 443]], isInverted: false }],
            }),
          ],
          policy: 'accept',
        },
      },
      'accept',
    ],
    ['it hangs on who sends it', { INPUT: { rules: [rule(fromSomewhere)], policy: 'accept' } }, 'unknown'],
    ['whoever sends it, it is dropped', { INPUT: { rules: [rule(fromSomewhere)], policy: 'drop' } }, 'drop'],
    [
      'another chain takes it',
      { INPUT: { rules: [jump('WEB')], policy: 'accept' }, WEB: { rules: [drop], policy: 'return' } },
      'drop',
    ],
    [
      'another chain sends it back',
      {
        INPUT: { rules: [jump('WEB'), drop], policy: 'accept' },
        WEB: { rules: [rule({ target: { kind: 'return' } }), accept], policy: 'return' },
      },
      'drop',
    ],
    [
      'it does not come back from where it was sent for good',
      {
        INPUT: { rules: [jump('WEB', false), drop], policy: 'accept' },
        WEB: { rules: [], policy: 'return' },
      },
      'accept',
    ],
    [
      'a chain that calls itself has an end',
      { INPUT: { rules: [jump('INPUT')], policy: 'accept' } },
      'accept',
    ],
  ])('%s', (_, chains, expected) => {
    expect(verdict(chains)).toBe(expected);
  });

  test('without a table everything passes', () => {
    expect(verdictOf(noFirewall, ['input'], packet).kind).toBe('accept');
  });

  test.each([
    { kind: 'mark', mark: 7, mask: 0xffffffff },
    { kind: 'notrack' },
    { kind: 'other', name: 'LOG' },
  ] as const)('rules behind which it goes on anyway ($kind) are not compared with it', (target) => {
    const marking = Object.defineProperty(rule({ target }), 'matches', {
      get: () => expect.unreachable('compared'),
    });
    expect(verdict({ INPUT: { rules: [marking, drop], policy: 'accept' } })).toBe('drop');
  });
});
