import { formatInet, inetNumber } from './address.ts';
import type { Family } from './family.ts';

/**
 * Granularity with which clients are grouped for persistence, as the kernel holds it: IPv4 a 32-bit mask
 * (unsigned, host order), IPv6 a prefix length from 1 to 128.
 */
export type Netmask = number;

/** The mask that keeps every client apart. */
export function fullNetmask(family: Family): Netmask {
  return family === 'inet' ? 0xffffffff : 128;
}

/** `255.255.255.0` for IPv4, `64` for IPv6, as ipvsadm writes them. */
export function formatNetmask(family: Family, netmask: Netmask): string {
  if (family === 'inet6') return String(netmask);
  return formatInet(Uint8Array.of(netmask >>> 24, netmask >>> 16, netmask >>> 8, netmask));
}

/**
 * Reads a mask: IPv4 as `255.255.255.0`, any four parts, or a prefix length from 1 to 32, IPv6 as a prefix length from
 * 1 to 128. `undefined` for anything else.
 */
export function parseNetmask(family: Family, text: string): Netmask | undefined {
  const prefix = /^\/?(\d{1,3})$/.exec(text)?.[1];
  const limit = family === 'inet' ? 32 : 128;
  if (prefix !== undefined) {
    const length = Number(prefix);
    if (length < 1 || length > limit) return undefined;
    return family === 'inet' ? (0xffffffff << (32 - length)) >>> 0 : length;
  }
  const mask = family === 'inet' ? inetNumber(text) : -1;
  return mask < 0 ? undefined : mask;
}
