import { allRealServers, allServices, type Director } from '../../director/director.ts';
import {
  compareRealServers,
  compareServices,
  formatRealServer,
  formatService,
  type RealServerIdentity,
  type ServiceIdentity,
  sameRealServer,
} from '../../ipvs/identity.ts';
import type { RealServer, RealServerEntry } from '../../ipvs/real-server.ts';
import type { Service } from '../../ipvs/service.ts';

/** A real server with the connections that it has now. */
export interface RealServerState {
  readonly realServer: RealServer;
  readonly active: number;
  readonly inactive: number;
}

/** A service and its real servers, as they are or as they will be. */
export interface ServiceState {
  readonly service: Service;
  readonly realServers: readonly RealServerState[];
}

/** Reads a service and its real servers, sorted by address and port; `undefined` when it does not exist. */
export function readServiceState(director: Director, identity: ServiceIdentity): ServiceState | undefined {
  const entry = director.findService(identity);
  return entry && withRealServers(director, entry.service);
}

/**
 * Reads the whole table, sorted by address. A service that is deleted meanwhile is left out or has no real servers.
 */
export function readTable(director: Director): ServiceState[] {
  const services = new Map(
    allServices(director).map(({ service }) => [formatService(service.identity), service]),
  );
  return [...services.values()]
    .sort((left, right) => compareServices(left.identity, right.identity))
    .map((service) => withRealServers(director, service));
}

function withRealServers(director: Director, service: Service): ServiceState {
  const rows = allRealServers(director, service.identity);
  const realServers = new Map(rows.map((row) => [formatRealServer(row.realServer.identity), row]));
  return {
    service,
    realServers: [...realServers.values()].sort((left, right) =>
      compareRealServers(left.realServer.identity, right.realServer.identity),
    ),
  };
}

/**
 * Reads one real server. Dumps can skip a row while the table is being edited (`ip_vs_genl_dump_dests` in
 * `net/netfilter/ipvs/ip_vs_ctl.c` resumes by index), so a real server that is not found is looked for twice.
 */
export function findRealServer(
  director: Director,
  service: ServiceIdentity,
  identity: RealServerIdentity,
): RealServerEntry | undefined {
  return searchOnce(director, service, identity) ?? searchOnce(director, service, identity);
}

function searchOnce(
  director: Director,
  service: ServiceIdentity,
  identity: RealServerIdentity,
): RealServerEntry | undefined {
  for (const batch of director.realServerBatches(service)) {
    const found = batch.find(({ realServer }) => sameRealServer(realServer.identity, identity));
    if (found !== undefined) return found;
  }
  return undefined;
}
