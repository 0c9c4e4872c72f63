import { type Link, type Route, type RoutedPacket, routeKey } from '../network.ts';
import type { NetworkFacts } from '../network-facts.ts';
import type { LinkAddress, Packet } from './walk.ts';

/** The next hop of a route from the director: an interface, and a neighbour on it. */
export interface NextHop {
  readonly link: string;
  /** The gateway; `null` when the address itself is on link. */
  readonly gateway: string | null;
  /** The director's source address on that route, if the route says it. */
  readonly source: string | null;
  readonly mtu: number;
  /** Ethernet addresses of the director and the neighbour; `null` on an interface without such addresses. */
  readonly own: LinkAddress | null;
  readonly neighbour: LinkAddress | null;
}

/** The next hop to an address; `undefined` when the address is local, has no route, or was not looked up. */
export function nextHopTo(
  network: NetworkFacts,
  address: string,
  packet: RoutedPacket = { to: address },
): NextHop | undefined {
  const route = network.routes.get(routeKey(packet)) ?? network.routes.get(address);
  if (route?.kind !== 'unicast') return undefined;
  const { link, via, source, mtu } = route;
  const device = network.link(link);
  const hasFrames = device?.mac != null;
  return {
    link,
    gateway: via,
    source,
    mtu,
    own: hasFrames ? ownAddress(device) : null,
    neighbour: hasFrames ? neighbourAddress(network, link, via ?? address) : null,
  };
}

/** Kinds of interfaces by which no request comes in from other machines. */
const inwardKinds: ReadonlySet<string> = new Set(['dummy', 'ipip', 'ip6tnl', 'sit', 'gre']);

/**
 * The interface by which a client's packets come in, as far as can be told: one that has the virtual address and can
 * lead to other machines, else the one by which the director would answer.
 */
export function arrivalLink(network: NetworkFacts, virtual: string, client: string): string | undefined {
  const held = network.holders(virtual).find(({ link }) => {
    const device = network.link(link);
    return device?.isLoopback === false && !inwardKinds.has(device.kind ?? '');
  });
  const route = network.routes.get(client);
  return held?.link ?? (route?.kind === 'unicast' ? route.link : undefined);
}

/**
 * The last hop from a client to the director: that of the route to the client, on the interface by which packets come
 * in.
 */
export function arrivalFrom(network: NetworkFacts, virtual: string, client: string): NextHop | undefined {
  const hop = nextHopTo(network, client);
  const link = arrivalLink(network, virtual, client);
  const device = link === undefined ? undefined : network.link(link);
  if (hop === undefined || device === undefined || device.name === hop.link) return hop;
  const there = device.mac === null ? null : neighbourAddress(network, device.name, hop.gateway ?? client);
  return {
    ...hop,
    link: device.name,
    own: device.mac === null ? null : ownAddress(device),
    neighbour: there?.kind === 'known' ? there : hop.neighbour,
  };
}

/** Why an address has no next hop, as a clause: `there is no way to it (unreachable)`, `it leads to lo`. */
export function describeDeadEnd(route: Route | undefined): string {
  if (route === undefined) return 'its route was not looked up';
  return route.kind === 'none' ? `there is no way to it (${route.reason})` : `it leads to ${route.link}`;
}

/** The frame of a packet that the director sends to that hop. */
export function frameOut(hop: NextHop): Packet['frame'] {
  return hop.own && hop.neighbour && { source: hop.own, destination: hop.neighbour };
}

/** The frame of a packet that comes from that hop. */
export function frameIn(hop: NextHop): Packet['frame'] {
  return hop.own && hop.neighbour && { source: hop.neighbour, destination: hop.own };
}

function ownAddress({ mac }: Link): LinkAddress {
  return mac === null ? { kind: 'unknown' } : { kind: 'known', mac };
}

function neighbourAddress(network: NetworkFacts, link: string, address: string): LinkAddress {
  const neighbour = network.neighbour(link, address);
  if (neighbour?.mac) return { kind: 'known', mac: neighbour.mac };
  return neighbour?.state === 'failed' ? { kind: 'failed' } : { kind: 'unknown' };
}
