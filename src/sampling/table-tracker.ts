import { zeroRates } from '../ipvs/counters.ts';
import type { PublicServiceEntry } from '../ipvs/service.ts';
import { sumConnections } from './connections.ts';
import { type History, HistoryKeeper } from './history.ts';
import { PhaseLock } from './phase-lock.ts';
import { nominalPeriod } from './rate-meter.ts';
import type { Rows } from './rows.ts';
import type { Span } from './span.ts';
import type { Sweep } from './sweep.ts';
import { type ReadingContext, TrackedService } from './tracked-service.ts';
import type { Turns } from './turns.ts';
import type { PublicServiceView, View } from './view.ts';

/** Services and totals of a view, before they are put into one. */
export type TableView = Pick<View, 'services' | 'totals'>;

const noServices: Rows<PublicServiceEntry> = { entries: [], keys: [], places: new Map() };

/**
 * Turns one sweep after the other into rates, trends and shares. Keeps state for what is in the table and
 * forgets what has left it.
 */
export class TableTracker {
  readonly #lock: PhaseLock;
  readonly #histories = new HistoryKeeper();
  #rows = noServices;
  /** When the services were read last. */
  #span: Span | undefined;
  /** In the order read, as `#rows.keys`. */
  #services: TrackedService[] = [];
  /** Places in the order read, in the order shown. */
  #sorted: number[] = [];
  #nextRecord = 0;
  #lastRecord: number | undefined;

  /** `lock` tells when counters step, and is told of what steps at other times. */
  constructor(lock: PhaseLock = new PhaseLock()) {
    this.#lock = lock;
  }

  /**
   * Takes a sweep that ended at `time` (milliseconds on the sampler's clock) and gives what it means. With
   * counters frozen there are no rates. Gives the event loop its turns.
   */
  async take(sweep: Sweep, time: number, turns: Turns, isFrozen = false): Promise<TableView> {
    this.#beginRound(time);
    const { rows, span } = sweep.services;
    const context: ReadingContext = {
      lock: this.#lock,
      histories: this.#histories,
      isFrozen,
      time: Date.now(),
      oldestFresh: span.from,
      moved: 0,
      strangers: 0,
    };
    if (rows.keys !== this.#rows.keys) this.#arrange(rows);
    this.#rows = rows;
    const shown: PublicServiceView[] = [];
    for (let place = 0; place < this.#services.length; place++) {
      const tracked = this.#services[place];
      const entry = rows.entries[place];
      const swept = sweep.realServers[place];
      if (tracked === undefined || entry === undefined || swept === undefined) continue;
      const view = tracked.take(entry, span, swept, context);
      shown[place] = view;
      if (turns.isDue(1 + (view.realServersTime === null ? swept.rows.entries.length : 0)))
        await turns.take();
    }
    // A reading of a few rows between two whole ones would be one more witness of the same step.
    if (span !== this.#span) this.#lock.judge(time, context.moved, context.strangers);
    this.#span = span;
    const services: PublicServiceView[] = [];
    for (const place of this.#sorted) if (shown[place] !== undefined) services.push(shown[place]);
    return { services, totals: totals(services) };
  }

  /** The last minutes of the row with that key, which keeps them while it is asked for; `null` when there is no such row. */
  history(key: string): History | null {
    const [serviceKey = '', realServerKey] = key.split(' ');
    const service = this.#services[this.#rows.places.get(serviceKey) ?? -1];
    const row = realServerKey === undefined ? service?.row : service?.realServer(realServerKey);
    return row?.history(this.#histories) ?? null;
  }

  /** A reading in each period goes into trends and histories, however often the table is read. */
  #beginRound(time: number): void {
    if (time < this.#nextRecord) return;
    const sinceLast = this.#lastRecord === undefined ? 0 : time - this.#lastRecord;
    this.#histories.advance(Math.max(1, Math.round(sinceLast / (nominalPeriod * 1000))));
    this.#lastRecord = time;
    // Between two readings of the table, so that a timer that comes a little early or late makes no difference.
    const isLate = time - this.#nextRecord > nominalPeriod * 1000;
    this.#nextRecord = isLate ? time + nominalPeriod * 750 : this.#nextRecord + nominalPeriod * 1000;
  }

  /** Services came, went or changed places. */
  #arrange(rows: Rows<PublicServiceEntry>): void {
    for (const [place, key] of this.#rows.keys.entries())
      if (!rows.places.has(key)) this.#services[place]?.leave(this.#histories);
    this.#services = rows.entries.map((entry, place) => {
      const key = rows.keys[place] ?? '';
      return this.#services[this.#rows.places.get(key) ?? -1] ?? new TrackedService(key, entry);
    });
    const orders = this.#services.map((tracked) => tracked.order);
    const order = (place: number) => orders[place] ?? '';
    this.#sorted = [...orders.keys()].sort((left, right) => (order(left) < order(right) ? -1 : 1));
  }
}

function totals(services: readonly PublicServiceView[]): View['totals'] {
  let realServers = 0;
  const rates = { ...zeroRates };
  let areKnown = services.length === 0;
  let oldest: number | null = null;
  for (const service of services) {
    realServers += service.realServers.length;
    if (service.rates !== null) {
      areKnown = true;
      rates.connections += service.rates.connections;
      rates.inPackets += service.rates.inPackets;
      rates.outPackets += service.rates.outPackets;
      rates.inBytes += service.rates.inBytes;
      rates.outBytes += service.rates.outBytes;
    }
    if (service.realServersTime !== null && (oldest === null || service.realServersTime < oldest))
      oldest = service.realServersTime;
  }
  return {
    services: services.length,
    realServers,
    connections: sumConnections(services),
    rates: areKnown ? rates : null,
    oldest,
  };
}
