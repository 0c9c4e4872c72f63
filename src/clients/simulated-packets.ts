import { ConnectionTable } from '../director/connection-table.ts';
import { allServices, type ReadableDirector } from '../director/director.ts';
import { createRandom } from '../director/simulated/random.ts';
import type { Connection } from '../ipvs/connection.ts';
import { formatService, type ServiceIdentity } from '../ipvs/identity.ts';
import { type PacketSource, type SampledPacket, wantedPackets } from './packet-source.ts';
import { type OwningService, RouteOwners } from './route-owners.ts';

/** At most about this many connections whose clients send packets. */
const senders = 2000;
/** After a pause, packets are made up for at most this many milliseconds. */
const longestPause = 1000;

/** The packets that a simulated service gets now. */
interface Flow {
  readonly service: ServiceIdentity;
  readonly perSecond: number;
  readonly bytes: number;
  /** Share of its packets that begin a connection, 0 to 1. */
  readonly opening: number;
  readonly connections: readonly Connection[];
}

/** Makes up the packets that the simulated services get, from the clients of their connections. */
export function openSimulatedPackets(
  director: ReadableDirector,
  services: readonly OwningService[],
): PacketSource {
  const random = createRandom(1);
  const table = new ConnectionTable();
  const batches = director.readConnections(table);
  while (table.length < senders && !batches.next().done);
  batches.return();
  const owners = new RouteOwners(services);
  const byService = new Map<string, Connection[]>();
  for (let row = 0; row < table.length; row++) {
    if (table.isTemplate(row)) continue;
    const connection = table.connection(row);
    const { service } = owners.of(connection);
    const others = byService.get(service);
    if (others === undefined) byService.set(service, [connection]);
    else others.push(connection);
  }
  const wanted = new Set<string>(services.map(({ service }) => formatService(service.identity)));
  let before: number | null = null;
  let oneIn = 1;
  return {
    get oneIn() {
      return oneIn;
    },
    take(now) {
      const seconds = Math.min(longestPause, now - (before ?? now)) / 1000;
      before = now;
      const flows = flowsOf(director, wanted, byService);
      oneIn = Math.max(
        1,
        Math.ceil(flows.reduce((sum, { perSecond }) => sum + perSecond, 0) / wantedPackets),
      );
      return flows.flatMap((flow) =>
        Array.from({ length: random.poisson((flow.perSecond * seconds) / oneIn) }, () =>
          packetOf(flow, now, oneIn, random.uniform),
        ),
      );
    },
    close() {},
  };
}

function flowsOf(
  director: ReadableDirector,
  wanted: ReadonlySet<string>,
  byService: ReadonlyMap<string, readonly Connection[]>,
): Flow[] {
  return allServices(director).flatMap(({ service, kernelRates }) => {
    if (!wanted.has(formatService(service.identity)) || kernelRates === null || kernelRates.inPackets === 0)
      return [];
    const { connections, inPackets, inBytes } = kernelRates;
    return [
      {
        service: service.identity,
        perSecond: inPackets,
        bytes: inBytes / inPackets,
        opening: connections / inPackets,
        connections: byService.get(formatService(service.identity)) ?? [],
      },
    ];
  });
}

function packetOf(
  { service, bytes, opening, connections }: Flow,
  time: number,
  oneIn: number,
  uniform: () => number,
): SampledPacket {
  const connection = connections[Math.floor(connections.length * uniform())];
  // With one-packet scheduling there are no connections, so clients are made up; the first addresses send most.
  const number = Math.floor(4000 * uniform() ** 2);
  const client = connection?.client ?? {
    address: `198.19.${128 + (number >> 6)}.${1 + (number & 63)}`,
    port: 1024 + Math.floor(64_512 * uniform()),
  };
  return {
    time,
    oneIn,
    client: client.address,
    clientPort: client.port,
    called:
      service.kind === 'fwmark' && connection !== undefined ? calledBy(connection) : formatService(service),
    bytes: Math.max(40, Math.round(bytes * (0.5 + uniform()))),
    isOpening: uniform() < opening && !formatService(service).startsWith('udp'),
  };
}

function calledBy({ protocol, virtual }: Connection): string {
  const family = virtual.address.includes(':') ? 'inet6' : 'inet';
  return formatService({ kind: 'address', family, protocol, ...virtual });
}
