import { sampleConnections } from '../director/connection-sample.ts';
import { allRealServers, type ReadableDirector } from '../director/director.ts';
import type { Firewall } from '../forwarding/firewall/firewall.ts';
import { markedEndpoints } from '../forwarding/firewall/marking-rules.ts';
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
import type { PublicServiceView } from '../sampling/view.ts';
import type { Work } from '../system/turns.ts';
import type { ProbeQuestion } from './question.ts';

/** A real server of a service, and the question for it. */
export interface ProbeRow {
  readonly service: ServiceIdentity;
  readonly realServer: PublicRealServer;
  /** `null` where nobody can tell what clients call. */
  readonly question: ProbeQuestion | null;
}

/** Which real servers to probe. */
export interface ProbeChoice {
  /** Left out for all services. */
  readonly service?: ServiceIdentity;
  /** Left out for all real servers of the service. */
  readonly realServer?: RealServerIdentity;
}

/** What tells the address and port that clients call, where the service itself does not have them. */
export interface ProbeSurroundings {
  /** All services of the table. */
  readonly services: readonly ServiceIdentity[];
  readonly firewall: () => Firewall;
  /** What clients call, if somebody has said so. */
  readonly to?: Endpoint;
}

/** Connections that are searched for one of a firewall mark's service. */
const sampleSize = 2000;

/**
 * Makes the questions for the real servers of services. Where a service has no port of its own, the question is about
 * the port of one of its connections, else about that of the firewall rule that sets its mark.
 */
export function* probeRows(
  director: ReadableDirector,
  asked: Iterable<AskedService>,
  surroundings: ProbeSurroundings,
): Work<ProbeRow[]> {
  let connections: ConnectionSample | undefined;
  const rows: ProbeRow[] = [];
  for (const { service, realServers } of asked) {
    const needsPort = service.kind === 'fwmark' || service.port === 0;
    if (needsPort && surroundings.to === undefined) connections ??= yield* connectionsOf(director);
    for (const realServer of realServers) {
      const called = calledBy(service, realServer, connections ?? noConnections, surroundings);
      const tunnel = isWholeRealServer(realServer) ? realServer.tunnel : null;
      rows.push({ service, realServer, question: called && { ...called, realServer, tunnel } });
      yield 1;
    }
  }
  return rows;
}

/** A service with the real servers that are to be asked. */
export interface AskedService {
  readonly service: ServiceIdentity;
  readonly realServers: readonly PublicRealServer[];
}

/** All services of a view with their real servers. */
export function viewedServices(views: readonly PublicServiceView[]): AskedService[] {
  return views.map(({ service, realServers }) => ({
    service: service.identity,
    realServers: realServers.map(({ realServer }) => realServer),
  }));
}

/** The chosen services and real servers, as the director has them now. */
export function* chosenServices(
  director: ReadableDirector,
  services: readonly ServiceIdentity[],
  { service, realServer }: ProbeChoice,
): Generator<AskedService, void, void> {
  for (const identity of service === undefined ? services.toSorted(compareServices) : [service]) {
    const realServers = allRealServers(director, identity)
      .map((entry) => entry.realServer)
      .filter((known) => realServer === undefined || sameRealServer(known.identity, realServer))
      .sort((one, other) => compareRealServers(one.identity, other.identity));
    yield { service: identity, realServers };
  }
}

/**
 * The addresses that real servers may have themselves: those of the services, and those that clients of marked
 * services call.
 */
export function virtualAddressesOf(
  services: readonly ServiceIdentity[],
  rows: readonly ProbeRow[],
): Set<string> {
  const addresses = services.flatMap((identity) => (identity.kind === 'address' ? [identity.address] : []));
  return new Set([...addresses, ...rows.flatMap(({ question }) => question?.virtual.address ?? [])]);
}

function calledBy(
  service: ServiceIdentity,
  { identity: realServer }: PublicRealServer,
  connections: ConnectionSample,
  { services, firewall, to }: ProbeSurroundings,
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
  if (isVirtualExample) return (service.kind === 'fwmark' && markedEndpoints(firewall(), service)[0]) || null;
  return isKnownProtocol(protocol) ? { protocol, virtual } : null;
}

const noConnections: ConnectionSample = { connections: [], isWhole: false };

/** A sample of connections; empty if they may not be read. */
function* connectionsOf(director: ReadableDirector): Work<ConnectionSample> {
  try {
    return yield* sampleConnections(director, sampleSize);
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    return noConnections;
  }
}

/** With more questions than `many` the user is told how long they take, at `aSecond` a second. */
const many = 60;
const aSecond = 20;

/** How long it takes to probe these rows that often, in words; `undefined` where it takes only a moment. */
export function timeToAsk(rows: readonly ProbeRow[], times = 1): string | undefined {
  const asked = rows.filter(({ question }) => question !== null).length;
  if (asked * times <= many) return undefined;
  const often = times > 1 ? `, ${times} times` : '';
  return `asking ${asked} real servers${often}: ${Math.ceil((asked * times) / aSecond)} s and more where something is silent`;
}
