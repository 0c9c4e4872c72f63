import type { Counter } from '../ipvs/counters.ts';
import { Damage } from './damage.ts';

/** Bytes of the longest number: 64 bits and one for the sign. */
const longestNumber = 10;

/** Reads what a `ByteWriter` has written. Throws a `Damage` where that is not what is there. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Whether all was read. */
  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** A whole number below 2^53. */
  count(): number {
    const first = this.#bytes[this.#at];
    if (first !== undefined && first < 0x80) {
      this.#at++;
      return first;
    }
    const value = this.#number();
    if (typeof value === 'bigint') throw new Damage('a number is too great');
    return value;
  }

  /** Where a step leads from that number. */
  stepFrom(value: Counter): Counter {
    const step = this.#number();
    if (typeof step === 'number' && typeof value === 'number') {
      const next = step % 2 === 0 ? value + step / 2 : value - (step + 1) / 2;
      if (Math.abs(next) <= Number.MAX_SAFE_INTEGER) return next;
    }
    const whole = BigInt(step);
    const next = BigInt(value) + (whole % 2n === 0n ? whole / 2n : -(whole + 1n) / 2n);
    return next >= BigInt(-Number.MAX_SAFE_INTEGER) && next <= BigInt(Number.MAX_SAFE_INTEGER)
      ? Number(next)
      : next;
  }

  /** Places in rising order, all of them below `end`. */
  places(end: number): number[] {
    const count = this.count();
    if (count > end) throw new Damage('it tells of more rows than there are');
    const places: number[] = [];
    let next = 0;
    for (let read = 0; read < count; read++) {
      const place = next + this.count();
      if (place >= end) throw new Damage('it tells of a row that is not there');
      places.push(place);
      next = place + 1;
    }
    return places;
  }

  fraction(): number {
    if (this.#at + 8 > this.#bytes.length) throw new Damage('it ends too soon');
    const value = this.#bytes.readDoubleLE(this.#at);
    this.#at += 8;
    return value;
  }

  text(): string {
    const length = this.count();
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new Damage('it ends too soon');
    const text = this.#bytes.toString('utf8', this.#at, end);
    this.#at = end;
    return text;
  }

  #number(): Counter {
    let value = 0;
    let unit = 1;
    const begin = this.#at;
    for (let length = 0; length < longestNumber; length++) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new Damage('it ends too soon');
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value <= Number.MAX_SAFE_INTEGER ? value : this.#large(begin);
      unit *= 0x80;
    }
    throw new Damage('a number has no end');
  }

  /** The number that was read, exactly. */
  #large(begin: number): bigint {
    let value = 0n;
    for (let at = this.#at - 1; at >= begin; at--)
      value = (value << 7n) | BigInt((this.#bytes[at] ?? 0) & 0x7f);
    return value;
  }
}
