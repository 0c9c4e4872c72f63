import { type Counter, counterDifference } from '../ipvs/counters.ts';

/** Numbers put together as bytes; `ByteReader` reads them back. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(4096);
  #length = 0;

  /** What was written so far, a part of the writer's own memory: good until something is written again. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** A whole number from 0 on, the smaller the shorter: seven bits a byte, the lowest first (LEB128). */
  count(value: Counter): void {
    this.#reserve(20);
    if (typeof value === 'bigint' && value > BigInt(Number.MAX_SAFE_INTEGER)) {
      this.#large(value);
      return;
    }
    let left = Number(value);
    while (left >= 0x80) {
      this.#bytes[this.#length++] = (left % 0x80) | 0x80;
      left = Math.floor(left / 0x80);
    }
    this.#bytes[this.#length++] = left;
  }

  /**
   * The step from one number to another, up or down: twice the difference, for a fall twice its size less one (zigzag).
   */
  step(from: Counter, to: Counter): void {
    if (typeof from === 'bigint' || typeof to === 'bigint') {
      const difference = BigInt(to) - BigInt(from);
      this.count(difference < 0n ? -2n * difference - 1n : 2n * difference);
      return;
    }
    const difference = counterDifference(to, from);
    if (Math.abs(difference) > Number.MAX_SAFE_INTEGER / 4) this.step(BigInt(from), BigInt(to));
    else this.count(difference < 0 ? -2 * difference - 1 : 2 * difference);
  }

  /** Places in rising order, each as the gap to the one before, behind how many they are. */
  places(places: readonly number[]): void {
    this.count(places.length);
    let next = 0;
    for (const place of places) {
      this.count(place - next);
      next = place + 1;
    }
  }

  /** A number with fractions, or none (NaN). */
  fraction(value: number): void {
    this.#reserve(8);
    this.#length = this.#bytes.writeDoubleLE(value, this.#length);
  }

  /** A text behind its length in bytes. */
  text(text: string): void {
    this.count(Buffer.byteLength(text));
    this.plain(text);
  }

  /** A text without its length. */
  plain(text: string): void {
    this.#reserve(Buffer.byteLength(text));
    this.#length += this.#bytes.write(text, this.#length);
  }

  #large(value: bigint): void {
    let left = value;
    for (; left >= 0x80n; left >>= 7n) this.#bytes[this.#length++] = Number(left & 0x7fn) | 0x80;
    this.#bytes[this.#length++] = Number(left);
  }

  #reserve(length: number): void {
    const needed = this.#length + length;
    if (needed <= this.#bytes.length) return;
    const longer = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(longer, 0, 0, this.#length);
    this.#bytes = longer;
  }
}
