import { formatRealServer, type RealServerName, type ServiceKey } from '../ipvs/identity.ts';
import type { PublicRealServer } from '../ipvs/real-server.ts';
import type { PublicService } from '../ipvs/service.ts';

/** A service as it was set, with its real servers in the order shown. */
export interface RecordedService {
  readonly key: ServiceKey;
  readonly service: PublicService;
  readonly realServers: readonly PublicRealServer[];
}

/** Where rows were in a table before, by their places now; -1 for what is new. */
export interface FormerPlaces {
  readonly services: readonly number[];
  readonly realServers: readonly number[];
}

/**
 * Where a row stands among its kind, and from which real servers its connections come: those from `first` up to, not
 * including, `end`.
 */
export interface RowPlaces {
  readonly row: number;
  readonly first: number;
  readonly end: number;
}

/**
 * Settings of all rows at a moment, in the order shown. Rows are told by places: services from 0 on, and likewise the real
 * servers of all services, one service after the other.
 */
export class RecordedTable {
  static readonly empty = new RecordedTable([]);
  readonly services: readonly RecordedService[];
  /** Place of each service's first real server. */
  readonly offsets: readonly number[];
  /** How many real servers all services have together. */
  readonly realServerCount: number;
  #places: ReadonlyMap<ServiceKey, number> | undefined;

  constructor(services: readonly RecordedService[]) {
    this.services = services;
    let count = 0;
    this.offsets = services.map(({ realServers }) => {
      const offset = count;
      count += realServers.length;
      return offset;
    });
    this.realServerCount = count;
  }

  /** Place of each service. */
  get places(): ReadonlyMap<ServiceKey, number> {
    this.#places ??= new Map(this.services.map(({ key }, place) => [key, place]));
    return this.#places;
  }

  /** Where a row stands; `undefined` where there is none of that name. */
  placesOf(service: ServiceKey, realServer?: RealServerName): RowPlaces | undefined {
    const row = this.places.get(service) ?? -1;
    const realServers = this.services[row]?.realServers;
    if (realServers === undefined) return undefined;
    const first = this.offsets[row] ?? 0;
    if (realServer === undefined) return { row, first, end: first + realServers.length };
    const order = realServers.findIndex(({ identity }) => formatRealServer(identity) === realServer);
    return order < 0 ? undefined : { row: first + order, first: first + order, end: first + order + 1 };
  }

  /** Where the rows of this table were in `before`. */
  formerPlaces(before: RecordedTable): FormerPlaces {
    if (before.services.length === 0)
      return {
        services: new Array(this.services.length).fill(-1),
        realServers: new Array(this.realServerCount).fill(-1),
      };
    const services = this.services.map(({ key }) => before.places.get(key) ?? -1);
    const realServers: number[] = [];
    for (const [place, now] of this.services.entries()) {
      const former = services[place] ?? -1;
      const known = before.services[former];
      const offset = before.offsets[former] ?? 0;
      if (known === undefined) for (const _ of now.realServers) realServers.push(-1);
      else if (known === now) for (const order of now.realServers.keys()) realServers.push(offset + order);
      else {
        const names = new Map(
          known.realServers.map(({ identity }, order) => [formatRealServer(identity), offset + order]),
        );
        for (const { identity } of now.realServers)
          realServers.push(names.get(formatRealServer(identity)) ?? -1);
      }
    }
    return { services, realServers };
  }
}
