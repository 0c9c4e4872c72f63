import type { Access } from '../director/director.ts';
import type { Counters, Rates } from '../ipvs/counters.ts';
import { type RealServerKey, realServerKey, type ServiceKey } from '../ipvs/identity.ts';
import type { PublicRealServer } from '../ipvs/real-server.ts';
import type { PublicService } from '../ipvs/service.ts';
import { sumConnections } from '../sampling/connections.ts';
import { dueShares } from '../sampling/due-shares.ts';
import { ratesAt, sumOfRates } from '../sampling/rate-meter.ts';
import { sharesOfTrends } from '../sampling/shares.ts';
import type {
  PublicConnections,
  PublicRealServerView,
  PublicServiceView,
  Trend,
  View,
} from '../sampling/view.ts';
import type { RecordingOrigin, SampleHead } from './recorded-json.ts';
import type { RecordedNumbers, RecordedPast } from './recorded-numbers.ts';
import type { RecordedService, RecordedTable } from './recorded-table.ts';
import { connectionFields, counterFields, type RowNumbers } from './row-numbers.ts';

/** Everything that is known of the table at a moment, and stays as it is. */
export interface RecordedState {
  readonly origin: RecordingOrigin;
  readonly table: RecordedTable;
  readonly numbers: RecordedNumbers;
  readonly past: RecordedPast;
  readonly head: SampleHead;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** The view that was recorded, with the caller's tick. What a row shows is put together when it is looked at. */
export function viewOf(state: RecordedState, tick: number): View {
  const { origin, table, numbers, head, time } = state;
  const services = table.services.map((_, place) => new RecordedServiceView(state, place));
  const connections = sumConnections(services.map((service) => service.connections));
  const counters = services.map((service) => service.counters);
  const rates = origin.access === 'public' ? head.totalRates : sumOfRates(numbers.services.rates, counters);
  const oldest = Math.min(...numbers.readAt.values());
  return {
    tick,
    time,
    director: {
      access: origin.access,
      hostName: origin.hostName,
      source: origin.source,
      info: head.info,
      state: head.state,
    },
    interval: origin.interval,
    readingTime: head.readingTime,
    services,
    totals: {
      services: services.length,
      realServers: table.realServerCount,
      connections,
      rates,
      oldest: Number.isFinite(oldest) ? oldest : null,
    },
  };
}

class RecordedServiceView implements PublicServiceView {
  readonly #state: RecordedState;
  readonly #place: number;
  readonly #recorded: RecordedService;
  /** Place of its first real server. */
  readonly #offset: number;
  #connections: PublicConnections | undefined;
  #realServers: readonly PublicRealServerView[] | undefined;
  #shares: readonly (number | null)[] | undefined;
  #due: readonly (number | null)[] | undefined;

  constructor(state: RecordedState, place: number) {
    const recorded = state.table.services[place];
    if (recorded === undefined) throw new RangeError(`a recorded table has no service ${place}`);
    this.#state = state;
    this.#place = place;
    this.#recorded = recorded;
    this.#offset = state.table.offsets[place] ?? 0;
  }

  get key(): ServiceKey {
    return this.#recorded.key;
  }

  get service(): PublicService {
    return this.#recorded.service;
  }

  get connections(): PublicConnections {
    const { numbers, origin } = this.#state;
    this.#connections ??= sumConnections(
      this.#recorded.realServers.map((_, order) =>
        connectionsAt(numbers.realServers, this.#offset + order, origin.access),
      ),
    );
    return this.#connections;
  }

  get counters(): Counters | null {
    return countersAt(this.#state.numbers.services, this.#place, this.#state.origin.access);
  }

  get rates(): Rates | null {
    return ratesAt(this.#state.numbers.services.rates, this.#place);
  }

  /** The kernel's own averages are not recorded. */
  readonly kernelRates = null;

  get realServers(): readonly PublicRealServerView[] {
    this.#realServers ??= this.#recorded.realServers.map(
      (realServer, order) =>
        new RecordedRealServerView(this.#state, this, realServer, this.#offset + order, order),
    );
    return this.#realServers;
  }

  get realServersTime(): number | null {
    return this.#state.numbers.readAt.get(this.#place) ?? null;
  }

  get trend(): Trend {
    return this.#state.past.services.at(this.#place);
  }

  share(order: number): number | null {
    const { past, head } = this.#state;
    this.#shares ??= sharesOfTrends(
      past.realServers,
      this.#recorded.realServers.map((_, place) => this.#offset + place),
      head.state.kind === 'frozen-counters',
    );
    return this.#shares[order] ?? null;
  }

  due(order: number): number | null {
    const { overloaded } = this.#state.numbers;
    this.#due ??= dueShares(
      this.#recorded.service.scheduler,
      this.#recorded.realServers.map(({ weight }, place) => ({
        weight,
        overloaded: overloaded.has(this.#offset + place),
      })),
    );
    return this.#due[order] ?? null;
  }
}

class RecordedRealServerView implements PublicRealServerView {
  readonly realServer: PublicRealServer;
  readonly #state: RecordedState;
  readonly #service: RecordedServiceView;
  readonly #place: number;
  /** Among the real servers of its service. */
  readonly #order: number;

  constructor(
    state: RecordedState,
    service: RecordedServiceView,
    realServer: PublicRealServer,
    place: number,
    order: number,
  ) {
    this.#state = state;
    this.#service = service;
    this.realServer = realServer;
    this.#place = place;
    this.#order = order;
  }

  get key(): RealServerKey {
    return realServerKey(this.#service.key, this.realServer.identity);
  }

  get connections(): PublicConnections {
    return connectionsAt(this.#state.numbers.realServers, this.#place, this.#state.origin.access);
  }

  get counters(): Counters | null {
    return countersAt(this.#state.numbers.realServers, this.#place, this.#state.origin.access);
  }

  get rates(): Rates | null {
    return ratesAt(this.#state.numbers.realServers.rates, this.#place);
  }

  /** The kernel's own averages are not recorded. */
  readonly kernelRates = null;

  get share(): number | null {
    return this.#service.share(this.#order);
  }

  get due(): number | null {
    return this.#service.due(this.#order);
  }

  get overloaded(): boolean {
    return this.#state.numbers.overloaded.has(this.#place);
  }

  get trend(): Trend {
    return this.#state.past.realServers.at(this.#place);
  }
}

function connectionsAt({ connections }: RowNumbers, place: number, access: Access): PublicConnections {
  const at = place * connectionFields;
  return {
    active: connections[at] ?? 0,
    inactive: connections[at + 1] ?? 0,
    persistent: access === 'full' ? (connections[at + 2] ?? 0) : null,
  };
}

function countersAt(numbers: RowNumbers, place: number, access: Access): Counters | null {
  if (access === 'public') return null;
  const at = place * counterFields;
  return {
    connections: numbers.counter(at),
    inPackets: numbers.counter(at + 1),
    outPackets: numbers.counter(at + 2),
    inBytes: numbers.counter(at + 3),
    outBytes: numbers.counter(at + 4),
  };
}
