import { describe, expect, test } from 'vitest';
import type { Link, LocalAddress, NetworkPicture, Route } from '../../src/forwarding/network.ts';
import { networkFacts } from '../../src/forwarding/network-facts.ts';
import { parseRealServer } from '../../src/ipvs/identity.ts';
import { defaultRealServerSettings, type RealServerSettings } from '../../src/ipvs/real-server.ts';
import { defaultTunnel } from '../../src/ipvs/tunnel.ts';
import { planProbe } from '../../src/probe/plan.ts';
import type { ProbeQuestion } from '../../src/probe/question.ts';

const vip = '203.0.113.80';
const onLink = { kind: 'unicast', link: 'eth1', via: null, source: '10.1.0.10', mtu: 1500 } as const;

function link(name: string, index: number, settings: Partial<Link> = {}): Link {
  const mac = `52:54:00:00:00:0${index}`;
  return {
    name,
    index,
    kind: null,
    isLoopback: false,
    isUp: true,
    hasCarrier: true,
    mac,
    mtu: 1500,
    ...settings,
  };
}

function held(address: string, prefixLength: number, name: string): LocalAddress {
  const family = address.includes(':') ? 'inet6' : 'inet';
  return {
    family,
    address,
    prefixLength,
    link: name,
    scope: 'global',
    isDeprecated: false,
    isDuplicate: false,
  };
}

const twoArms = [held(vip, 32, 'eth0'), held('203.0.113.2', 24, 'eth0'), held('10.1.0.10', 24, 'eth1')];

function plan(
  realServer: string,
  settings: Partial<RealServerSettings>,
  { addresses = twoArms, route = onLink as Route, virtual = vip } = {},
) {
  const identity = parseRealServer(realServer);
  const picture: NetworkPicture = {
    links: [link('lo', 1, { isLoopback: true }), link('eth0', 2), link('eth1', 3)],
    addresses,
    neighbours: [],
    routes: new Map([[identity.address, route]]),
  };
  const question: ProbeQuestion = {
    protocol: 'tcp',
    virtual: { address: virtual, port: 443 },
    realServer: { ...defaultRealServerSettings, ...settings, identity },
    tunnel: settings.tunnel ?? defaultTunnel,
  };
  return planProbe(
    question,
    networkFacts(picture, () => undefined),
    new Set([virtual]),
  );
}

describe('a probe is planned', () => {
  test('under DR to the virtual address by the real server, and to its own address for comparison', () => {
    expect(plan('10.1.0.21:443', { forwarding: 'dr' })).toEqual({
      kind: 'way',
      link: 'eth1',
      nextHop: '10.1.0.21',
      first: { from: '10.1.0.10', to: { address: vip, port: 443 }, outer: null },
      own: { from: '10.1.0.10', to: { address: '10.1.0.21', port: 443 }, outer: null },
      outside: null,
    });
  });

  test('under TUN in the outer header that the kernel would give it', () => {
    const tunnel = { type: 'gue', port: 6080, checksum: 'no' } as const;
    const route = { ...onLink, via: '10.1.0.1' };
    expect(plan('10.9.0.21:443', { forwarding: 'tun', tunnel }, { route })).toMatchObject({
      nextHop: '10.1.0.1',
      first: {
        from: '10.1.0.10',
        to: { address: vip, port: 443 },
        outer: { from: '10.1.0.10', to: '10.9.0.21', tunnel },
      },
    });
  });

  test('under NAT to the real server, from its subnet and from outside of it', () => {
    const to = { address: '10.1.0.21', port: 8080 };
    expect(plan('10.1.0.21:8080', { forwarding: 'nat' })).toMatchObject({
      first: { from: '10.1.0.10', to },
      own: null,
      outside: { from: '203.0.113.2', to },
    });
  });

  test('under NAT from one side only where the director has one arm', () => {
    const addresses = [held(vip, 32, 'eth1'), held('10.1.0.10', 24, 'eth1')];
    expect(plan('10.1.0.21:8080', { forwarding: 'nat' }, { addresses })).toMatchObject({ outside: null });
  });

  test('from no single address beside the subnets: a real server may have that on its lo', () => {
    const addresses = [held('10.1.0.10', 24, 'eth1'), held('203.0.113.99', 32, 'eth0')];
    expect(plan('10.1.0.21:8080', { forwarding: 'nat' }, { addresses })).toMatchObject({ outside: null });
  });

  test('from another address where the kernel would choose a virtual one', () => {
    const route = { ...onLink, source: vip };
    expect(plan('10.1.0.21:443', { forwarding: 'dr' }, { route })).toMatchObject({
      first: { from: '10.1.0.10' },
    });
  });
});

describe('nothing is asked', () => {
  test.each([
    [
      'of this machine itself',
      { forwarding: 'dr' },
      { route: { kind: 'local', link: 'lo' } },
      /this machine/,
    ],
    ['without a route', { forwarding: 'nat' }, { route: { kind: 'none', reason: 'no route' } }, /no route/],
    ['under DR behind a gateway', { forwarding: 'dr' }, { route: { ...onLink, via: '10.1.0.1' } }, /gateway/],
    [
      'through a tunnel of an unknown type',
      { forwarding: 'tun', tunnel: { type: 'type-9', port: 0, checksum: 'no' } },
      {},
      /type-9/,
    ],
    [
      'from virtual addresses',
      { forwarding: 'dr' },
      { addresses: [held(vip, 24, 'eth1')], route: { ...onLink, source: vip } },
      /virtual/,
    ],
  ] as const)('%s', (_name, settings, surroundings, reason) => {
    expect(plan('10.1.0.21:443', settings, surroundings as object)).toMatchObject({
      kind: 'not asked',
      reason: expect.stringMatching(reason),
    });
  });
});
