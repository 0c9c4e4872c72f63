import { expect, test } from 'vitest';
import { modeSwitchGuide } from '../../../src/changes/plan/mode-switch-guide.ts';
import type { Step } from '../../../src/changes/steps/step.ts';
import type { Route } from '../../../src/forwarding/network.ts';
import { networkFacts, unknownNetwork } from '../../../src/forwarding/network-facts.ts';
import type { ForwardingMethod } from '../../../src/ipvs/forwarding-method.ts';
import { defaultRealServerSettings } from '../../../src/ipvs/real-server.ts';
import { defaultTunnel, type Tunnel } from '../../../src/ipvs/tunnel.ts';
import { real, web } from '../table.ts';

function switched(
  address: string,
  before: ForwardingMethod,
  after: ForwardingMethod,
  tunnel: Tunnel = defaultTunnel,
): Step {
  const server = { ...defaultRealServerSettings, identity: real(`${address}:80`) };
  return {
    kind: 'set real server',
    service: web,
    before: { ...server, forwarding: before },
    after: { ...server, forwarding: after, tunnel },
  };
}

/** Headings and commands of the guide. */
function told(steps: readonly Step[], routes: Readonly<Record<string, Route>> = {}): string[] {
  const network = networkFacts(
    { ...unknownNetwork, routes: new Map(Object.entries(routes)) },
    () => undefined,
  );
  return modeSwitchGuide(steps, network).flatMap(({ kind, text }) =>
    kind === 'heading' || kind === 'command' ? [text] : [],
  );
}

const setup = 'lvstop setup tcp:203.0.113.10:80 10.0.0.21:80';
const there = '| ssh root@10.0.0.21 sh';

test('each real server is set up for its mode before, and what the former one left is taken back', () => {
  expect(told([switched('10.0.0.21', 'nat', 'tun')])).toEqual([
    'On the director',
    'On each real server, before the switch',
    `${setup} --mode tun ${there}`,
    'On each real server, when the connections from before have ended',
    `${setup} --mode nat --undo ${there}`,
  ]);
});

test('a tunnel that is not the usual one is named', () => {
  const gue = { ...defaultTunnel, type: 'gue', port: 6080 } as const;
  expect(told([switched('10.0.0.21', 'nat', 'tun', gue)])).toContain(
    `${setup} --mode tun --tunnel gue --tunnel-port 6080 ${there}`,
  );
  // Under another mode it is left over.
  expect(told([switched('10.0.0.21', 'nat', 'dr', gue)])).toContain(`${setup} --mode dr ${there}`);
});

test('of a mode for which nothing is set up nothing is taken back', () => {
  const lines = told([switched('10.0.0.21', 'local', 'nat')]);
  expect(lines.filter((line) => line.includes('from before'))).toEqual([]);
});

test('a route that serves both modes is made before, and taken away when the connections have ended', () => {
  const route = { kind: 'unicast', link: 'eth1', via: null, source: null, mtu: 1500 } as const;
  const lines = told([switched('10.0.0.21', 'nat', 'dr')], { '10.0.0.21': route });
  const place = (part: string) => lines.findIndex((line) => line.includes(part));
  expect(place('route replace')).toBe(lines.indexOf('On the director') + 1);
  expect(place('route del ')).toBe(
    lines.indexOf('On the director, when the connections from before have ended') + 1,
  );
});

test('of very many real servers the first are told one by one', () => {
  const many = Array.from({ length: 301 }, (_, place) =>
    switched(`10.0.${1 + (place >> 8)}.${place & 255}`, 'nat', 'dr'),
  );
  const network = networkFacts(unknownNetwork, () => undefined);
  const lines = modeSwitchGuide(many, network).map(({ text }) => text);
  expect(lines.filter((line) => line.endsWith('sh'))).toHaveLength(2 * 300);
  expect(lines).toContain('and likewise 1 more');
});
