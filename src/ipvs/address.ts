import ipaddr from 'ipaddr.js';
import type { Family } from './family.ts';

/** What an address is good for; only `unicast` can be a real server or a virtual address in every case. */
export type AddressKind =
  | 'unicast'
  | 'unspecified'
  | 'multicast'
  | 'broadcast'
  | 'link-local'
  | 'loopback'
  | 'IPv4-mapped';

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
  if (inetNumber(text) >= 0) return { family: 'inet', text };
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
  const number = inetNumber(text);
  if (number < 0) return ipaddr.parse(text).toByteArray();
  return [number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255];
}

const zero = 0x30;
const dot = 0x2e;

/**
 * An IPv4 address as one number of 32 bits, from four decimal parts without leading zeros; -1 for any other text. By
 * hand, and without an array of parts, since a saved table has ten thousand of them that are looked at many times.
 */
export function inetNumber(text: string): number {
  let number = 0;
  let parts = 0;
  let part = -1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === dot) {
      if (part < 0 || parts === 3) return -1;
      number = number * 256 + part;
      parts++;
      part = -1;
    } else {
      const digit = code - zero;
      if (digit < 0 || digit > 9 || part === 0) return -1;
      part = part < 0 ? digit : part * 10 + digit;
      if (part > 255) return -1;
    }
  }
  return part < 0 || parts !== 3 ? -1 : number * 256 + part;
}

/** Tells what kind of address it is. `text` must be a valid address. */
export function addressKind(text: string): AddressKind {
  const number = inetNumber(text);
  if (number >= 0) return inetKind(number);
  switch (ipaddr.parse(text).range()) {
    case 'unspecified':
      return 'unspecified';
    case 'multicast':
      return 'multicast';
    case 'linkLocal':
      return 'link-local';
    case 'loopback':
      return 'loopback';
    case 'ipv4Mapped':
      return 'IPv4-mapped';
    default:
      return 'unicast';
  }
}

function inetKind(number: number): AddressKind {
  const first = number >>> 24;
  if (first === 0) return 'unspecified';
  if (first === 127) return 'loopback';
  if (first >= 224 && first < 240) return 'multicast';
  if (number >>> 16 === 0xa9fe) return 'link-local';
  return number === 0xffffffff ? 'broadcast' : 'unicast';
}

/** Order for showing: IPv4 before IPv6, then by the numbers in the address. */
export function compareAddresses(left: string, right: string): number {
  const leftNumber = inetNumber(left);
  const rightNumber = inetNumber(right);
  if (leftNumber >= 0 && rightNumber >= 0) return leftNumber - rightNumber;
  const a = addressBytes(left);
  const b = addressBytes(right);
  if (a.length !== b.length) return a.length - b.length;
  for (let index = 0; index < a.length; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
