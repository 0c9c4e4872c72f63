import type { Link } from '../../forwarding/network.ts';
import { visible } from '../../ipvs/visible.ts';
import { attributesOf, numberOf, type Question, type RouteMessage } from './rtnetlink.ts';

/** `struct ifinfomsg` and its attributes (`include/uapi/linux/rtnetlink.h`, `if_link.h`). */
const newLink = 16;
const getLink = 18;
const headerLength = 16;
const attribute = { address: 1, name: 3, mtu: 4, information: 18 } as const;
/** `IFLA_INFO_KIND`, within the information. */
const kindAttribute = 1;
/** `IFF_UP`, `IFF_LOOPBACK`, `IFF_LOWER_UP` (`include/uapi/linux/if.h`). */
const flag = { up: 1, loopback: 8, carrier: 0x10000 } as const;

/** Asks for all interfaces. */
export function linkQuestion(): Question {
  return { type: getLink, data: new Uint8Array(headerLength), isDump: true };
}

/** Reads an interface; `undefined` when the message tells of something else. */
export function readLink({ type, data }: RouteMessage): Link | undefined {
  if (type !== newLink || data.length < headerLength) return undefined;
  const attributes = attributesOf(data, headerLength);
  const name = attributes.get(attribute.name);
  if (name === undefined) return undefined;
  const flags = data.readUInt32LE(8);
  const information = attributes.get(attribute.information);
  const kind = information && attributesOf(information, 0).get(kindAttribute);
  return {
    name: readName(name),
    index: data.readInt32LE(4),
    kind: kind === undefined ? null : readName(kind),
    isLoopback: (flags & flag.loopback) !== 0,
    isUp: (flags & flag.up) !== 0,
    hasCarrier: (flags & flag.carrier) !== 0,
    mac: readMac(attributes.get(attribute.address)),
    mtu: numberOf(attributes, attribute.mtu) ?? 0,
  };
}

/** `00:00:5e:00:53:01`; `null` for loopback's zeros and for the IP addresses that tunnels have in this place. */
export function readMac(bytes: Buffer | undefined): string | null {
  if (bytes?.length !== 6 || bytes.every((byte) => byte === 0)) return null;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

function readName(bytes: Buffer): string {
  return visible(bytes.toString('utf8').replace(/\0.*$/s, ''));
}
