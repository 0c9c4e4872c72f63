import { addressBytes, inetNumber } from './address.ts';

/** Whether an address lies in the subnet of `network`, both in canonical text. Addresses of two families never do. */
export function isInSubnet(address: string, network: string, prefixLength: number): boolean {
  const number = inetNumber(address);
  const otherNumber = inetNumber(network);
  if (number >= 0 && otherNumber >= 0) {
    return prefixLength === 0 || (number ^ otherNumber) >>> (32 - prefixLength) === 0;
  }
  const bytes = addressBytes(address);
  const others = addressBytes(network);
  if (bytes.length !== others.length) return false;
  return others.every((other, index) => {
    const bits = Math.min(8, Math.max(0, prefixLength - 8 * index));
    return ((bytes[index] ?? 0) ^ other) >> (8 - bits) === 0;
  });
}
