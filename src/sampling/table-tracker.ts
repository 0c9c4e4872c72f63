import { formatService, keysIn, type RowKey, type ServiceKey } from '../ipvs/identity.ts';
import type { PublicServiceEntry } from '../ipvs/service.ts';
import type { Span } from '../system/span.ts';
import type { Work } from '../system/turns.ts';
import { sumConnections } from './connections.ts';
import { type History, HistoryKeeper, type HistorySpan } from './history/history.ts';
import { PhaseLock } from './phase-lock.ts';
import { nominalPeriod, sumOfRates } from './rate-meter.ts';
import { Rows } from './rows.ts';
import type { ServicesAtMoment } from './service-view.ts';
import type { Sweep } from './sweep.ts';
import { type ReadingContext, TrackedRows } from './tracked-rows.ts';
import { sortedPlaces, TrackedService } from './tracked-service.ts';
import type { PublicServiceView, Trend, View } from './view.ts';

/** The services and totals of a view. */
export type TableView = Pick<View, 'services' | 'totals'>;

/**
 * Turns sweep after sweep into rates, trends and shares. Keeps state for what is in the table, and drops it for what
 * has left.
 */
export class TableTracker {
  readonly #lock: PhaseLock;
  readonly #histories = new HistoryKeeper();
  #swept = Rows.none<PublicServiceEntry, ServiceKey>();
  /** State of the services themselves, in the order of `#swept`. */
  #rows = new TrackedRows('service');
  /** When the services were last read. */
  #span: Span | undefined;
  /** State of each service's real servers, in the order of `#rows`. */
  #services: TrackedService[] = [];
  /** Places (in the order read), sorted into the order shown. */
  #sorted: readonly number[] = [];
  #nextRecord = 0;
  #lastRecord: number | undefined;

  /** `lock` predicts when counters step, and is told of objects that step at other times. */
  constructor(lock: PhaseLock = new PhaseLock()) {
    this.#lock = lock;
  }

  /**
   * Takes a sweep that ended at `time` (milliseconds on the sampler's clock) and gives the services and totals that
   * follow from it. With counters frozen there are no rates. `date` is when that was, milliseconds since the epoch.
   */
  *take(sweep: Sweep, time: number, isFrozen = false, date = Date.now()): Work<TableView> {
    this.#beginRound(time);
    const { rows, span } = sweep.services;
    const context: ReadingContext = {
      lock: this.#lock,
      histories: this.#histories,
      isFrozen,
      time: date,
      oldestFresh: span.from,
      moved: 0,
      strangers: 0,
    };
    if (!rows.isArrangedAs(this.#swept)) this.#arrange(rows);
    this.#swept = rows;
    // A reading of only some real servers, between two whole ones, has not read the services themselves.
    const isWhole = span !== this.#span;
    for (const [place, tracked] of this.#services.entries()) {
      const entry = rows.entries[place];
      const swept = sweep.realServers[place];
      if (entry === undefined || swept === undefined) continue;
      if (isWhole) this.#rows.read(place, entry, span, this.#span, context);
      tracked.take(entry, swept, context);
      yield 1 + (tracked.isRead ? tracked.length : 0);
    }
    if (isWhole) {
      this.#rows.record(this.#histories, (place) => this.#services[place]?.connectionsRead ?? null);
      // Only then: a partial reading would count the same step once more as evidence.
      this.#lock.judge(time, context.moved, context.strangers);
    }
    this.#span = span;
    return yield* this.#show(rows, context);
  }

  *#show({ entries }: Rows<PublicServiceEntry, ServiceKey>, context: ReadingContext): Work<TableView> {
    const moment: ServicesAtMoment = { rates: this.#rows.rates, trends: this.#rows.trends };
    const services: PublicServiceView[] = [];
    let realServers = 0;
    let oldest: number | null = null;
    for (const place of this.#sorted) {
      const tracked = this.#services[place];
      const entry = entries[place];
      if (tracked === undefined || entry === undefined) continue;
      const view = tracked.show(entry, place, moment, context);
      services.push(view);
      realServers += tracked.length;
      if (view.realServersTime !== null && (oldest === null || view.realServersTime < oldest))
        oldest = view.realServersTime;
      yield 1;
    }
    const connections = sumConnections(services.map((view) => view.connections));
    const rates = sumOfRates(
      moment.rates,
      entries.map(({ counters }) => counters),
    );
    return { services, totals: { services: services.length, realServers, connections, rates, oldest } };
  }

  /** The history of the row with that key, which is kept once it was asked for; `null` when there is no such row. */
  history(key: RowKey, span?: HistorySpan): History | null {
    const { service, realServer } = keysIn(key);
    const place = this.#swept.places.get(service);
    if (place === undefined) return null;
    return realServer === undefined
      ? this.#rows.history(place, this.#histories, span)
      : (this.#services[place]?.history(realServer, this.#histories, span) ?? null);
  }

  /**
   * Bytes a second, both ways together, that the row with that key carried in the last two minutes; kept once it was
   * asked for.
   */
  traffic(key: RowKey): Trend {
    const { service, realServer } = keysIn(key);
    const place = this.#swept.places.get(service);
    if (place === undefined) return [];
    return realServer === undefined
      ? this.#rows.traffic(place, this.#histories)
      : (this.#services[place]?.traffic(realServer, this.#histories) ?? []);
  }

  /**
   * Begins a new round once per period: one reading per period goes into trends and histories, however often the
   * table is read.
   */
  #beginRound(time: number): void {
    if (time < this.#nextRecord) return;
    const sinceLast = this.#lastRecord === undefined ? 0 : time - this.#lastRecord;
    this.#histories.advance(Math.max(1, Math.round(sinceLast / (nominalPeriod * 1000))));
    this.#lastRecord = time;
    // The next time lies between two readings, so that a timer that is a little early or late makes no difference.
    const isLate = time - this.#nextRecord > nominalPeriod * 1000;
    this.#nextRecord = isLate ? time + nominalPeriod * 750 : this.#nextRecord + nominalPeriod * 1000;
  }

  /** Rearranges the state when services came, went or changed places. */
  #arrange(rows: Rows<PublicServiceEntry, ServiceKey>): void {
    const before = this.#swept;
    for (const [place, key] of before.keys.entries())
      if (!rows.places.has(key)) this.#services[place]?.leave(this.#histories);
    const from = rows.keys.map((key) => before.places.get(key) ?? -1);
    this.#rows = this.#rows.arranged(from, this.#histories);
    this.#services = rows.entries.map(
      (entry, place) =>
        this.#services[from[place] ?? -1] ??
        new TrackedService(rows.keys[place] ?? formatService(entry.service.identity), entry),
    );
    this.#sorted = sortedPlaces(this.#services.map(({ order }) => order));
  }
}
