import type { Route, RoutedPacket } from '../../forwarding/network.ts';
import { addressBytes } from '../../ipvs/address.ts';
import { type Family, familyNumbers, familyOfNumber } from '../../ipvs/family.ts';
import { readIpAddress } from './address-message.ts';
import { attributesOf, numberOf, type Question, type RouteMessage } from './rtnetlink.ts';

/** `struct rtmsg` and its attributes (`include/uapi/linux/rtnetlink.h`). */
const newRoute = 24;
const getRoute = 26;
const headerLength = 12;
const attribute = {
  destination: 1,
  source: 2,
  inInterface: 3,
  outInterface: 4,
  gateway: 5,
  preferredSource: 7,
  metrics: 8,
  mark: 16,
  via: 18,
  protocol: 27,
  sourcePort: 28,
  destinationPort: 29,
} as const;
/** `RTAX_MTU`, within the metrics. */
const mtuMetric = 2;

const unicast = 1;
const local = 2;
/** The other kinds of routes (`RTN_…`), all of which lead nowhere for a single packet. */
const deadEnds: ReadonlyMap<number, string> = new Map([
  [3, 'broadcast'],
  [4, 'anycast'],
  [5, 'multicast'],
  [6, 'blackhole'],
  [7, 'unreachable'],
  [8, 'prohibit'],
  [9, 'throw'],
]);

/** What the errors of a look-up mean (`net/ipv4/fib_semantics.c`, `fib_props`; `net/ipv6/route.c`, `ip6_rt_type_to_error`). */
const refusals: Readonly<Record<string, string>> = {
  ENETUNREACH: 'no route',
  EHOSTUNREACH: 'unreachable',
  EACCES: 'prohibit',
  EINVAL: 'blackhole',
  EAGAIN: 'throw',
};

/** Asks where a packet goes; its addresses are canonical. `inIndex` is the index of the interface that it comes in by. */
export function routeQuestion({ to, from, mark, flow }: RoutedPacket, inIndex: number | undefined): Question {
  const destination = Uint8Array.from(addressBytes(to));
  const source = from === undefined ? undefined : Uint8Array.from(addressBytes(from));
  const family: Family = destination.length === 4 ? 'inet' : 'inet6';
  const header = Buffer.alloc(headerLength);
  header.writeUInt8(familyNumbers[family], 0);
  header.writeUInt8(destination.length * 8, 1);
  if (source !== undefined) header.writeUInt8(source.length * 8, 2);
  const parts = [
    header,
    attributeOf(attribute.destination, destination),
    ...(source === undefined ? [] : [attributeOf(attribute.source, source)]),
    ...(inIndex === undefined ? [] : [attributeOf(attribute.inInterface, numberBytes(inIndex))]),
    ...(mark === undefined ? [] : [attributeOf(attribute.mark, numberBytes(mark))]),
    ...(flow === undefined
      ? []
      : [
          attributeOf(attribute.protocol, Uint8Array.of(flow.protocol)),
          attributeOf(attribute.sourcePort, portBytes(flow.fromPort)),
          attributeOf(attribute.destinationPort, portBytes(flow.toPort)),
        ]),
  ];
  return { type: getRoute, data: Buffer.concat(parts), isDump: false };
}

function attributeOf(type: number, value: Uint8Array): Buffer {
  const bytes = Buffer.alloc((4 + value.length + 3) & ~3);
  bytes.writeUInt16LE(4 + value.length, 0);
  bytes.writeUInt16LE(type, 2);
  bytes.set(value, 4);
  return bytes;
}

function numberBytes(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

function portBytes(port: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(port);
  return bytes;
}

/** What an interface adds to a route. */
export interface RouteLink {
  readonly name: string;
  readonly mtu: number;
}

/** Reads a route; `linkOf` tells an interface by its index. `undefined` when the message tells of something else. */
export function readRoute(
  { type, data }: RouteMessage,
  linkOf: (index: number) => RouteLink,
): Route | undefined {
  if (type !== newRoute || data.length < headerLength) return undefined;
  const family = familyOfNumber(data.readUInt8(0));
  if (family === undefined) return undefined;
  const kind = data.readUInt8(7);
  const attributes = attributesOf(data, headerLength);
  const link = linkOf(numberOf(attributes, attribute.outInterface) ?? 0);
  if (kind === local) return { kind: 'local', link: link.name };
  if (kind !== unicast) return { kind: 'none', reason: deadEnds.get(kind) ?? `route of kind ${kind}` };
  const source = attributes.get(attribute.preferredSource);
  const metrics = attributes.get(attribute.metrics);
  const ownMtu = metrics && numberOf(attributesOf(metrics, 0), mtuMetric);
  return {
    kind: 'unicast',
    link: link.name,
    via: readGateway(family, attributes) ?? null,
    source: (source && readIpAddress(family, source)) ?? null,
    mtu: ownMtu || link.mtu,
  };
}

/** The same of a packet that comes in, which may be refused for its source (`__fib_validate_source` in `net/ipv4/fib_frontend.c`). */
const refusalsOfSource: Readonly<Record<string, string>> = {
  EXDEV: 'reverse path filter',
  EINVAL: 'martian source',
};

/** The route that stands for a refused look-up; `undefined` when the error is another. */
export function refusedRoute(errno: string, { inLink }: RoutedPacket): Route | undefined {
  const reason = (inLink === undefined ? undefined : refusalsOfSource[errno]) ?? refusals[errno];
  return reason === undefined ? undefined : { kind: 'none', reason };
}

/** An IPv4 route may lead through an IPv6 gateway, which stands in an attribute of its own (`struct rtvia`). */
function readGateway(family: Family, attributes: ReadonlyMap<number, Buffer>): string | undefined {
  const gateway = attributes.get(attribute.gateway);
  if (gateway !== undefined) return readIpAddress(family, gateway);
  const via = attributes.get(attribute.via);
  const viaFamily = via && via.length > 2 ? familyOfNumber(via.readUInt16LE()) : undefined;
  return viaFamily && via && readIpAddress(viaFamily, via.subarray(2));
}
