import type { Link, LocalAddress, Neighbour } from '../../forwarding/network.ts';
import { parseAddress } from '../../ipvs/address.ts';
import type { MachineFault } from '../machine-fault.ts';

/** A made-up machine's network: what `Network` tells, by its rules. */
export interface NetworkPlan {
  readonly links: readonly Link[];
  readonly addresses: readonly LocalAddress[];
  /** The longest prefix that fits wins, as in a routing table. Subnets of `addresses` need no route here. */
  readonly routes: readonly PlannedRoute[];
  /** States of neighbours that are not just reachable. */
  readonly oddNeighbours: ReadonlyMap<string, Neighbour['state']>;
  /** What is wrong with machines, by their addresses; one that does not answer ARP is in `oddNeighbours`, too. */
  readonly faults?: ReadonlyMap<string, MachineFault>;
}

/** A route through a gateway, one that makes a whole subnet this machine's own, or one that refuses. */
export interface PlannedRoute {
  readonly subnet: string;
  readonly prefixLength: number;
  readonly way:
    | { readonly kind: 'gateway'; readonly gateway: string; readonly mtu?: number }
    | { readonly kind: 'local' }
    | { readonly kind: 'none'; readonly reason: string };
}

/**
 * The network around the demo's director (`src/director/simulated/sites/demo-site.ts`): eth0 towards the clients with the
 * virtual addresses, eth1 towards the real servers; those under TUN are in other data centres, behind a gateway whose
 * path has room for an outer header. One real server under DR has stopped answering, so that there is something to find.
 */
export const demoNetwork: NetworkPlan = {
  links: [
    link({ name: 'lo', index: 1, isLoopback: true, mac: null, mtu: 65_536 }),
    link({ name: 'eth0', index: 2, mac: '52:54:00:a0:00:02', mtu: 1500 }),
    link({ name: 'eth1', index: 3, mac: '52:54:00:a1:00:02', mtu: 9000 }),
  ],
  addresses: [
    address('127.0.0.1', 8, 'lo', { scope: 'host' }),
    address('::1', 128, 'lo', { scope: 'host' }),
    address('203.0.113.2', 24, 'eth0'),
    ...['203.0.113.10', '203.0.113.25', '203.0.113.30', '203.0.113.53', '198.51.100.20'].map((vip) =>
      address(vip, 32, 'eth0'),
    ),
    address('2001:db8:10::2', 64, 'eth0'),
    ...['2001:db8:10::53', '2001:db8:10::80'].map((vip) => address(vip, 128, 'eth0', { isDeprecated: true })),
    address('10.0.0.2', 21, 'eth1'),
    address('2001:db8:20::2', 64, 'eth1'),
  ],
  routes: [
    { subnet: '0.0.0.0', prefixLength: 0, way: { kind: 'gateway', gateway: '203.0.113.1' } },
    { subnet: '::', prefixLength: 0, way: { kind: 'gateway', gateway: '2001:db8:10::1' } },
    { subnet: '10.0.0.0', prefixLength: 8, way: { kind: 'gateway', gateway: '10.0.7.254', mtu: 1600 } },
    { subnet: '172.16.0.0', prefixLength: 12, way: { kind: 'gateway', gateway: '10.0.7.254' } },
    // The addresses whose packets the firewall marks for fwm:7.
    { subnet: '203.0.113.64', prefixLength: 27, way: { kind: 'local' } },
    { subnet: '192.168.0.0', prefixLength: 16, way: { kind: 'none', reason: 'unreachable' } },
    { subnet: 'fd00::', prefixLength: 8, way: { kind: 'gateway', gateway: '2001:db8:20::fe' } },
  ],
  oddNeighbours: new Map([['10.0.1.34', 'failed']]),
};

/** An interface with the usual settings, but for those that are given. */
export function link(settings: Pick<Link, 'name' | 'index' | 'mac' | 'mtu'> & Partial<Link>): Link {
  return { kind: null, isLoopback: false, isUp: true, hasCarrier: true, ...settings };
}

/** An address with the usual settings, but for those that are given. */
export function address(
  text: string,
  prefixLength: number,
  linkName: string,
  settings: Partial<LocalAddress> = {},
): LocalAddress {
  return {
    family: parseAddress(text)?.family ?? 'inet',
    address: text,
    prefixLength,
    link: linkName,
    scope: 'global',
    isDeprecated: false,
    isDuplicate: false,
    ...settings,
  };
}
