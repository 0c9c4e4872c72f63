/** The Internet checksum (RFC 1071) over bytes, and over another sum before them: 0 to 65535, as it stands in a header. */
export function internetChecksum(bytes: Uint8Array, before = 0): number {
  return ~fold(sumOfWords(bytes, before)) & 0xffff;
}

/** The sum of 16-bit words in network order, not yet folded; an odd last byte counts as if a zero followed. */
export function sumOfWords(bytes: Uint8Array, before = 0): number {
  let sum = before;
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  return sum;
}

function fold(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000);
  return folded;
}
