import { isInetWords } from '../director/connection-table.ts';
import { mix } from '../director/simulated/kernel/hash.ts';
import type { Random } from '../director/simulated/random.ts';
import type { Family } from '../ipvs/family.ts';
import type { Netmask } from '../ipvs/netmask.ts';

/**
 * A client's address as four 32-bit words, as the connection table has it, and how often it comes relative to the
 * others.
 */
export interface KnownClient {
  readonly words: Uint32Array;
  readonly weight: number;
}

/** The networks that clients are grouped into by a persistence netmask, numbered from 0. */
export interface ClientNetworks {
  /** The number of each client's network. */
  readonly ofClient: Int32Array;
  readonly length: number;
  /** The number of the network that an address is in; `undefined` where no client is. */
  find(words: Uint32Array): number | undefined;
}

/** Who the clients of a service are, and how often each comes. */
export class ClientSpread {
  readonly #clients: readonly KnownClient[];
  readonly #sums: Float64Array;
  readonly #sources: Uint32Array;

  constructor(clients: readonly KnownClient[]) {
    this.#clients = clients;
    this.#sums = new Float64Array(clients.length);
    this.#sources = Uint32Array.from(clients, ({ words }) => foldedWords(words));
    let sum = 0;
    for (const [place, { weight }] of clients.entries()) {
      sum += weight;
      this.#sums[place] = sum;
    }
  }

  get length(): number {
    return this.#clients.length;
  }

  /** Draws a client at random, by how often each comes; gives its place. */
  draw(random: Random): number {
    const wanted = random.uniform() * (this.#sums.at(-1) ?? 0);
    let low = 0;
    let high = this.#sums.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sums[middle] ?? 0) > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The address of a client. */
  words(client: number): Uint32Array {
    return this.#clients[client]?.words ?? new Uint32Array(4);
  }

  /** A client's address folded to 32 bits, as sh hashes it. */
  source(client: number): number {
    return this.#sources[client] ?? 0;
  }

  /** Groups the clients by a persistence netmask. */
  networks(family: Family, netmask: Netmask): ClientNetworks {
    const numbers = new Map<string, number>();
    const ofClient = Int32Array.from(this.#clients, ({ words }) => {
      const key = networkKey(words, family, netmask);
      const number = numbers.get(key) ?? numbers.size;
      numbers.set(key, number);
      return number;
    });
    return {
      ofClient,
      length: numbers.size,
      find: (words) => numbers.get(networkKey(words, family, netmask)),
    };
  }
}

/** Makes up `count` clients that come equally often, eight in each network of 256 addresses (IPv4). */
export function assumedClients(count: number, family: Family): KnownClient[] {
  return Array.from({ length: count }, (_, client) => {
    const network = mix(client >>> 3);
    const words =
      family === 'inet'
        ? Uint32Array.of(0, 0, 0xffff, ((network & 0xffffff00) | ((client * 31) & 0xff)) >>> 0)
        : Uint32Array.of(0x20010db8, network, 0, client + 1);
    return { words, weight: 1 };
  });
}

/** Folds a client's address to 32 bits, as `foldedAddress` does with its text. */
function foldedWords(words: Uint32Array): number {
  const [first = 0, second = 0, third = 0, fourth = 0] = words;
  return isInetWords(words) ? fourth : (first ^ second ^ third ^ fourth) >>> 0;
}

function networkKey(words: Uint32Array, family: Family, netmask: Netmask): string {
  if (family === 'inet') return String(((words[3] ?? 0) & netmask) >>> 0);
  return Array.from(words, (word, place) => {
    const bits = Math.min(32, Math.max(0, netmask - place * 32));
    return bits === 0 ? 0 : word >>> (32 - bits);
  }).join(' ');
}
