import { networkAddress } from '../ipvs/subnet.ts';
import type { NetworkLengths } from './connection-count.ts';
import type { SampledPacket } from './packet-source.ts';

/** A rate, and how far off it may be: 95 times in a hundred at least, by no more. */
export interface RateEstimate {
  readonly value: number;
  readonly error: number;
}

/** What a client, or a network of clients, sends. */
export interface ClientRate {
  readonly name: string;
  /** Packets a second. */
  readonly packets: RateEstimate;
  /** Bits a second, from the IP header on. */
  readonly bits: RateEstimate;
  /** TCP connections begun a second. */
  readonly openings: RateEstimate;
  /** Mean size of a packet in bytes. */
  readonly size: number;
  /** Number of its packets in the sample. */
  readonly seen: number;
}

/** The numbers that clients can be ranked by. */
export const rateNumbers = ['packets', 'bits', 'openings'] as const;
/** One of `rateNumbers`. */
export type RateNumber = (typeof rateNumbers)[number];

/** Rates are over this many seconds up to now. */
const windowSeconds = 10;

/** Standard deviations that cover 96 of 100 cases, as for a sample of connections. */
const deviations = 2.1;

/** Sampled packets of the last ten seconds, and the rates that follow from them. */
export class ClientRates {
  readonly #packets: SampledPacket[] = [];
  #began: number | null = null;
  #now = 0;

  /** Takes packets that came up to `now`, milliseconds; the first call begins the time. */
  take(packets: readonly SampledPacket[], now: number): void {
    this.#began ??= now;
    this.#now = now;
    for (const packet of packets) this.#packets.push(packet);
    const oldest = now - windowSeconds * 1000;
    const first = this.#packets.findIndex(({ time }) => time > oldest);
    this.#packets.splice(0, first < 0 ? this.#packets.length : first);
  }

  /** Seconds that the rates are over. */
  get seconds(): number {
    return Math.min(windowSeconds, (this.#now - (this.#began ?? this.#now)) / 1000);
  }

  /** Number of packets that the rates rest on. */
  get seen(): number {
    return this.#packets.length;
  }

  /** The clients that send most, at most `most` of them; networks of clients where their lengths are given. */
  ranked(
    by: RateNumber,
    most: number,
    networks: NetworkLengths | null,
    isWanted: (packet: SampledPacket) => boolean = () => true,
  ): { readonly all: ClientRate; readonly clients: readonly ClientRate[]; readonly left: number } {
    const sums = new Map<string, Sums>();
    const names = new Map<string, string>();
    const nameOf = (client: string) => {
      if (networks === null) return client;
      const name = names.get(client) ?? networkOf(client, networks);
      names.set(client, name);
      return name;
    };
    const total = new Sums('all');
    for (const packet of this.#packets) {
      if (!isWanted(packet)) continue;
      const name = nameOf(packet.client);
      let own = sums.get(name);
      if (own === undefined) {
        own = new Sums(name);
        sums.set(name, own);
      }
      own.add(packet);
      total.add(packet);
    }
    const { seconds } = this;
    const clients = [...sums.values()]
      .map((own) => own.rate(seconds))
      .sort((one, other) => other[by].value - one[by].value || other.packets.value - one.packets.value);
    return {
      all: total.rate(seconds),
      clients: clients.slice(0, most),
      left: Math.max(0, clients.length - most),
    };
  }

  /**
   * The client port that sends more than half of the sampled datagrams of a service, all of which go to one real
   * server; `null` where there is none.
   */
  oneSender(
    called: string,
  ): { readonly client: string; readonly port: number; readonly share: number } | null {
    const counts = new Map<string, { readonly packet: SampledPacket; count: number }>();
    let all = 0;
    for (const packet of this.#packets) {
      if (packet.called !== called) continue;
      all++;
      const key = `${packet.client} ${packet.clientPort}`;
      const own = counts.get(key);
      if (own === undefined) counts.set(key, { packet, count: 1 });
      else own.count++;
    }
    if (all < fewestDatagrams) return null;
    for (const { packet, count } of counts.values())
      if (count * 2 > all) return { client: packet.client, port: packet.clientPort, share: count / all };
    return null;
  }
}

/** The least number of sampled datagrams from which `oneSender` concludes anything. */
const fewestDatagrams = 50;

/** Sums over the packets that the sampled ones stand for, and their error. */
class Sums {
  readonly #name: string;
  readonly #packets = new Sum();
  readonly #bits = new Sum();
  readonly #openings = new Sum();
  #bytes = 0;
  #seen = 0;

  constructor(name: string) {
    this.#name = name;
  }

  add({ oneIn, bytes, isOpening }: SampledPacket): void {
    this.#packets.add(oneIn, 1);
    this.#bits.add(oneIn, bytes * 8);
    this.#openings.add(oneIn, isOpening ? 1 : 0, 1);
    this.#bytes += bytes;
    this.#seen++;
  }

  rate(seconds: number): ClientRate {
    return {
      name: this.#name,
      packets: this.#packets.rate(seconds),
      bits: this.#bits.rate(seconds),
      openings: this.#openings.rate(seconds),
      size: this.#seen === 0 ? 0 : Math.round(this.#bytes / this.#seen),
      seen: this.#seen,
    };
  }
}

/**
 * Each packet was sampled with a known chance, so the variance can be estimated from the sampled ones (Horvitz and
 * Thompson).
 */
class Sum {
  #value = 0;
  #variance = 0;
  /** The largest amount by which one more packet would change the sum. */
  #step = 0;

  /** `unit` is the amount that a packet which was not sampled may have. */
  add(oneIn: number, amount: number, unit = amount): void {
    this.#value += oneIn * amount;
    this.#variance += oneIn * (oneIn - 1) * amount * amount;
    this.#step = Math.max(this.#step, (oneIn - 1) * unit);
  }

  rate(seconds: number): RateEstimate {
    if (seconds <= 0) return { value: 0, error: 0 };
    // Like the confidence interval of a small count, whose upper side is the longer one.
    const middle = (deviations * deviations * this.#step) / 2;
    const side = Math.sqrt(deviations * deviations * this.#variance + middle * middle);
    return { value: this.#value / seconds, error: (middle + side) / seconds };
  }
}

function networkOf(client: string, { inet, inet6 }: NetworkLengths): string {
  const length = client.includes(':') ? inet6 : inet;
  return `${networkAddress(client, length)}/${length}`;
}
