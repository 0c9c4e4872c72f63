import type { Counters, Rates } from '../ipvs/counters.ts';
import type { ForwardingMethod } from '../ipvs/forwarding-method.ts';
import { type RealServerKey, realServerKey, type ServiceKey } from '../ipvs/identity.ts';
import type { PublicRealServer, PublicRealServerEntry } from '../ipvs/real-server.ts';
import { sumConnections } from './connections.ts';
import { dueShares } from './due-shares.ts';
import { isSameRate, type RatesOfRows, ratesAt } from './rate-meter.ts';
import { sharesOfTrends } from './shares.ts';
import type { Trends } from './trends.ts';
import type { PublicConnections, PublicRealServerView, Trend } from './view.ts';

/** The views of at most this many readings are kept: more than a screen has rows. */
const looksKept = 256;

/** The result of reading a service's real servers. Places are indexes in `entries`. */
export interface FoundRealServers {
  /** The service's key in the view. */
  readonly service: ServiceKey;
  readonly scheduler: string;
  readonly entries: readonly PublicRealServerEntry[];
  /** Places in the order in which they are shown. */
  readonly sorted: readonly number[];
  /** The key of each place, made when it is first asked for; kept as long as `sorted` is. */
  readonly keys: (RealServerKey | undefined)[];
  /** Places of real servers over their upper threshold. */
  readonly overloaded: ReadonlySet<number>;
  readonly rates: RatesOfRows;
  readonly trends: Trends;
  /** Whether the kernel holds its counters still, so that no share can be told. */
  readonly isFrozen: boolean;
}

/**
 * A reading of a service's real servers, and what follows from it, worked out when somebody wants to see it. It never
 * changes. Rows are numbers in columns, and a row's view is made only when it is looked at, since of a large table
 * only a screenful ever is.
 */
export class RealServerReading {
  /**
   * The readings whose views were last asked for, in a ring. So the views of a screenful are kept, but not those of a
   * whole table.
   */
  static readonly #looked: RealServerReading[] = [];
  static #next = 0;
  readonly found: FoundRealServers;
  /** Sums over all real servers. */
  readonly connections: PublicConnections;
  #views: readonly PublicRealServerView[] | undefined;
  #shares: readonly (number | null)[] | undefined;
  #due: readonly (number | null)[] | undefined;

  constructor(found: FoundRealServers) {
    this.found = found;
    this.connections = sumConnections(found.entries);
  }

  /** Number of real servers. */
  get length(): number {
    return this.found.entries.length;
  }

  /** The forwarding methods of the real servers. */
  get forwardingMethods(): ReadonlySet<ForwardingMethod> {
    return new Set(this.found.entries.map(({ realServer }) => realServer.forwarding));
  }

  /** Views of all real servers, ordered by address and port. */
  get views(): readonly PublicRealServerView[] {
    if (this.#views === undefined) {
      this.#views = this.found.entries.map((_, order) => new ViewOfReading(this, order));
      const oldest = RealServerReading.#looked[RealServerReading.#next];
      if (oldest !== undefined) oldest.#views = undefined;
      RealServerReading.#looked[RealServerReading.#next] = this;
      RealServerReading.#next = (RealServerReading.#next + 1) % looksKept;
    }
    return this.#views;
  }

  /** The view at an index in the order shown, without making the others. */
  view(order: number): PublicRealServerView | undefined {
    return order >= 0 && order < this.length ? new ViewOfReading(this, order) : undefined;
  }

  /**
   * The share of the service's new connections that a real server, by its index in the order shown, got in the last
   * minute.
   */
  share(order: number): number | null {
    const { trends, sorted, isFrozen } = this.found;
    this.#shares ??= sharesOfTrends(trends, sorted, isFrozen);
    return this.#shares[order] ?? null;
  }

  /** The share that is due to that real server. */
  due(order: number): number | null {
    const { scheduler, entries, sorted, overloaded } = this.found;
    this.#due ??= dueShares(
      scheduler,
      sorted.map((place) => ({
        weight: entries[place]?.realServer.weight ?? 0,
        overloaded: overloaded.has(place),
      })),
    );
    return this.#due[order] ?? null;
  }

  /** Whether both readings have the same real servers in the same order. */
  isArrangedAs(other: RealServerReading): boolean {
    // `sorted` is a new array exactly when real servers come, go or change places.
    return this.found.sorted === other.found.sorted;
  }

  /** Whether the settings of all real servers are the very same objects. */
  hasSameSettingsAs(other: RealServerReading): boolean {
    const { entries } = other.found;
    return (
      this.isArrangedAs(other) &&
      (entries === this.found.entries ||
        this.found.entries.every((entry, place) => entry.realServer === entries[place]?.realServer))
    );
  }

  /** Whether the other reading shows the same, down to the director's own objects. */
  isSameAs(other: RealServerReading): boolean {
    const [own, others] = [this.found, other.found];
    return (
      this.isArrangedAs(other) &&
      own.scheduler === others.scheduler &&
      own.isFrozen === others.isFrozen &&
      own.trends.isSameAs(others.trends) &&
      isSameSet(own.overloaded, others.overloaded) &&
      own.entries.every((entry, place) => {
        const before = others.entries[place];
        return (
          before !== undefined && isSameEntry(entry, before) && isSameRate(own.rates, others.rates, place)
        );
      })
    );
  }
}

/** One row of a reading. It holds no data itself, since a large table has very many of them. */
class ViewOfReading implements PublicRealServerView {
  readonly #reading: RealServerReading;
  /** Its index in the order shown. */
  readonly #order: number;

  constructor(reading: RealServerReading, order: number) {
    this.#reading = reading;
    this.#order = order;
  }

  get key(): RealServerKey {
    const { keys, service } = this.#reading.found;
    const place = this.#place;
    let key = keys[place];
    if (key === undefined) {
      key = realServerKey(service, this.realServer.identity);
      keys[place] = key;
    }
    return key;
  }

  get realServer(): PublicRealServer {
    return this.#entry.realServer;
  }

  get connections(): PublicConnections {
    const { active, inactive, persistent } = this.#entry;
    return { active, inactive, persistent };
  }

  get counters(): Counters | null {
    return this.#entry.counters;
  }

  get rates(): Rates | null {
    return ratesAt(this.#reading.found.rates, this.#place);
  }

  get kernelRates(): Rates | null {
    return this.#entry.kernelRates;
  }

  get share(): number | null {
    return this.#reading.share(this.#order);
  }

  get due(): number | null {
    return this.#reading.due(this.#order);
  }

  get overloaded(): boolean {
    return this.#reading.found.overloaded.has(this.#place);
  }

  get trend(): Trend {
    return this.#reading.found.trends.at(this.#place);
  }

  get #place(): number {
    return this.#reading.found.sorted[this.#order] ?? 0;
  }

  get #entry(): PublicRealServerEntry {
    const entry = this.#reading.found.entries[this.#place];
    if (entry === undefined) throw new RangeError(`a reading has no row ${this.#order}`);
    return entry;
  }
}

function isSameEntry(left: PublicRealServerEntry, right: PublicRealServerEntry): boolean {
  return (
    left === right ||
    (left.realServer === right.realServer &&
      left.counters === right.counters &&
      left.kernelRates === right.kernelRates &&
      left.active === right.active &&
      left.inactive === right.inactive &&
      left.persistent === right.persistent)
  );
}

function isSameSet(left: ReadonlySet<number>, right: ReadonlySet<number>): boolean {
  return left === right || (left.size === right.size && [...left].every((place) => right.has(place)));
}
