import type { Counters, Rates } from '../ipvs/counters.ts';
import type { ForwardingMethod } from '../ipvs/forwarding-method.ts';
import type { RealServerKey, ServiceKey } from '../ipvs/identity.ts';
import type { PublicRealServer } from '../ipvs/real-server.ts';
import type { PublicService, PublicServiceEntry } from '../ipvs/service.ts';
import { isSameRate, type RatesOfRows, ratesAt } from './rate-meter.ts';
import type { RealServerReading } from './real-server-reading.ts';
import type { Trends } from './trends.ts';
import type { PublicConnections, PublicRealServerView, PublicServiceView, Trend } from './view.ts';

/** What is known of all services at a moment, by their places. */
export interface ServicesAtMoment {
  readonly rates: RatesOfRows;
  readonly trends: Trends;
}

/** A service as a reading found it; what it shows is put together as it is looked at. */
export class ViewOfService implements PublicServiceView {
  readonly key: ServiceKey;
  readonly realServersTime: number | null;
  readonly #entry: PublicServiceEntry;
  readonly #reading: RealServerReading;
  readonly #place: number;
  readonly #services: ServicesAtMoment;

  constructor(
    key: ServiceKey,
    entry: PublicServiceEntry,
    reading: RealServerReading,
    place: number,
    services: ServicesAtMoment,
    realServersTime: number | null,
  ) {
    this.key = key;
    this.#entry = entry;
    this.#reading = reading;
    this.#place = place;
    this.#services = services;
    this.realServersTime = realServersTime;
  }

  /** Whether it shows exactly that. */
  shows(
    entry: PublicServiceEntry,
    reading: RealServerReading,
    place: number,
    { rates, trends }: ServicesAtMoment,
    realServersTime: number | null,
  ): boolean {
    return (
      entry === this.#entry &&
      reading === this.#reading &&
      place === this.#place &&
      realServersTime === this.realServersTime &&
      trends.isSameAs(this.#services.trends) &&
      isSameRate(rates, this.#services.rates, place)
    );
  }

  get service(): PublicService {
    return this.#entry.service;
  }

  get connections(): PublicConnections {
    return this.#reading.connections;
  }

  get counters(): Counters | null {
    return this.#entry.counters;
  }

  get rates(): Rates | null {
    return ratesAt(this.#services.rates, this.#place);
  }

  get kernelRates(): Rates | null {
    return this.#entry.kernelRates;
  }

  get realServers(): readonly PublicRealServerView[] {
    return this.#reading.views;
  }

  get trend(): Trend {
    return this.#services.trends.at(this.#place);
  }

  /** The real server in that order, without a view of the others. */
  realServer(order: number): PublicRealServerView | undefined {
    return this.#reading.view(order);
  }

  /** How many real servers it has. Told, as what follows, without making a view of each of them. */
  get realServerCount(): number {
    return this.#reading.length;
  }

  /** In the order in which the director told of them. */
  get realServersAsRead(): readonly RealServerAsRead[] {
    return this.#reading.found.entries;
  }

  get forwardingMethods(): ReadonlySet<ForwardingMethod> {
    return this.#reading.forwardingMethods;
  }

  /** Whether any of its real servers is over its upper threshold. */
  get isOverloaded(): boolean {
    return this.#reading.found.overloaded.size > 0;
  }

  hasSameRealServersAs(other: ViewOfService): boolean {
    return this.#reading === other.#reading || this.#reading.isArrangedAs(other.#reading);
  }

  hasSameSettingsAs(other: ViewOfService): boolean {
    return this.service === other.service && this.#reading.hasSameSettingsAs(other.#reading);
  }
}

/** A real server with its connections, without what is worked out of readings. */
export interface RealServerAsRead {
  readonly realServer: PublicRealServer;
  readonly active: number;
  readonly inactive: number;
}

/** Its real servers in the kernel's order, the newest first; of a sampler's view, without making a view of each of them. */
export function realServersAsRead(service: PublicServiceView): readonly RealServerAsRead[] {
  return service instanceof ViewOfService
    ? service.realServersAsRead
    : service.realServers.map(({ realServer, connections: { active, inactive } }) => ({
        realServer,
        active,
        inactive,
      }));
}

/** How many real servers a service has; of a sampler's view, without making a view of each of them. */
export function realServerCount(service: PublicServiceView): number {
  return service instanceof ViewOfService ? service.realServerCount : service.realServers.length;
}

/** The real server in that order; of a sampler's view, without making a view of each of them. */
export function realServerAt(service: PublicServiceView, order: number): PublicRealServerView | undefined {
  return service instanceof ViewOfService ? service.realServer(order) : service.realServers[order];
}

/** Its real servers one after the other; of a sampler's view, each is made as its turn comes. */
export function* realServersOf(service: PublicServiceView): Generator<PublicRealServerView, void, void> {
  const count = realServerCount(service);
  for (let order = 0; order < count; order++) {
    const realServer = realServerAt(service, order);
    if (realServer !== undefined) yield realServer;
  }
}

/** The forwarding methods that its real servers have; of a sampler's view, without making a view of each of them. */
export function forwardingMethodsOf(service: PublicServiceView): ReadonlySet<ForwardingMethod> {
  return service instanceof ViewOfService
    ? service.forwardingMethods
    : new Set(service.realServers.map(({ realServer }) => realServer.forwarding));
}

/** Keys of its real servers over their upper threshold; where there are none, no view of a real server is made. */
export function overloadedKeys(service: PublicServiceView): RealServerKey[] {
  if (service instanceof ViewOfService && !service.isOverloaded) return [];
  return service.realServers.filter(({ overloaded }) => overloaded).map(({ key }) => key);
}

/** Whether both have the same real servers in the same order, whatever their settings and numbers. */
export function haveSameRealServers(left: PublicServiceView, right: PublicServiceView): boolean {
  if (left === right) return true;
  if (left instanceof ViewOfService && right instanceof ViewOfService)
    return left.hasSameRealServersAs(right);
  return (
    left.realServers.length === right.realServers.length &&
    left.realServers.every((row, order) => row.key === right.realServers[order]?.key)
  );
}

/** Whether the settings of the service and its real servers are the very same objects, as directors give them while nothing was edited. */
export function haveSameSettings(left: PublicServiceView, right: PublicServiceView): boolean {
  if (left === right) return true;
  if (left instanceof ViewOfService && right instanceof ViewOfService) return left.hasSameSettingsAs(right);
  return (
    left.service === right.service &&
    left.realServers.length === right.realServers.length &&
    left.realServers.every((row, place) => row.realServer === right.realServers[place]?.realServer)
  );
}
