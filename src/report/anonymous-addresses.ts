import { createHmac } from 'node:crypto';

/** First octets of which parts mean something by themselves: private, shared, link-local, documentation. */
const meaningful = [10, 100, 169, 172, 192, 198, 203];
/** Second octets that mean something, by the first octet; an address stays within its group. */
const groups: Readonly<Record<number, readonly (readonly [from: number, to: number])[]>> = {
  100: [[64, 127]],
  169: [[254, 254]],
  172: [[16, 31]],
  192: [
    [0, 0],
    [168, 168],
  ],
  198: [
    [18, 19],
    [51, 51],
  ],
  203: [[0, 0]],
};

/**
 * Replaces addresses by others: the same address always by the same one, and no two by one. Addresses that share a
 * prefix share one of the same length afterwards, so that networks stay networks (as Crypto-PAn does; here /8, /16 and
 * longer ones, of IPv6 /3 and longer). Private, shared, link-local and multicast addresses stay that; loopback,
 * `0.0.0.0`, `::`, and what reads as a netmask stay as they are. Without the key nobody can find the way back.
 */
export class AnonymousAddresses {
  readonly #key: Uint8Array;
  readonly #bits = new Map<string, number>();
  readonly #orders = new Map<string, readonly number[]>();

  /** `key` are random bytes that nobody keeps. */
  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** Replaces an IPv4 address of four octets. */
  inet(octets: readonly number[]): number[] {
    const [first = 0, second = 0, third = 0, fourth = 0] = octets;
    if (first === 0 || first === 127 || first >= 224) return [...octets];
    const isMeaningful = meaningful.includes(first);
    const others = Array.from({ length: 223 }, (_, place) => place + 1).filter(
      (octet) => octet !== 127 && !meaningful.includes(octet),
    );
    const head = isMeaningful ? first : this.#ordered('4', others, first);
    const within = this.#second(first, second);
    const before = `4/${first}.${second}`;
    const [newThird, newFourth] = this.#flipped(before, [third, fourth], 0);
    return [head, within, newThird ?? 0, newFourth ?? 0];
  }

  /** Replaces an IPv6 address of sixteen octets. */
  inet6(octets: readonly number[]): number[] {
    const [first = 0, second = 0] = octets;
    if (octets.slice(0, 15).every((octet) => octet === 0) && (octets[15] ?? 0) <= 1) return [...octets];
    const isMapped =
      octets.slice(0, 10).every((octet) => octet === 0) && octets[10] === 255 && octets[11] === 255;
    if (isMapped) return [...octets.slice(0, 12), ...this.inet(octets.slice(12))];
    return this.#flipped('6', octets, keptBits(first, second));
  }

  #second(first: number, second: number): number {
    const own = groups[first];
    if (own === undefined) return this.#flipped(`4/${first}`, [second], 0)[0] ?? 0;
    const group = own.find(([from, to]) => second >= from && second <= to);
    if (group !== undefined) {
      const [from, to] = group;
      // A group is a network: its length is a power of two.
      return from + ((this.#flipped(`4/${first}`, [second - from], 0)[0] ?? 0) % (to - from + 1));
    }
    const others = Array.from({ length: 256 }, (_, octet) => octet).filter(
      (octet) => !own.some(([from, to]) => octet >= from && octet <= to),
    );
    return this.#ordered(`4/${first}`, others, second);
  }

  /** Flips each bit or leaves it, depending on the bits before it; the first `kept` bits always stay. */
  #flipped(before: string, octets: readonly number[], kept: number): number[] {
    let prefix = before;
    return octets.map((octet, place) => {
      let flipped = 0;
      for (let bit = 7; bit >= 0; bit--) {
        const own = (octet >> bit) & 1;
        const isKept = place * 8 + (7 - bit) < kept;
        flipped |= (isKept ? own : own ^ this.#bit(prefix)) << bit;
        prefix += own;
      }
      return flipped;
    });
  }

  #bit(prefix: string): number {
    const known = this.#bits.get(prefix);
    if (known !== undefined) return known;
    const bit = (this.#digest(prefix)[0] ?? 0) & 1;
    this.#bits.set(prefix, bit);
    return bit;
  }

  /** Maps a value to another one of `values`, each to a different one, in an order that only the key knows. */
  #ordered(name: string, values: readonly number[], value: number): number {
    let order = this.#orders.get(name);
    if (order === undefined) {
      const rank = new Map(values.map((one) => [one, this.#digest(`${name} order ${one}`).toString('hex')]));
      order = [...values].sort((left, right) => ((rank.get(left) ?? '') < (rank.get(right) ?? '') ? -1 : 1));
      this.#orders.set(name, order);
    }
    return order[values.indexOf(value)] ?? value;
  }

  #digest(text: string): Buffer {
    return createHmac('sha256', this.#key).update(text).digest();
  }
}

/** How many first bits of an IPv6 address say what kind it is. */
function keptBits(first: number, second: number): number {
  if (first === 0xff) return 104;
  if (first === 0xfe && second >> 6 === 2) return 64;
  return first >> 5 === 1 ? 3 : 8;
}
