import { address, link, type NetworkPlan, type PlannedRoute } from '../../../host/network/demo-network.ts';
import { isInSubnet, networkAddress } from '../../../ipvs/subnet.ts';
import type { Site } from '../sites/site.ts';
import type { SceneText } from './scene-schema.ts';

type SceneInterface = NonNullable<SceneText['interface']>[number];
type SceneRoute = NonNullable<SceneText['route']>[number];

const held = (address: string, prefixLength: number) => ({ address, prefixLength });

/** The interfaces of a scene that names none: eth0 towards the clients, eth1 towards the real servers. */
const usualInterfaces: readonly SceneInterface[] = [
  { name: 'eth0', addresses: [held('203.0.113.2', 24), held('2001:db8:10::2', 64)], mtu: 1500 },
  { name: 'eth1', addresses: [held('10.0.0.2', 16), held('2001:db8:20::2', 64)], mtu: 9000 },
];

/** The routes of a scene that names none: clients behind a router, other data centres behind another one. */
const usualRoutes: readonly SceneRoute[] = [
  { to: held('0.0.0.0', 0), via: '203.0.113.1' },
  { to: held('::', 0), via: '2001:db8:10::1' },
  { to: held('10.0.0.0', 8), via: '10.0.255.254', mtu: 1600 },
];

/** The interfaces of a scene, the loopback left out. */
export function interfacesOf(scene: SceneText): readonly SceneInterface[] {
  return scene.interface ?? usualInterfaces;
}

/** The network around a scene's director, which has every virtual address; machines that are down answer no ARP. */
export function networkOf(scene: SceneText, { services, faults = new Map() }: Site): NetworkPlan {
  const interfaces = interfacesOf(scene);
  const own = interfaces.flatMap(({ name, addresses }) => addresses.map((one) => ({ name, ...one })));
  const front = interfaces[0]?.name ?? 'eth0';
  const known = new Set(own.map((one) => one.address));
  const virtual = new Set(
    services.flatMap(({ service: { identity } }) =>
      identity.kind === 'address' && !known.has(identity.address) ? [identity.address] : [],
    ),
  );
  return {
    links: [
      link({ name: 'lo', index: 1, isLoopback: true, mac: null, mtu: 65_536 }),
      ...interfaces.map(({ name, mtu }, place) =>
        link({ name, index: place + 2, mac: `52:54:00:a${place.toString(16)}:00:02`, mtu }),
      ),
    ],
    addresses: [
      address('127.0.0.1', 8, 'lo', { scope: 'host' }),
      address('::1', 128, 'lo', { scope: 'host' }),
      ...own.map(({ name, address: text, prefixLength }) => address(text, prefixLength, name)),
      ...[...virtual].map((text) => {
        const near = own.find((one) => isInSubnet(text, one.address, one.prefixLength));
        const isInet6 = text.includes(':');
        return address(text, isInet6 ? 128 : 32, near?.name ?? front, { isDeprecated: isInet6 });
      }),
    ],
    routes: (scene.route ?? usualRoutes).map(plannedRoute),
    oddNeighbours: new Map(
      [...faults].flatMap(([text, fault]) => (fault === 'down' ? [[text, 'failed']] : [])),
    ),
    faults,
  };
}

function plannedRoute({ to, via, mtu }: SceneRoute): PlannedRoute {
  return {
    subnet: networkAddress(to.address, to.prefixLength),
    prefixLength: to.prefixLength,
    way: { kind: 'gateway', gateway: via, ...(mtu !== undefined && { mtu }) },
  };
}
