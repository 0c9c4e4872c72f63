import { formatInet, formatInet6 } from '../ipvs/address.ts';
import type { Family } from '../ipvs/family.ts';

/** Distinct addresses remembered before starting anew: more than the largest directors have. */
const capacity = 100_000;

/**
 * Texts of addresses that were read before. A sweep meets the same addresses every second, and formatting
 * them is most of what decoding a row would cost.
 */
export class AddressCache {
  readonly #inet = new Map<number, string>();
  readonly #inet6 = new Map<string, string>();

  /** Canonical text of the address at `bytes`, which holds 4 (IPv4) or 16 bytes at least. */
  text(family: Family, bytes: Uint8Array): string {
    return family === 'inet' ? this.#textOfInet(bytes) : this.#textOfInet6(bytes);
  }

  #textOfInet(bytes: Uint8Array): string {
    const key =
      (((bytes[0] ?? 0) << 24) | ((bytes[1] ?? 0) << 16) | ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0)) >>> 0;
    let text = this.#inet.get(key);
    if (text === undefined) {
      if (this.#inet.size >= capacity) this.#inet.clear();
      text = formatInet(bytes);
      this.#inet.set(key, text);
    }
    return text;
  }

  #textOfInet6(bytes: Uint8Array): string {
    const key = Buffer.from(bytes.buffer, bytes.byteOffset, 16).toString('latin1');
    let text = this.#inet6.get(key);
    if (text === undefined) {
      if (this.#inet6.size >= capacity) this.#inet6.clear();
      text = formatInet6(bytes.subarray(0, 16));
      this.#inet6.set(key, text);
    }
    return text;
  }
}
