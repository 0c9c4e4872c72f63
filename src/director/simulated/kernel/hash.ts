import { addressBytes } from '../../../ipvs/address.ts';

/** Spreads a 32-bit number over all 32 bits; equal inputs give equal outputs, neighbours unrelated ones. */
export function mix(number: number): number {
  let value = number | 0;
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

/** A 32-bit number made of a text and a seed, the same in every run. */
export function hashText(text: string, seed = 0): number {
  let value = 0x811c9dc5 ^ seed;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return mix(value);
}

/** An address as its words of 32 bits folded into one, as the kernel's schedulers see it. */
export function foldedAddress(address: string): number {
  return (
    addressBytes(address).reduce((folded, byte, index) => folded ^ (byte << (24 - (index % 4) * 8)), 0) >>> 0
  );
}
