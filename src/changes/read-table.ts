import { allRealServers, allServices, type Director } from '../director/director.ts';
import { compareRealServers, compareServices, formatRealServer, formatService } from '../ipvs/identity.ts';
import type { ServiceState } from './table-state.ts';

/** The whole table as it is now, by address. A service that goes while it is read is left out or has no real servers. */
export function readTable(director: Director): ServiceState[] {
  const services = new Map(
    allServices(director).map(({ service }) => [formatService(service.identity), service]),
  );
  return [...services.values()]
    .sort((left, right) => compareServices(left.identity, right.identity))
    .map((service) => {
      const rows = allRealServers(director, service.identity);
      const realServers = new Map(rows.map((row) => [formatRealServer(row.realServer.identity), row]));
      return {
        service,
        realServers: [...realServers.values()].sort((left, right) =>
          compareRealServers(left.realServer.identity, right.realServer.identity),
        ),
      };
    });
}
