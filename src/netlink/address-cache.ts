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

  /** Canonical text of the address at that place, where 4 (IPv4) or 16 bytes at least are left. */
  text(family: Family, view: DataView, at: number): string {
    return family === 'inet' ? this.#textOfInet(view, at) : this.#textOfInet6(view, at);
  }

  #textOfInet(view: DataView, at: number): string {
    const key = view.getUint32(at);
    let text = this.#inet.get(key);
    if (text === undefined) {
      if (this.#inet.size >= capacity) this.#inet.clear();
      text = formatInet(bytesAt(view, at, 4));
      this.#inet.set(key, text);
    }
    return text;
  }

  #textOfInet6(view: DataView, at: number): string {
    const bytes = bytesAt(view, at, 16);
    const key = bytes.toString('latin1');
    let text = this.#inet6.get(key);
    if (text === undefined) {
      if (this.#inet6.size >= capacity) this.#inet6.clear();
      text = formatInet6(bytes);
      this.#inet6.set(key, text);
    }
    return text;
  }
}

function bytesAt({ buffer, byteOffset }: DataView, at: number, count: number): Buffer {
  return Buffer.from(buffer, byteOffset + at, count);
}
