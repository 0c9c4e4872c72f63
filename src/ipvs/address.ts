import ipaddr from 'ipaddr.js';
import type { Family } from './family.ts';

/** What an address is good for; only `unicast` can be a real server or a virtual address in every case. */
export type AddressKind = 'unicast' | 'unspecified' | 'multicast' | 'broadcast' | 'link-local' | 'loopback';

/** An IP address with its family, in canonical text (IPv6 by RFC 5952). */
export interface Address {
  readonly family: Family;
  readonly text: string;
}

/**
 * Reads an IPv4 address in four decimal parts or an IPv6 address without zone or brackets.
 * Returns `undefined` for anything else: the shorter and octal IPv4 spellings that some libraries take are
 * refused, since they hide typing mistakes.
 */
export function parseAddress(text: string): Address | undefined {
  if (inetBytes(text) !== undefined) return { family: 'inet', text };
  if (text.includes(':') && !text.includes('%') && ipaddr.IPv6.isValid(text)) {
    return { family: 'inet6', text: formatInet6(ipaddr.IPv6.parse(text).toByteArray()) };
  }
  return undefined;
}

/** Canonical text of 4 bytes in network order, starting at `offset`. */
export function formatInet(bytes: Uint8Array, offset = 0): string {
  return `${bytes[offset]}.${bytes[offset + 1]}.${bytes[offset + 2]}.${bytes[offset + 3]}`;
}

/** Canonical text (RFC 5952) of 16 bytes in network order. */
export function formatInet6(bytes: ArrayLike<number>): string {
  return ipaddr.fromByteArray(Array.from(bytes)).toString();
}

/** Bytes of a canonical address in network order: 4 for IPv4, 16 for IPv6. Throws when it is no address. */
export function addressBytes(text: string): number[] {
  return inetBytes(text) ?? ipaddr.parse(text).toByteArray();
}

const zero = 0x30;
const dot = 0x2e;

/**
 * The four bytes of four decimal parts without leading zeros; `undefined` for anything else. By hand, since a saved
 * table has ten thousand of them and the library takes each one apart twice.
 */
function inetBytes(text: string): number[] | undefined {
  const bytes: number[] = [];
  let part = -1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === dot) {
      if (part < 0 || bytes.length === 3) return undefined;
      bytes.push(part);
      part = -1;
    } else {
      const digit = code - zero;
      if (digit < 0 || digit > 9 || part === 0) return undefined;
      part = part < 0 ? digit : part * 10 + digit;
      if (part > 255) return undefined;
    }
  }
  if (part < 0 || bytes.length !== 3) return undefined;
  bytes.push(part);
  return bytes;
}

/** Tells what kind of address it is. `text` must be a valid address. */
export function addressKind(text: string): AddressKind {
  const bytes = inetBytes(text);
  if (bytes !== undefined) return inetKind(bytes);
  switch (ipaddr.parse(text).range()) {
    case 'unspecified':
      return 'unspecified';
    case 'multicast':
      return 'multicast';
    case 'linkLocal':
      return 'link-local';
    case 'loopback':
      return 'loopback';
    default:
      return 'unicast';
  }
}

function inetKind([first = 0, second = 0, third = 0, last = 0]: readonly number[]): AddressKind {
  if (first === 0) return 'unspecified';
  if (first === 127) return 'loopback';
  if (first >= 224 && first < 240) return 'multicast';
  if (first === 169 && second === 254) return 'link-local';
  return first === 255 && second === 255 && third === 255 && last === 255 ? 'broadcast' : 'unicast';
}

/** Order for showing: IPv4 before IPv6, then by the numbers in the address. */
export function compareAddresses(left: string, right: string): number {
  const a = addressBytes(left);
  const b = addressBytes(right);
  if (a.length !== b.length) return a.length - b.length;
  for (let index = 0; index < a.length; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether an address lies in the subnet of another, both canonical; never when their families differ. */
export function isInSubnet(address: string, subnet: string, prefixLength: number): boolean {
  const bytes = addressBytes(address);
  const network = addressBytes(subnet);
  if (bytes.length !== network.length) return false;
  return bytes.every((byte, index) => {
    const bits = Math.min(8, Math.max(0, prefixLength - index * 8));
    return ((byte ^ (network[index] ?? 0)) & (0xff00 >> bits) & 0xff) === 0;
  });
}
