import { expect, test } from 'vitest';
import { clientGateway as check } from '../../../src/doctor/checks/client-gateway.ts';
import { elsewhere } from '../../../src/doctor/evidence/elsewhere.ts';
import { commands, route, type SiteChange, site, told } from '../evidence.ts';
import { connections, stuck } from '../sampled.ts';

const nat = { mode: 'nat', family: 'inet' } as const;
const fromAfar = { connections: connections(1), isWhole: true };
const client = '198.51.100.7';
const none = { kind: 'none', reason: 'no route' } as const;
const viaGateway = route({ link: 'eth0', via: '203.0.113.1' });
const noDefault = { [elsewhere.inet]: none, [client]: none };
const gateway = { [elsewhere.inet]: viaGateway, [client]: viaGateway };
const silent = {
  routes: gateway,
  neighbours: [{ family: 'inet', address: '203.0.113.1', link: 'eth0', mac: null, state: 'failed' }],
} as const satisfies SiteChange;

test('without a default route responses under NAT do not get to clients from afar', () => {
  const findings = check.find(site(nat, { routes: noDefault, connections: fromAfar }));
  expect(told(findings)).toEqual(['error client-gateway director']);
  expect(findings[0]?.found).toContain('there is no route to 198.51.100.7');
});

test.each([
  ['blackhole', 'Invalid argument'],
  ['unreachable', 'No route to host'],
  ['prohibit', 'Permission denied'],
])(
  'a way that a route of kind %s closes is told as that, since a default route would not open it',
  (reason, said) => {
    const routes = { [elsewhere.inet]: viaGateway, [client]: { kind: 'none', reason } } as const;
    const [finding, ...others] = check.find(site(nat, { routes, connections: fromAfar }));
    expect(others).toEqual([]);
    expect(finding?.found).toBe(
      `198.51.100.7, which is a client, is behind a route or a rule of kind ${reason} ("ip route get" says "${said}")`,
    );
    expect(finding?.mend.map(({ text }) => text)).toEqual([
      `see which it is ("ip route show table all type ${reason} match 198.51.100.7", else "ip rule"), and take it away unless it is meant ("ip route del ${reason} PREFIX")`,
    ]);
  },
);

test('a default gateway that does not answer is an error once such a client is there', () => {
  expect(told(check.find(site(nat, silent)))).toEqual(['warning client-gateway director']);
  expect(told(check.find(site(nat, { ...silent, connections: fromAfar })))).toEqual([
    'error client-gateway director',
  ]);
});

test('a gateway that is being asked for in vain while a client waits is an error, too', () => {
  const asked = { ...silent, neighbours: [{ ...silent.neighbours[0], state: 'incomplete' as const }] };
  const waiting = { connections: connections(1, stuck), isWhole: true };
  const findings = check.find(site(nat, { ...asked, connections: waiting }));
  expect(told(findings)).toEqual(['error client-gateway director']);
  expect(findings[0]?.found).toContain('is INCOMPLETE');
  expect(commands(findings)).toEqual([]);
  // A question takes a moment, and whoever gets on has had his answer.
  expect(check.find(site(nat, asked))).toEqual([]);
  expect(check.find(site(nat, { ...asked, connections: fromAfar }))).toEqual([]);
});

test('a route of their own leads to clients without a default route, or past its dead gateway', () => {
  const own = { [client]: route({ link: 'eth0', via: '203.0.113.9' }) };
  const change = { connections: fromAfar, routes: { ...noDefault, ...own } };
  expect(check.find(site(nat, change))).toEqual([]);
  const dead = { ...silent, connections: fromAfar, routes: { ...gateway, ...own } };
  expect(told(check.find(site(nat, dead)))).toEqual(['warning client-gateway director']);
});

test('nobody is missed who is not there, and real servers under DR answer by themselves', () => {
  expect(check.find(site(nat, { routes: noDefault }))).toEqual([]);
  expect(check.find(site(nat, { routes: gateway, connections: fromAfar }))).toEqual([]);
  expect(check.find(site({ mode: 'dr', family: 'inet' }, { ...silent, connections: fromAfar }))).toEqual([]);
});
