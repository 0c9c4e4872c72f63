import { addressWords } from '../director/connection-table.ts';
import type { ConnectionRoute, Endpoint } from '../ipvs/connection.ts';
import type { Family } from '../ipvs/family.ts';
import {
  formatEndpoint,
  formatRealServer,
  formatService,
  type RealServerIdentity,
  type ServiceIdentity,
} from '../ipvs/identity.ts';

/** The part of a service and its real servers that is needed here. */
export interface OwningService {
  readonly service: { readonly identity: ServiceIdentity };
  readonly realServers: readonly {
    readonly realServer: { readonly identity: RealServerIdentity; readonly weight: number };
  }[];
}

/** The service and real server that a connection belongs to. */
export interface RouteOwner {
  /** The service as commands take it; if it no longer exists, what the client called. */
  readonly service: string;
  readonly realServer: string;
  /** Weight of the real server; `null` where it is no longer in the table. */
  readonly weight: number | null;
}

/**
 * Finds the owners of connections. A connection does not tell what mark it came with: where no service has its
 * virtual address, it is taken to belong to the first firewall mark with its real server.
 */
export class RouteOwners {
  readonly #services: ReadonlyMap<string, OwningService>;
  /** Firewall-mark services, by their family and a real server's address. */
  readonly #marks = new Map<string, OwningService>();
  readonly #known = new WeakMap<ConnectionRoute, RouteOwner>();

  constructor(services: readonly OwningService[]) {
    this.#services = new Map(services.map((owning) => [formatService(owning.service.identity), owning]));
    for (const owning of services) {
      const { identity } = owning.service;
      if (identity.kind !== 'fwmark') continue;
      for (const { realServer } of owning.realServers) {
        const key = `${identity.family} ${realServer.identity.address}`;
        if (!this.#marks.has(key)) this.#marks.set(key, owning);
      }
    }
  }

  of(route: ConnectionRoute): RouteOwner {
    let owner = this.#known.get(route);
    if (owner === undefined) {
      owner = this.#find(route);
      this.#known.set(route, owner);
    }
    return owner;
  }

  #find(route: ConnectionRoute): RouteOwner {
    const { realServer } = route;
    const called = calledService(route);
    const owning =
      this.#services.get(formatService(called)) ?? this.#ofAnyPort(called) ?? this.#ofMark(route);
    const row = owning?.realServers.find(
      ({ realServer: { identity } }) =>
        identity.address === realServer.address && (identity.port === realServer.port || identity.port === 0),
    );
    return {
      service: formatService(owning?.service.identity ?? called),
      realServer: row === undefined ? endpointText(realServer) : formatRealServer(row.realServer.identity),
      weight: row?.realServer.weight ?? null,
    };
  }

  #ofAnyPort(called: ServiceIdentity): OwningService | undefined {
    return called.kind === 'address' ? this.#services.get(formatService({ ...called, port: 0 })) : undefined;
  }

  #ofMark({ virtual, realServer }: ConnectionRoute): OwningService | undefined {
    return this.#marks.get(`${familyOf(virtual)} ${realServer.address}`);
  }
}

/**
 * The service that clients called. A template under a firewall mark has no protocol, and the mark is in its virtual
 * address (`ip_vs_sched_persist` in `net/netfilter/ipvs/ip_vs_core.c`).
 */
function calledService({ protocol, virtual }: ConnectionRoute): ServiceIdentity {
  const family = familyOf(virtual);
  if (protocol !== 'protocol-0') return { kind: 'address', family, protocol, ...virtual };
  const words = addressWords(virtual.address);
  return { kind: 'fwmark', family, fwmark: words[family === 'inet' ? 3 : 0] ?? 0 };
}

function endpointText(endpoint: Endpoint): string {
  return formatEndpoint({ family: familyOf(endpoint), ...endpoint });
}

function familyOf({ address }: Endpoint): Family {
  return address.includes(':') ? 'inet6' : 'inet';
}
