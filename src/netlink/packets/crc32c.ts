/** The polynomial of CRC-32C (Castagnoli), its bits reversed. */
const polynomial = 0x82f63b78;

/** CRC-32C of bytes, which SCTP has for a checksum (RFC 9260, appendix A); it stands in the header least byte first. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
  }
  return ~crc >>> 0;
}
