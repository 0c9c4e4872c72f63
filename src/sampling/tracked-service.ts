import type { RealServerKey, RealServerName, ServiceKey } from '../ipvs/identity.ts';
import { isOverloaded, type PublicRealServerEntry } from '../ipvs/real-server.ts';
import type { PublicServiceEntry } from '../ipvs/service.ts';
import type { History, HistoryKeeper, HistorySpan } from './history/history.ts';
import { realServerOrderKey, serviceOrderKey } from './order-key.ts';
import { RealServerReading } from './real-server-reading.ts';
import { Rows } from './rows.ts';
import { type ServicesAtMoment, ViewOfService } from './service-view.ts';
import type { SweptRows } from './sweep.ts';
import { type ReadingContext, TrackedRows } from './tracked-rows.ts';
import type { PublicConnections, PublicServiceView, Trend } from './view.ts';

const nobody: ReadonlySet<number> = new Set();
const notSwept: SweptRows<PublicRealServerEntry, RealServerName> = {
  rows: Rows.none(),
  span: { from: 0, to: 0 },
};

/**
 * State of a service's real servers from reading to reading. The rates of the service itself are kept together with
 * those of all services.
 */
export class TrackedService {
  readonly key: ServiceKey;
  /** The text that services are sorted by. */
  readonly order: string;
  #rows = new TrackedRows('real server');
  #swept = notSwept;
  /** Places of real servers, sorted into the order shown. */
  #sorted: readonly number[] = [];
  /** Keys by place, as far as they were asked for. */
  #keys: (RealServerKey | undefined)[] = [];
  /** Places of real servers over their upper threshold. */
  #overloaded = nobody;
  #reading: RealServerReading | undefined;
  /** When the real servers were last read, milliseconds since the epoch. */
  #realServersTime = 0;
  #isRead = false;
  /** Whether nothing moves any more: as long as the rows stay the same, so does the reading. */
  #isAtRest = false;
  #isFrozen = false;
  #view: ViewOfService | undefined;

  constructor(key: ServiceKey, entry: PublicServiceEntry) {
    this.key = key;
    this.order = serviceOrderKey(entry.service.identity);
  }

  /** Whether the last sweep read its real servers. */
  get isRead(): boolean {
    return this.#isRead;
  }

  /** Number of its real servers. */
  get length(): number {
    return this.#rows.length;
  }

  /** Sums over its real servers; `null` where the last sweep did not read them. */
  get connectionsRead(): PublicConnections | null {
    return this.#isRead ? (this.#reading?.connections ?? null) : null;
  }

  /**
   * Takes what a sweep knows of its real servers. What the sweep did not read are the same objects as in the last
   * sweep, and stay as they were.
   */
  take(
    { service }: PublicServiceEntry,
    swept: SweptRows<PublicRealServerEntry, RealServerName>,
    context: ReadingContext,
  ): void {
    const before = this.#swept;
    const { isFrozen, histories } = context;
    this.#isRead = swept !== before;
    if (this.#isRead) this.#realServersTime = context.time;
    const isSame =
      swept.rows === before.rows &&
      isFrozen === this.#isFrozen &&
      (!this.#isRead || (this.#isAtRest && this.#rows.areRecorded(histories)));
    this.#swept = swept;
    this.#isFrozen = isFrozen;
    if (isSame && this.#reading !== undefined) return;
    if (!swept.rows.isArrangedAs(before.rows)) this.#arrange(swept.rows, before.rows, histories);
    if (this.#isRead) this.#read(swept, before, context);
    else if (isFrozen) this.#rows.freeze();
    const reading = new RealServerReading({
      service: this.key,
      scheduler: service.scheduler,
      entries: swept.rows.entries,
      sorted: this.#sorted,
      keys: this.#keys,
      overloaded: this.#overloaded,
      rates: this.#rows.rates,
      trends: this.#rows.trends,
      isFrozen,
    });
    if (this.#reading === undefined || !reading.isSameAs(this.#reading)) this.#reading = reading;
    this.#isAtRest = !isFrozen && this.#rows.areQuiet;
  }

  /** The view to show: the last one where nothing has changed. */
  show(
    entry: PublicServiceEntry,
    place: number,
    services: ServicesAtMoment,
    { oldestFresh }: ReadingContext,
  ): PublicServiceView {
    const time = this.#swept.span.to < oldestFresh ? this.#realServersTime : null;
    const reading = this.#reading;
    if (reading === undefined) throw new Error(`${this.key} is shown before it was read`);
    if (this.#view?.shows(entry, reading, place, services, time) !== true)
      this.#view = new ViewOfService(this.key, entry, reading, place, services, time);
    return this.#view;
  }

  /** The history of the real server with that key, which is kept from now on; `null` when there is none. */
  history(key: RealServerName, histories: HistoryKeeper, span?: HistorySpan): History | null {
    const place = this.#swept.rows.places.get(key);
    return place === undefined ? null : this.#rows.history(place, histories, span);
  }

  /**
   * What the real server with that key carried in the last two minutes, bytes a second both ways together, which is
   * kept from now on.
   */
  traffic(key: RealServerName, histories: HistoryKeeper): Trend {
    const place = this.#swept.rows.places.get(key);
    return place === undefined ? [] : this.#rows.traffic(place, histories);
  }

  /** Forgets the service, which has left the table. */
  leave(histories: HistoryKeeper): void {
    this.#rows.leave(histories);
  }

  #read(
    { rows: { entries }, span }: SweptRows<PublicRealServerEntry, RealServerName>,
    before: SweptRows<PublicRealServerEntry, RealServerName>,
    context: ReadingContext,
  ): void {
    const spanBefore = before === notSwept ? undefined : before.span;
    let overloaded: Set<number> | undefined;
    for (let place = 0; place < entries.length; place++) {
      const entry = entries[place];
      if (entry === undefined) continue;
      this.#rows.read(place, entry, span, spanBefore, context);
      if (isOverloaded(entry, this.#overloaded.has(place))) {
        overloaded ??= new Set();
        overloaded.add(place);
      }
    }
    this.#overloaded = overloaded ?? nobody;
    this.#rows.record(context.histories, (place) => entries[place] ?? null);
  }

  /** Rearranges the state when real servers came, went or changed places. */
  #arrange(
    rows: Rows<PublicRealServerEntry, RealServerName>,
    before: Rows<PublicRealServerEntry, RealServerName>,
    histories: HistoryKeeper,
  ): void {
    const { entries } = rows;
    const from =
      before.entries.length === 0
        ? entries.map(() => -1)
        : rows.keys.map((key) => before.places.get(key) ?? -1);
    this.#rows = this.#rows.arranged(from, histories);
    if (this.#overloaded.size > 0) {
      const was = this.#overloaded;
      this.#overloaded = new Set([...from.keys()].filter((place) => was.has(from[place] ?? -1)));
    }
    const orders = entries.map(({ realServer }) => realServerOrderKey(realServer.identity));
    this.#sorted = sortedPlaces(orders);
    this.#keys = [];
  }
}

/** The places of texts, sorted by these. */
export function sortedPlaces(orders: readonly string[]): number[] {
  const order = (place: number) => orders[place] ?? '';
  return [...orders.keys()].sort((left, right) => (order(left) < order(right) ? -1 : 1));
}
