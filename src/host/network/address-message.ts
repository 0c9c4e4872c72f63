import type { LocalAddress } from '../../forwarding/network.ts';
import { formatInet, formatInet6 } from '../../ipvs/address.ts';
import { type Family, familyOfNumber } from '../../ipvs/family.ts';
import { attributesOf, numberOf, type Question, type RouteMessage } from './rtnetlink.ts';

/** `struct ifaddrmsg` and its attributes (`include/uapi/linux/if_addr.h`). */
const newAddress = 20;
const getAddress = 22;
const headerLength = 8;
const attribute = { address: 1, local: 2, flags: 8 } as const;
/** `IFA_F_DEPRECATED`. */
const deprecatedFlag = 0x20;
/** `IFA_F_DADFAILED`. */
const duplicateFlag = 0x08;

/** Numbers of `enum rt_scope_t` (`include/uapi/linux/rtnetlink.h`); those between are users' own and count as global. */
const scopes: ReadonlyMap<number, LocalAddress['scope']> = new Map([
  [200, 'site'],
  [253, 'link'],
  [254, 'host'],
]);

/** Asks for all addresses of both families. */
export function addressQuestion(): Question {
  return { type: getAddress, data: new Uint8Array(headerLength), isDump: true };
}

/** Reads an address; `nameOf` tells an interface by its index. `undefined` when the message tells of something else. */
export function readAddress(
  { type, data }: RouteMessage,
  nameOf: (index: number) => string,
): LocalAddress | undefined {
  if (type !== newAddress || data.length < headerLength) return undefined;
  const family = familyOfNumber(data.readUInt8(0));
  const attributes = attributesOf(data, headerLength);
  // Of a point-to-point interface the other attribute is the peer's address.
  const bytes = attributes.get(attribute.local) ?? attributes.get(attribute.address);
  const address = family && bytes && readIpAddress(family, bytes);
  if (family === undefined || address === undefined) return undefined;
  // The header has room for eight flags only.
  const flags = numberOf(attributes, attribute.flags) ?? data.readUInt8(2);
  return {
    family,
    address,
    prefixLength: data.readUInt8(1),
    link: nameOf(data.readUInt32LE(4)),
    scope: scopes.get(data.readUInt8(3)) ?? 'global',
    isDeprecated: (flags & deprecatedFlag) !== 0,
    isDuplicate: (flags & duplicateFlag) !== 0,
  };
}

/** Canonical text of an address; `undefined` when it has not its family's length. */
export function readIpAddress(family: Family, bytes: Buffer): string | undefined {
  if (family === 'inet') return bytes.length === 4 ? formatInet(bytes) : undefined;
  return bytes.length === 16 ? formatInet6(bytes) : undefined;
}
