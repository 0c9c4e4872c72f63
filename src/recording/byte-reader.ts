import { Damage } from './damage.ts';

/** Most bytes of a number: 64 bits and one for the sign, at seven bits a byte. */
const longestNumber = 10;

const nothingLarge: ReadonlyMap<number, bigint> = new Map();

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
    const value = this.#exact();
    if (value > Number.MAX_SAFE_INTEGER) throw new Damage('a number is too great');
    return value;
  }

  /**
   * Reads `count` steps into the beginning of a list. A step that is no exact number is NaN there, and stands by its
   * place in the map that comes back. Steps are read by the list since a single one that may be a bigint would be an
   * object each.
   */
  steps(count: number, steps: Float64Array): ReadonlyMap<number, bigint> {
    let large: Map<number, bigint> | undefined;
    for (let read = 0; read < count; read++) {
      const first = this.#bytes[this.#at] ?? 0x80;
      const second = first < 0x80 ? 0 : (this.#bytes[this.#at + 1] ?? 0x80);
      if (second < 0x80) {
        this.#at += first < 0x80 ? 1 : 2;
        const step = first < 0x80 ? first : (first & 0x7f) | (second << 7);
        steps[read] = (step & 1) === 0 ? step >> 1 : -((step + 1) >> 1);
        continue;
      }
      const begin = this.#at;
      const step = this.#exact();
      if (step <= Number.MAX_SAFE_INTEGER) steps[read] = step % 2 === 0 ? step / 2 : -(step + 1) / 2;
      else {
        const whole = this.#large(begin);
        large ??= new Map();
        large.set(read, whole % 2n === 0n ? whole / 2n : -(whole + 1n) / 2n);
        steps[read] = Number.NaN;
      }
    }
    return large ?? nothingLarge;
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

  /** A number, exact up to `MAX_SAFE_INTEGER`; of a greater one only that it is greater is certain. */
  #exact(): number {
    let value = 0;
    let unit = 1;
    for (let length = 0; length < longestNumber; length++) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new Damage('it ends too soon');
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
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
