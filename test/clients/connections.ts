/** Tables of connections for tests. */
import type { ConnectionContext } from '../../src/clients/connection-facts.ts';
import { type OwningService, RouteOwners } from '../../src/clients/route-owners.ts';
import { ConnectionTable } from '../../src/director/connection-table.ts';
import type { Connection } from '../../src/ipvs/connection.ts';
import { parseRealServer, parseService } from '../../src/ipvs/identity.ts';

/** A service with its real servers by their weights. */
export function owning(service: string, realServers: Readonly<Record<string, number>>): OwningService {
  return {
    service: { identity: parseService(service) },
    realServers: Object.entries(realServers).map(([text, weight]) => ({
      realServer: { identity: parseRealServer(text), weight },
    })),
  };
}

/** The services that connections belong to, unless others are named. */
export const usualServices = [
  owning('tcp:203.0.113.10:80', { '10.0.0.21:8080': 1, '10.0.0.22:8080': 0 }),
  owning('fwm:7', { '10.0.0.41:0': 1 }),
];

/** A connection of the first service, unless it is said otherwise. */
export function connection(change: Partial<Connection> = {}): Connection {
  return {
    protocol: 'tcp',
    client: { address: '198.18.0.1', port: 40_000 },
    virtual: { address: '203.0.113.10', port: 80 },
    realServer: { address: '10.0.0.21', port: 8080 },
    state: 'ESTABLISHED',
    expires: 900,
    ...change,
  };
}

/** A table of these connections; those of `synced` came from the master. */
export function contextOf(
  connections: readonly Connection[],
  synced: readonly Connection[] = [],
  services: readonly OwningService[] = usualServices,
): ConnectionContext {
  const table = new ConnectionTable();
  for (const each of connections) table.addConnection(each);
  for (const each of synced) table.addConnection(each, true);
  return { table, owners: new RouteOwners(services), timeouts: { tcp: 900, tcpFin: 120, udp: 300 } };
}
