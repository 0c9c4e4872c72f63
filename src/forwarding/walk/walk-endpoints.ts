import { parseAddress } from '../../ipvs/address.ts';
import type { Connection, ConnectionSample } from '../../ipvs/connection.ts';
import { IpvsError } from '../../ipvs/error.ts';
import type { Family } from '../../ipvs/family.ts';
import {
  compareRealServers,
  formatService,
  type RealServerIdentity,
  type ServiceIdentity,
  type ServiceKey,
} from '../../ipvs/identity.ts';
import type { PublicRealServer } from '../../ipvs/real-server.ts';
import { isInSubnet } from '../../ipvs/subnet.ts';
import type { WalkEndpoints } from './walk.ts';

/** Addresses for documentation (RFC 5737, RFC 3849), used when there is no connection to show. */
const examples: Readonly<Record<Family, { readonly clients: readonly string[]; readonly virtual: string }>> =
  {
    inet: { clients: ['192.0.2.44', '198.51.100.44'], virtual: '203.0.113.80' },
    inet6: { clients: ['2001:db8:ffff::44'], virtual: '2001:db8:eeee::80' },
  };
/** A port within the range that Linux uses for outgoing connections (`ip_local_port_range`). */
const exampleClientPort = 40_000;
const exampleServicePort = 80;

/** What the endpoints are chosen from. */
export interface EndpointChoice {
  readonly service: ServiceIdentity;
  readonly realServer: RealServerIdentity;
  /** All services of the table: they tell connections of other services from those of a firewall mark. */
  readonly services: readonly ServiceIdentity[];
  readonly connections: ConnectionSample;
  /** The client's address, if somebody has named one. */
  readonly client?: string;
  /** The endpoints of a walk that is continued: its client stays as long as it has a connection. */
  readonly former?: WalkEndpoints;
}

/**
 * Chooses whose walk to take: a client with a connection to the real server, else one with a connection to the
 * service, else an example. Throws an input `IpvsError` when the named client is no address of the service's family.
 */
export function chooseEndpoints(choice: EndpointChoice): WalkEndpoints {
  const { service, realServer } = choice;
  const given = choice.client === undefined ? undefined : readClient(choice.client, service.family);
  const others = new Set(choice.services.map(formatService));
  const candidates = choice.connections.connections.filter(
    (connection) =>
      belongsTo(connection, choice, others) && (given === undefined || connection.client.address === given),
  );
  const best = candidates.reduce<Connection | undefined>(
    (found, connection) =>
      found !== undefined && rank(found, choice) >= rank(connection, choice) ? found : connection,
    undefined,
  );
  if (best !== undefined) {
    const isOfRealServer = best.realServer.address === realServer.address;
    return {
      protocol: best.protocol,
      client: best.client,
      virtual: best.virtual,
      origin: { kind: 'connection', state: best.state, isOfRealServer },
      isVirtualExample: false,
    };
  }
  const isVirtualExample = service.kind === 'fwmark' || service.port === 0;
  const virtual =
    service.kind === 'fwmark'
      ? { address: examples[service.family].virtual, port: realServer.port || exampleServicePort }
      : { address: service.address, port: service.port || realServer.port || exampleServicePort };
  return {
    protocol: service.kind === 'fwmark' ? 'tcp' : service.protocol,
    client: { address: given ?? exampleClient(virtual.address, service.family), port: exampleClientPort },
    virtual,
    origin: { kind: given === undefined ? 'example' : 'given' },
    isVirtualExample,
  };
}

/** `others` are the names of all services. */
function belongsTo(
  connection: Connection,
  { service, realServer }: EndpointChoice,
  others: ReadonlySet<ServiceKey>,
): boolean {
  // A persistence template is no connection.
  if (connection.client.port === 0) return false;
  if (isOfService(connection, service)) return true;
  if (service.kind === 'address') return false;
  const { protocol, virtual } = connection;
  const { family } = service;
  if (connection.realServer.address !== realServer.address) return false;
  if (parseAddress(virtual.address)?.family !== family) return false;
  const called = { kind: 'address', family, protocol, address: virtual.address } as const;
  return [virtual.port, 0].every((port) => !others.has(formatService({ ...called, port })));
}

function isOfService({ protocol, virtual }: Connection, service: ServiceIdentity): boolean {
  return (
    service.kind === 'address' &&
    protocol === service.protocol &&
    virtual.address === service.address &&
    (service.port === 0 || virtual.port === service.port)
  );
}

/**
 * Ranks connections: those of the real server first, among them the one shown before, then those that are
 * established.
 */
function rank(
  { client, realServer, state }: Connection,
  { realServer: { address, port }, former }: EndpointChoice,
): number {
  const isOfRealServer = realServer.address === address && (port === 0 || realServer.port === port);
  const isFormer = client.address === former?.client.address && client.port === former.client.port;
  return (isOfRealServer ? 4 : 0) + (isFormer ? 2 : 0) + (state === 'ESTABLISHED' ? 1 : 0);
}

function exampleClient(virtual: string, family: Family): string {
  const { clients } = examples[family];
  return (
    clients.find((client) => !isInSubnet(virtual, client, family === 'inet' ? 24 : 48)) ?? clients[0] ?? ''
  );
}

function readClient(text: string, family: Family): string {
  const address = parseAddress(text);
  if (address?.family === family) return address.text;
  throw IpvsError.input(
    'bad-address',
    'read client address',
    text,
    address === undefined ? 'it is no IP address' : `the service is ${family === 'inet' ? 'IPv4' : 'IPv6'}`,
    `give an address like ${examples[family].clients[0]}`,
  );
}

/** The real server of a walk where none is named: the first of those with the greatest weight. */
export function likeliestRealServer<Server extends PublicRealServer>(
  realServers: readonly Server[],
): Server | undefined {
  return realServers
    .toSorted(
      (left, right) => right.weight - left.weight || compareRealServers(left.identity, right.identity),
    )
    .at(0);
}
