import { addRates, type Rates, zeroRates } from '../ipvs/counters.ts';
import { compareRealServers, compareServices } from '../ipvs/identity.ts';
import { isOverloaded, type RealServerEntry } from '../ipvs/real-server.ts';
import { dueShares } from './due-shares.ts';
import { EstimatorPeriod } from './estimator-period.ts';
import { type History, HistoryKeeper, type HistoryRank, type RowHistory } from './history.ts';
import { nominalPeriod, RateMeter } from './rate-meter.ts';
import type { Sweep, SweptService, Timed } from './sweep.ts';
import { TrendRecorder } from './trend-recorder.ts';
import type { Connections, RealServerView, ServiceView, View } from './view.ts';

/** Trend readings in the minute over which shares are told. */
const shareReadings = 30;

interface Tracked {
  readonly meter: RateMeter;
  readonly trend: TrendRecorder;
  history?: RowHistory | undefined;
}

interface TrackedRealServer extends Tracked {
  overloaded: boolean;
}

interface TrackedService extends Tracked {
  readonly realServers: Map<string, TrackedRealServer>;
}

/** Services and totals of a view, before they are put into one. */
export type TableView = Pick<View, 'services' | 'totals'>;

/**
 * Turns one sweep after the other into rates, trends and shares. Keeps state for what is in the table and
 * forgets what has left it.
 */
export class TableTracker {
  readonly #period = new EstimatorPeriod();
  #services = new Map<string, TrackedService>();
  readonly #histories = new HistoryKeeper();
  #nextTrend = 0;
  #lastTrend: number | undefined;
  /** The kernel holds its counters still at the moment. */
  #frozen = false;

  /**
   * Takes a sweep that ended at `time` (milliseconds on the sampler's clock) and gives what it means. With
   * `frozen` counters there are no rates.
   */
  take(table: Sweep, time: number, frozen = false): TableView {
    this.#frozen = frozen;
    // A trend has one reading for each period, however often the table is read.
    const pushTrend = time >= this.#nextTrend;
    if (pushTrend) {
      const sinceLast = this.#lastTrend === undefined ? 0 : time - this.#lastTrend;
      this.#histories.advance(Math.max(1, Math.round(sinceLast / (nominalPeriod * 1000))));
      this.#lastTrend = time;
      // Between two readings of the table, so that a timer that comes a little early or late makes no difference.
      const isLate = time - this.#nextTrend > nominalPeriod * 1000;
      this.#nextTrend = isLate ? time + nominalPeriod * 750 : this.#nextTrend + nominalPeriod * 1000;
    }
    const kept = new Map<string, TrackedService>();
    const services: ServiceView[] = [];
    for (const [key, swept] of table) {
      const tracked = this.#services.get(key) ?? {
        meter: new RateMeter(),
        trend: new TrendRecorder(),
        realServers: new Map(),
      };
      kept.set(key, tracked);
      services.push(this.#service(key, swept, tracked, pushTrend));
    }
    this.#services = kept;
    services.sort((left, right) => compareServices(left.service.identity, right.service.identity));
    return { services, totals: totals(services) };
  }

  /** The last minutes of the row with that key, which keeps them while it is asked for; `null` when there is no such row. */
  history(key: string): History | null {
    const [serviceKey = '', realServerKey] = key.split(' ');
    const service = this.#services.get(serviceKey);
    const tracked = realServerKey === undefined ? service : service?.realServers.get(realServerKey);
    if (tracked === undefined) return null;
    const rank = realServerKey === undefined ? 'service' : 'real server';
    tracked.history = this.#histories.watch(tracked.history, rank, tracked.trend);
    return tracked.history === undefined ? null : this.#histories.read(tracked.history);
  }

  #service(key: string, swept: SweptService, tracked: TrackedService, pushTrend: boolean): ServiceView {
    const { entry, time } = swept.service;
    this.#read(tracked, entry, time);
    forget(tracked.realServers, swept.realServers);
    const read = [...swept.realServers].map(([realServerKey, timed]) =>
      this.#readRealServer(realServerKey, timed, tracked, pushTrend),
    );
    read.sort((left, right) =>
      compareRealServers(left.entry.realServer.identity, right.entry.realServer.identity),
    );
    const due = dueShares(
      entry.service.scheduler,
      read.map((row) => ({ weight: row.entry.realServer.weight, overloaded: row.tracked.overloaded })),
    );
    const recent = read.map((row) => row.tracked.trend.sum(shareReadings));
    const allRecent = recent.reduce((total, part) => total + part, 0);
    const realServers = read.map(
      ({ key: realServerKey, entry: realServer, tracked: own }, index): RealServerView => ({
        key: `${key} ${realServerKey}`,
        realServer: realServer.realServer,
        connections: {
          active: realServer.active,
          inactive: realServer.inactive,
          persistent: realServer.persistent,
        },
        counters: realServer.counters,
        rates: own.meter.rates,
        kernelRates: realServer.kernelRates,
        share: allRecent === 0 || this.#frozen ? null : (recent[index] ?? 0) / allRecent,
        due: due[index] ?? null,
        overloaded: own.overloaded,
        trend: own.trend.trend,
      }),
    );
    const connections = sumConnections(realServers);
    if (pushTrend) this.#record(tracked, 'service', connections);
    return {
      key,
      service: entry.service,
      connections,
      counters: entry.counters,
      rates: tracked.meter.rates,
      kernelRates: entry.kernelRates,
      realServers,
      trend: tracked.trend.trend,
    };
  }

  #readRealServer(
    key: string,
    { entry, time }: Timed<RealServerEntry>,
    service: TrackedService,
    pushTrend: boolean,
  ) {
    let tracked = service.realServers.get(key);
    if (tracked === undefined) {
      tracked = { meter: new RateMeter(), trend: new TrendRecorder(), overloaded: false };
      service.realServers.set(key, tracked);
    }
    this.#read(tracked, entry, time);
    if (pushTrend) this.#record(tracked, 'real server', entry);
    tracked.overloaded = isOverloaded(entry, tracked.overloaded);
    return { key, entry, tracked };
  }

  #read(tracked: Tracked, entry: Pick<RealServerEntry, 'counters' | 'kernelRates'>, time: number): void {
    if (this.#frozen) {
      tracked.meter.forget();
      return;
    }
    const betweenSteps = tracked.meter.read(
      { time, counters: entry.counters, kernelRates: entry.kernelRates },
      this.#period.seconds,
    );
    if (betweenSteps !== undefined) this.#period.observe(betweenSteps);
  }

  /** Puts the present reading where the past is kept. While rates are not known the trend has no reading. */
  #record(tracked: Tracked, rank: HistoryRank, connections: Connections): void {
    const { rates } = tracked.meter;
    tracked.history = this.#histories.record(tracked.history, rank, rates, connections, tracked.trend);
    if (rates !== null) tracked.trend.push(rates.connections);
  }
}

function forget(tracked: Map<string, unknown>, present: ReadonlyMap<string, unknown>): void {
  for (const key of tracked.keys()) if (!present.has(key)) tracked.delete(key);
}

function sumConnections(rows: readonly { readonly connections: Connections }[]): Connections {
  let active = 0;
  let inactive = 0;
  let persistent = 0;
  for (const { connections } of rows) {
    active += connections.active;
    inactive += connections.inactive;
    persistent += connections.persistent;
  }
  return { active, inactive, persistent };
}

function totals(services: readonly ServiceView[]): View['totals'] {
  const known = services.map((service) => service.rates).filter((rates): rates is Rates => rates !== null);
  return {
    services: services.length,
    realServers: services.reduce((count, service) => count + service.realServers.length, 0),
    connections: sumConnections(services),
    rates: known.length === 0 && services.length > 0 ? null : known.reduce(addRates, zeroRates),
  };
}
