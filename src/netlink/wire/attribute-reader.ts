import { decodeKernelText } from './kernel-text.ts';
import { align, littleEndian } from './message.ts';

const typeMask = 0x3fff;

/** The 64 bits of two halves: a number while it is exact, else a bigint. Of most counters the higher half is 0. */
export function joinHalves(high: number, low: number): number | bigint {
  if (high === 0) return low;
  return high < 0x20_0000 ? high * 0x1_0000_0000 + low : (BigInt(high) << 32n) | BigInt(low);
}

/**
 * Walks the attributes of a message or nest in place, without an object for each: after `next()` returned true, `type`,
 * `start` and `length` describe the attribute, and `u8()` to `nest()` read its payload. A reader serves one message
 * after the other. A length that does not fit throws a `RangeError`.
 */
export class AttributeReader {
  readonly view: DataView;
  /** The bytes of `view`. */
  readonly octets: Uint8Array;
  /** The words of `view`, 4 bytes each, in the machine's byte order; the view begins at a multiple of 4. */
  readonly words: Uint32Array;
  /** Where the attributes begin and end. */
  first = 0;
  end = 0;
  type = 0;
  start = 0;
  length = 0;
  #at = 0;
  #inner: AttributeReader | undefined;

  constructor(view: DataView) {
    this.view = view;
    this.octets = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    this.words = new Uint32Array(view.buffer, view.byteOffset, view.byteLength >>> 2);
  }

  /** Goes to the attributes between two places of the view. */
  enter(start: number, end: number): this {
    if (end < start) throw new RangeError(`attributes that end ${start - end} bytes before they begin`);
    this.first = start;
    this.#at = start;
    this.end = end;
    return this;
  }

  next(): boolean {
    if (this.#at + 4 > this.end) return false;
    const size = this.view.getUint16(this.#at, littleEndian);
    if (size < 4 || this.#at + size > this.end)
      throw new RangeError(`attribute of ${size} bytes at ${this.#at} of ${this.end}`);
    this.type = this.view.getUint16(this.#at + 2, littleEndian) & typeMask;
    this.start = this.#at + 4;
    this.length = size - 4;
    this.#at += align(size);
    return true;
  }

  /** Goes on to the next attribute of that type; false when there is none. */
  find(type: number): boolean {
    while (this.next()) if (this.type === type) return true;
    return false;
  }

  u8(): number {
    this.#need(1);
    return this.view.getUint8(this.start);
  }

  u16(): number {
    this.#need(2);
    return this.view.getUint16(this.start, littleEndian);
  }

  /** 16 bits in network order. */
  be16(): number {
    this.#need(2);
    return this.view.getUint16(this.start);
  }

  u32(): number {
    this.#need(4);
    return this.view.getUint32(this.start, littleEndian);
  }

  i32(): number {
    this.#need(4);
    return this.view.getInt32(this.start, littleEndian);
  }

  /** 32 bits in network order. */
  be32(): number {
    this.#need(4);
    return this.view.getUint32(this.start);
  }

  /** 64 bits: a number while it is exact, else a bigint. */
  u64(): number | bigint {
    this.#need(8);
    const high = this.view.getUint32(littleEndian ? this.start + 4 : this.start, littleEndian);
    const low = this.view.getUint32(littleEndian ? this.start : this.start + 4, littleEndian);
    return joinHalves(high, low);
  }

  /** Text up to its closing NUL, see `decodeKernelText`. */
  string(): string {
    const bytes = this.bytes(this.length);
    const nul = bytes.indexOf(0);
    return decodeKernelText(nul < 0 ? bytes : bytes.subarray(0, nul));
  }

  /** Where the payload begins. Throws a `RangeError` where it has fewer than `count` bytes. */
  place(count: number): number {
    this.#need(count);
    return this.start;
  }

  /** The first `count` bytes of the payload, in place. */
  bytes(count: number): Uint8Array {
    this.#need(count);
    return new Uint8Array(this.view.buffer, this.view.byteOffset + this.start, count);
  }

  /** A reader of the attributes nested in this one, or at another place; good until `nest` is called again. */
  nest(start = this.start, length = this.length): AttributeReader {
    this.#inner ??= new AttributeReader(this.view);
    return this.#inner.enter(start, start + length);
  }

  #need(count: number): void {
    if (this.length < count)
      throw new RangeError(`attribute ${this.type} has ${this.length} bytes, ${count} needed`);
  }
}
