import { addressBytes, formatInet, formatInet6, inetNumber } from './address.ts';

/** Whether an address lies in the subnet of `network`, both in canonical text. Addresses of two families never do. */
export function isInSubnet(address: string, network: string, prefixLength: number): boolean {
  const number = inetNumber(address);
  const otherNumber = inetNumber(network);
  if (number >= 0 && otherNumber >= 0) {
    return prefixLength === 0 || (number ^ otherNumber) >>> (32 - prefixLength) === 0;
  }
  if (number >= 0 || otherNumber >= 0) return false;
  const bytes = addressBytes(address);
  const others = addressBytes(network);
  if (bytes.length !== others.length) return false;
  return others.every((other, index) => {
    const bits = Math.min(8, Math.max(0, prefixLength - 8 * index));
    return ((bytes[index] ?? 0) ^ other) >> (8 - bits) === 0;
  });
}

/** The first address of the subnet that an address is in: `10.0.0.0` for `10.0.0.10` and 24. */
export function networkAddress(address: string, prefixLength: number): string {
  const bytes = addressBytes(address).map((byte, index) => {
    const bits = Math.min(8, Math.max(0, prefixLength - 8 * index));
    return byte & (0xff00 >> bits);
  });
  const masked = bytes.map((byte) => byte & 0xff);
  return masked.length === 4 ? formatInet(Uint8Array.from(masked)) : formatInet6(masked);
}
