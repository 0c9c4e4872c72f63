import type { Counters, Rates } from '../ipvs/counters.ts';
import type { ForwardingMethod } from '../ipvs/forwarding-method.ts';
import type { RealServerKey, ServiceKey } from '../ipvs/identity.ts';
import type { PublicRealServer } from '../ipvs/real-server.ts';
import type { PublicService, PublicServiceEntry } from '../ipvs/service.ts';
import { isSameRate, type RatesOfRows, ratesAt } from './rate-meter.ts';
import type { RealServerReading } from './real-server-reading.ts';
import type { Trends } from './trends.ts';
import type { PublicConnections, PublicRealServerView, PublicServiceView, Trend } from './view.ts';

/** Rates and trends of all services at one moment, by their places. */
export interface ServicesAtMoment {
  readonly rates: RatesOfRows;
  readonly trends: Trends;
}

/** A service as a reading found it. What it shows is worked out when it is looked at. */
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

  /** Whether it was made from exactly these. */
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

  /** The real server at an index in the order shown, without making views of the others. */
  realServer(order: number): PublicRealServerView | undefined {
    return this.#reading.view(order);
  }

  /** Number of real servers. This and what follows is known without making views of them. */
  get realServerCount(): number {
    return this.#reading.length;
  }

  /** The real servers in the order in which the director listed them. */
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

  isOfSameReadingAs(other: ViewOfService): boolean {
    return this.#reading === other.#reading;
  }

  hasSameSettingsAs(other: ViewOfService): boolean {
    return this.service === other.service && this.#reading.hasSameSettingsAs(other.#reading);
  }
}

/** A real server with its connections, without anything worked out from several readings. */
export interface RealServerAsRead {
  readonly realServer: PublicRealServer;
  readonly active: number;
  readonly inactive: number;
}

/**
 * The real servers of a service in the kernel's order, the newest first; for a sampler's view, without making a view
 * of each.
 */
export function realServersAsRead(service: PublicServiceView): readonly RealServerAsRead[] {
  return service instanceof ViewOfService
    ? service.realServersAsRead
    : service.realServers.map(({ realServer, connections: { active, inactive } }) => ({
        realServer,
        active,
        inactive,
      }));
}

/** Number of real servers of a service; for a sampler's view, without making a view of each. */
export function realServerCount(service: PublicServiceView): number {
  return service instanceof ViewOfService ? service.realServerCount : service.realServers.length;
}

/** The real server at an index in the order shown; for a sampler's view, without making the others. */
export function realServerAt(service: PublicServiceView, order: number): PublicRealServerView | undefined {
  return service instanceof ViewOfService ? service.realServer(order) : service.realServers[order];
}

/** The real servers of a service one after the other; for a sampler's view, each is made only as its turn comes. */
export function* realServersOf(service: PublicServiceView): Generator<PublicRealServerView, void, void> {
  const count = realServerCount(service);
  for (let order = 0; order < count; order++) {
    const realServer = realServerAt(service, order);
    if (realServer !== undefined) yield realServer;
  }
}

/** The forwarding methods of a service's real servers; for a sampler's view, without making a view of each. */
export function forwardingMethodsOf(service: PublicServiceView): ReadonlySet<ForwardingMethod> {
  return service instanceof ViewOfService
    ? service.forwardingMethods
    : new Set(service.realServers.map(({ realServer }) => realServer.forwarding));
}

/**
 * Keys of a service's real servers over their upper threshold. Where there are none, no view of a real server is
 * made.
 */
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

/** Whether the real servers of both are known to be of one and the same reading, so that their numbers are the same. */
export function areOfSameReading(left: PublicServiceView, right: PublicServiceView): boolean {
  return (
    left === right ||
    (left instanceof ViewOfService && right instanceof ViewOfService && left.isOfSameReadingAs(right))
  );
}

/**
 * Whether the settings of the service and its real servers are the very same objects; directors give the same ones
 * while nothing was edited.
 */
export function haveSameSettings(left: PublicServiceView, right: PublicServiceView): boolean {
  if (left === right) return true;
  if (left instanceof ViewOfService && right instanceof ViewOfService) return left.hasSameSettingsAs(right);
  return (
    left.service === right.service &&
    left.realServers.length === right.realServers.length &&
    left.realServers.every((row, place) => row.realServer === right.realServers[place]?.realServer)
  );
}
