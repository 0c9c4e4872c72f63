import { sampleConnections } from '../director/connection-sample.ts';
import { allRealServers, type ReadableDirector } from '../director/director.ts';
import { chooseEndpoints } from '../forwarding/walk/walk-endpoints.ts';
import type { ConnectionSample, Endpoint } from '../ipvs/connection.ts';
import { IpvsError } from '../ipvs/error.ts';
import {
  compareRealServers,
  compareServices,
  type RealServerIdentity,
  type ServiceIdentity,
  sameRealServer,
} from '../ipvs/identity.ts';
import { isKnownProtocol, type KnownProtocol } from '../ipvs/protocol.ts';
import { isWholeRealServer, type PublicRealServer } from '../ipvs/real-server.ts';
import { allAtOnce } from '../system/turns.ts';
import type { ProbeQuestion } from './question.ts';

/** A real server of a service, and what it is to be asked. */
export interface ProbeRow {
  readonly service: ServiceIdentity;
  readonly realServer: PublicRealServer;
  /** `null` where nobody can tell what clients call. */
  readonly question: ProbeQuestion | null;
}

/** What is to be asked. */
export interface ProbeChoice {
  /** All services where it is left out. */
  readonly service?: ServiceIdentity;
  /** All real servers of it where it is left out. */
  readonly realServer?: RealServerIdentity;
  /** What clients call, for services of a firewall mark or of every port. */
  readonly to?: Endpoint;
}

/** Connections among which one of a firewall mark's service is looked for. */
const sampleSize = 2000;

/**
 * What to ask the real servers of a table with these services. A service that has no port of its own is asked for the
 * port of one of its connections.
 */
export function probeRows(
  director: ReadableDirector,
  services: readonly ServiceIdentity[],
  { service, realServer, to }: ProbeChoice,
): ProbeRow[] {
  const chosen = service === undefined ? services.toSorted(compareServices) : [service];
  const needsPort = chosen.some((identity) => identity.kind === 'fwmark' || identity.port === 0);
  const connections = needsPort && to === undefined ? connectionsOf(director) : noConnections;
  return chosen.flatMap((identity) =>
    allRealServers(director, identity)
      .toSorted((one, other) => compareRealServers(one.realServer.identity, other.realServer.identity))
      .filter((entry) => realServer === undefined || sameRealServer(entry.realServer.identity, realServer))
      .map((entry) => {
        const called = calledBy(identity, entry.realServer, { services, connections, to });
        return {
          service: identity,
          realServer: entry.realServer,
          question: called && {
            ...called,
            realServer: entry.realServer,
            tunnel: isWholeRealServer(entry.realServer) ? entry.realServer.tunnel : null,
          },
        };
      }),
  );
}

/** The addresses that real servers may have as their own: those of the services, and what clients of marked ones call. */
export function virtualAddressesOf(
  services: readonly ServiceIdentity[],
  rows: readonly ProbeRow[],
): Set<string> {
  const addresses = services.flatMap((identity) => (identity.kind === 'address' ? [identity.address] : []));
  return new Set([...addresses, ...rows.flatMap(({ question }) => question?.virtual.address ?? [])]);
}

interface Known {
  readonly services: readonly ServiceIdentity[];
  readonly connections: ConnectionSample;
  readonly to: Endpoint | undefined;
}

function calledBy(
  service: ServiceIdentity,
  { identity: realServer }: PublicRealServer,
  { services, connections, to }: Known,
): { readonly protocol: KnownProtocol; readonly virtual: Endpoint } | null {
  if (to !== undefined) {
    const protocol = service.kind === 'address' ? service.protocol : 'tcp';
    return isKnownProtocol(protocol) ? { protocol, virtual: to } : null;
  }
  const { protocol, virtual, isVirtualExample } = chooseEndpoints({
    service,
    realServer,
    services,
    connections,
  });
  return isVirtualExample || !isKnownProtocol(protocol) ? null : { protocol, virtual };
}

const noConnections: ConnectionSample = { connections: [], isWhole: false };

/** Whoever may not read them has none to go by. */
function connectionsOf(director: ReadableDirector): ConnectionSample {
  try {
    return allAtOnce(sampleConnections(director, sampleSize));
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    return noConnections;
  }
}
