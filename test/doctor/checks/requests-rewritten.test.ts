import { describe, expect, test } from 'vitest';
import { requestsRewritten } from '../../../src/doctor/checks/requests-rewritten.ts';
import type { FirewallRule, FirewallTable } from '../../../src/forwarding/firewall/firewall.ts';
import { zeroCounters } from '../../../src/ipvs/counters.ts';
import { real, service } from '../../ui/fixed-view.ts';
import { commands, site, siteService, told } from '../evidence.ts';
import { mangleRules, rule } from '../firewall.ts';

const kind = { mode: 'nat', family: 'inet' } as const;
const port = (number: number) =>
  ({ kind: 'ports', side: 'destination', ranges: [[number, number]], isInverted: false }) as const;
const to = (change: Partial<FirewallRule>) =>
  rule({ protocol: { number: 6, isInverted: false }, target: { kind: 'other', name: 'DNAT' }, ...change });

function find(
  chains: Readonly<Record<string, readonly FirewallRule[]>>,
  inPackets = 0,
  { service = siteService(kind), tables = [] as readonly FirewallTable[] } = {},
) {
  const nat: FirewallTable = {
    tool: 'iptables',
    family: 'inet',
    name: 'nat',
    chains: new Map(
      Object.entries(chains).map(([name, rules]) => [
        name,
        name === 'PREROUTING'
          ? { base: { point: 'prerouting', priority: -100, isNat: true }, rules, policy: 'accept' }
          : { base: null, rules, policy: 'return' },
      ]),
    ),
  };
  const services = [{ ...service, rates: null, counters: { ...zeroCounters, inPackets } }];
  return requestsRewritten.find(site(kind, { services, firewall: { tables: [...tables, nat] } }));
}

const docker = {
  PREROUTING: [
    rule({
      matches: [{ kind: 'other', name: 'addrtype' }],
      target: { kind: 'jump', chain: 'DOCKER', comesBack: true },
    }),
  ],
  DOCKER: [to({ matches: [port(80)], inLink: { name: 'docker0', isBeginning: false, isInverted: true } })],
} as const;

describe('requests that a rule leads elsewhere', () => {
  test('never get to IPVS, as to a port that Docker publishes', () => {
    const findings = find(docker);
    expect(told(findings)).toEqual(['error requests-rewritten tcp:203.0.113.10:80']);
    expect(findings[0]?.found).toContain(
      'PREROUTING of the table nat gives requests to it another destination',
    );
    expect(commands(findings)).toEqual([
      'iptables -t nat -I PREROUTING -d 203.0.113.10 -p tcp --dport 80 -j ACCEPT',
    ]);
  });

  test('may come to it', () => {
    const rules = docker.DOCKER.map((one) => ({ ...one, packets: 0 }));
    expect(told(find({ ...docker, DOCKER: rules }))).toEqual([
      'warning requests-rewritten tcp:203.0.113.10:80',
    ]);
  });

  test('do so whatever goes on by connections from before, where the rule takes all', () => {
    const findings = find({ PREROUTING: [to({ matches: [port(80)] })] }, 5);
    expect(told(findings)).toEqual(['error requests-rewritten tcp:203.0.113.10:80']);
    expect(findings[0]?.found).not.toContain('no packet of the service');
  });

  test.each<[string, readonly FirewallRule[]]>([
    ['of another port', [to({ matches: [port(8080)] })]],
    [
      'of some clients',
      [to({ matches: [port(80)], source: { address: '10.0.0.0', prefixLength: 8, isInverted: false } })],
    ],
    [
      'that names neither address nor port',
      [to({ inLink: { name: 'docker0', isBeginning: false, isInverted: false } })],
    ],
    [
      'behind one that lets them pass',
      [rule({ matches: [port(80)], target: { kind: 'accept' } }), to({ matches: [port(80)] })],
    ],
  ])('are not those of a rule %s', (_, rules) => {
    expect(find({ PREROUTING: rules })).toEqual([]);
  });

  test('are none where packets of the service are counted, and the rule may take some only', () => {
    expect(find(docker, 5)).toEqual([]);
  });

  test('may be redirected so that this machine takes them in, where their mark leads them to the service', () => {
    const marked = rule({
      destination: { address: '203.0.113.10', prefixLength: 32, isInverted: false },
      protocol: { number: 6, isInverted: false },
      matches: [port(80)],
      target: { kind: 'mark', mark: 7, mask: 0xffffffff },
    });
    const change = {
      service: service('fwm:7', {}, [real('10.0.0.21:0', { forwarding: 'nat' })]),
      tables: mangleRules(marked).tables ?? [],
    };
    const redirect = {
      PREROUTING: [to({ matches: [port(80)], target: { kind: 'other', name: 'REDIRECT' } })],
    };
    expect(find(redirect, 0, change)).toEqual([]);
    const elsewhere = { PREROUTING: [to({ matches: [port(80)] })] };
    expect(find(elsewhere, 5, change)).toEqual([]);
    expect(told(find(elsewhere, 0, change))).toEqual(['warning requests-rewritten fwm:7']);
  });
});
