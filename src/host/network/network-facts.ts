import type { rt } from 'netlink';
import type { Link, LocalAddress, Neighbour, Route, RoutedPacket } from '../../forwarding/network.ts';
import { addressBytes, formatInet, formatInet6 } from '../../ipvs/address.ts';
import { type Family, familyNumbers, familyOfNumber } from '../../ipvs/family.ts';
import { visible } from '../../ipvs/visible.ts';
import type { AskedPacket, LinkAnswer, RouteAnswer } from '../../netlink/network/route-socket.ts';

/** The interface of a message; `undefined` when it has no name. */
export function linkOf({ data, attrs, linkKind }: LinkAnswer): Link | undefined {
  const { flags = {} } = data;
  if (attrs.ifname === undefined) return undefined;
  return {
    name: visible(attrs.ifname),
    index: data.index ?? 0,
    kind: linkKind === undefined ? null : visible(linkKind),
    isLoopback: flags.loopback === true,
    isUp: flags.up === true,
    hasCarrier: flags.lowerUp === true,
    mac: macOf(attrs.address),
    mtu: attrs.mtu ?? 0,
  };
}

/** Numbers of `enum rt_scope_t` (`include/uapi/linux/rtnetlink.h`); those between are users' own and count as global. */
const scopes: ReadonlyMap<number, LocalAddress['scope']> = new Map([
  [200, 'site'],
  [253, 'link'],
  [254, 'host'],
]);

/** The address of a message; `nameOf` gives an interface's name by its index. `undefined` for one of another family. */
export function localAddressOf(
  { data, attrs }: rt.AddressMessage,
  nameOf: (index: number) => string,
): LocalAddress | undefined {
  // On a point-to-point interface `address` is the peer's.
  const held = addressOf(data.family, attrs.local ?? attrs.address);
  if (held === undefined) return undefined;
  // The header has room for eight flags only; the attribute has all.
  const flags = attrs.flags ?? data.flags;
  return {
    ...held,
    prefixLength: data.prefixlen ?? 0,
    link: nameOf(data.index ?? 0),
    scope: scopes.get(data.scope ?? 0) ?? 'global',
    isDeprecated: flags?.deprecated === true,
    isDuplicate: flags?.dadfailed === true,
  };
}

const neighbourStates = [
  'incomplete',
  'reachable',
  'stale',
  'delay',
  'probe',
  'failed',
  'noarp',
  'permanent',
] as const satisfies readonly Neighbour['state'][];

/** The neighbour that a netlink message tells of; `undefined` where it has no address. */
export function neighbourOf(
  { data, attrs }: rt.NeighborMessage,
  nameOf: (index: number) => string,
): Neighbour | undefined {
  const held = addressOf(data.family, attrs.dst);
  if (held === undefined) return undefined;
  return {
    ...held,
    link: nameOf(data.ifindex ?? 0),
    mac: macOf(attrs.lladdr),
    state: neighbourStates.find((state) => data.state?.[state] === true) ?? 'none',
  };
}

/** What an interface adds to a route. */
export type RouteLink = Pick<Link, 'name' | 'mtu'>;

/** The route of an answer; `linkOf` gives an interface by its index. `undefined` for one of another family. */
export function routeOf(
  { data, attrs, via, mtu }: RouteAnswer,
  linkOf: (index: number) => RouteLink,
): Route | undefined {
  if (familyOfNumber(data.family ?? 0) === undefined) return undefined;
  const link = linkOf(attrs.oif ?? 0);
  const { type } = data;
  if (type === 'LOCAL') return { kind: 'local', link: link.name };
  // All other kinds lead nowhere for a single packet.
  if (type !== 'UNICAST')
    return { kind: 'none', reason: typeof type === 'string' ? type.toLowerCase() : `route of kind ${type}` };
  // An IPv4 route may lead through an IPv6 gateway.
  const gateway =
    attrs.gateway === undefined && via !== undefined
      ? addressOf(via.family, via.address)
      : addressOf(data.family, attrs.gateway);
  return {
    kind: 'unicast',
    link: link.name,
    via: gateway?.address ?? null,
    source: addressOf(data.family, attrs.prefsrc)?.address ?? null,
    mtu: mtu || link.mtu,
  };
}

/** What the errors of a look-up mean (`net/ipv4/fib_semantics.c`, `fib_props`; `net/ipv6/route.c`, `ip6_rt_type_to_error`). */
const refusals: Readonly<Record<string, string>> = {
  ENETUNREACH: 'no route',
  EHOSTUNREACH: 'unreachable',
  EACCES: 'prohibit',
  EINVAL: 'blackhole',
  EAGAIN: 'throw',
};

/** What the kernel's errors say of a route for a packet that comes in, which may be refused for its source (`__fib_validate_source` in `net/ipv4/fib_frontend.c`). */
const refusalsOfSource: Readonly<Record<string, string>> = {
  EXDEV: 'reverse path filter',
  EINVAL: 'martian source',
};

/** The route that stands for a refused look-up; `undefined` when the error is another. */
export function refusedRoute(errno: string, { inLink }: RoutedPacket): Route | undefined {
  const reason = (inLink === undefined ? undefined : refusalsOfSource[errno]) ?? refusals[errno];
  return reason === undefined ? undefined : { kind: 'none', reason };
}

/** A packet as its route is asked for; its addresses are canonical. `inIndex` is the index of the interface that it comes in by. */
export function askedPacket(
  { to, from, mark, flow }: RoutedPacket,
  inIndex: number | undefined,
): AskedPacket {
  const destination = Uint8Array.from(addressBytes(to));
  return {
    family: familyNumbers[destination.length === 4 ? 'inet' : 'inet6'],
    to: destination,
    from: from === undefined ? undefined : Uint8Array.from(addressBytes(from)),
    inIndex,
    mark,
    flow,
  };
}

/** `00:00:5e:00:53:01`; `null` for loopback's zeros and for the IP addresses that tunnels have in this place. */
function macOf(bytes: Buffer | undefined): string | null {
  if (bytes?.length !== 6 || bytes.every((byte) => byte === 0)) return null;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** An address; `undefined` for one of another family, or that has not its family's length. */
function addressOf(
  number: number | undefined,
  bytes: Buffer | undefined,
): { readonly family: Family; readonly address: string } | undefined {
  const family = familyOfNumber(number ?? 0);
  if (family === 'inet' && bytes?.length === 4) return { family, address: formatInet(bytes) };
  if (family === 'inet6' && bytes?.length === 16) return { family, address: formatInet6(bytes) };
  return undefined;
}
