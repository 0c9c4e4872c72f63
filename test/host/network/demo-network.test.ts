import { describe, expect, it } from 'vitest';
import { sampleConnections } from '../../../src/director/connection-sample.ts';
import { allRealServers, allServices } from '../../../src/director/director.ts';
import { createSimulatedDirector } from '../../../src/director/simulated/simulated-director.ts';
import { WatchedNetwork } from '../../../src/doctor/evidence/watched-network.ts';
import type { NetworkPicture } from '../../../src/forwarding/network.ts';
import { demoNetwork } from '../../../src/host/network/demo-network.ts';
import { createSimulatedNetwork } from '../../../src/host/network/simulated-network.ts';
import { allAtOnce } from '../../../src/system/turns.ts';

const director = createSimulatedDirector({ now: () => 0, seed: 1 });
const services = allServices(director).map(({ service }) => ({
  service,
  realServers: allRealServers(director, service.identity).map(({ realServer }) => realServer),
}));

async function picture(...further: string[]): Promise<NetworkPicture> {
  const known = services.flatMap(({ service: { identity }, realServers }) => [
    ...(identity.kind === 'address' ? [identity.address] : []),
    ...realServers.map((realServer) => realServer.identity.address),
  ]);
  return createSimulatedNetwork().picture([...known, ...further]);
}

describe('a simulated network', () => {
  // Each question used to go through all addresses, which held the screen of the scene "ten-thousand" for minutes.
  it('answers for forty thousand real servers beside ten thousand virtual addresses', async () => {
    const number = (first: string, place: number) => `${first}.${place >> 8}.${place & 255}`;
    const network = createSimulatedNetwork({
      ...demoNetwork,
      addresses: [
        ...demoNetwork.addresses,
        ...Array.from({ length: 10_000 }, (_, place) => ({
          family: 'inet' as const,
          address: number('198.51', place),
          prefixLength: 32,
          link: 'eth0',
          scope: 'global' as const,
          isDeprecated: false,
          isDuplicate: false,
        })),
      ],
    });
    const realServers = Array.from({ length: 40_000 }, (_, place) => number('10.0', place));
    const { routes } = await network.picture([...realServers, '198.51.39.15', '198.51.39.16']);
    expect(routes.get('10.0.156.63')).toMatchObject({ kind: 'unicast', link: 'eth1' });
    expect(routes.get('198.51.39.15')).toMatchObject({ kind: 'local' });
    expect(routes.get('198.51.39.16')).not.toMatchObject({ kind: 'local' });
  });
});

describe("the demo's network", () => {
  it('has every virtual address on the director', async () => {
    const { addresses, routes } = await picture();
    for (const { service } of services) {
      if (service.identity.kind === 'fwmark') continue;
      const { address } = service.identity;
      expect(routes.get(address)).toMatchObject({ kind: 'local' });
      expect(addresses.map((held) => held.address)).toContain(address);
    }
  });

  it('has takers of the marked connections, too', async () => {
    const marked = allAtOnce(sampleConnections(director, 1000)).connections.filter(
      ({ virtual }) => virtual.port === 8443,
    );
    const { routes } = await picture(...marked.map(({ virtual }) => virtual.address));
    expect(marked.length).toBeGreaterThan(0);
    for (const { virtual } of marked) expect(routes.get(virtual.address)?.kind).toBe('local');
  });

  it('reaches real servers under NAT and DR on link, those under TUN through a gateway with room for the outer header', async () => {
    const { routes } = await picture();
    for (const { forwarding, identity } of services.flatMap(({ realServers }) => realServers)) {
      expect(routes.get(identity.address)).toMatchObject(
        forwarding === 'tun'
          ? { kind: 'unicast', link: 'eth1', via: '10.0.7.254', mtu: 1600 }
          : { kind: 'unicast', link: 'eth1' },
      );
    }
  });

  it('still lists a neighbour whose route is not asked for again', async () => {
    const network = createSimulatedNetwork();
    await network.picture(['10.0.1.34']);
    const { neighbours } = await network.picture([]);
    expect(neighbours).toMatchObject([{ address: '10.0.1.34', state: 'failed' }]);
  });

  it('has a neighbour that failed at every look of the doctor', async () => {
    const watched = new WatchedNetwork(createSimulatedNetwork());
    watched.listen();
    for (let look = 0; look < 2; look++) {
      const { neighbours } = await watched.picture(['10.0.1.34']);
      expect(neighbours).toMatchObject([{ address: '10.0.1.34', state: 'failed' }]);
    }
  });

  it('knows the neighbour of each route, of which one has failed', async () => {
    const { neighbours, routes } = await picture();
    for (const [address, route] of routes) {
      if (route.kind !== 'unicast') continue;
      expect(neighbours.filter((known) => known.address === (route.via ?? address))).toHaveLength(1);
    }
    expect(neighbours.filter(({ state }) => state !== 'reachable')).toEqual([
      { family: 'inet', address: '10.0.1.34', link: 'eth1', mac: null, state: 'failed' },
    ]);
  });

  it('has an answer for whatever may be added', async () => {
    const { routes } = await picture(
      '10.0.6.1',
      '10.99.0.1',
      '192.0.2.7',
      '192.168.1.1',
      '127.0.0.1',
      '::1',
      'fd00::9',
      'nonsense',
    );
    expect(Object.fromEntries(routes)).toMatchObject({
      '10.0.6.1': { kind: 'unicast', link: 'eth1', via: null, source: '10.0.0.2', mtu: 9000 },
      '10.99.0.1': { kind: 'unicast', link: 'eth1', via: '10.0.7.254', mtu: 1600 },
      '192.0.2.7': { kind: 'unicast', link: 'eth0', via: '203.0.113.1', source: '203.0.113.2', mtu: 1500 },
      '192.168.1.1': { kind: 'none', reason: 'unreachable' },
      '127.0.0.1': { kind: 'local', link: 'lo' },
      '::1': { kind: 'local', link: 'lo' },
      'fd00::9': { kind: 'unicast', link: 'eth1', via: '2001:db8:20::fe' },
    });
    expect(routes.has('nonsense')).toBe(false);
  });
});
