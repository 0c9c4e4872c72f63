import { type Connection, type Endpoint, fixedTimeouts } from '../../ipvs/connection.ts';
import type { Timeouts } from '../../ipvs/director-info.ts';
import type { ServiceIdentity } from '../../ipvs/identity.ts';
import type { Protocol } from '../../ipvs/protocol.ts';
import type { ConnectionTable } from '../connection-table.ts';
import type { Clients } from './clients.ts';
import { hashText, mix } from './kernel/hash.ts';
import { clientNetwork, type Template } from './kernel/persistence-templates.ts';
import type { SimulatedRealServer } from './kernel/simulated-real-server.ts';
import type { SimulatedService } from './kernel/simulated-service.ts';
import type { Demand } from './sites/demand.ts';
import { isRefusing } from './traffic.ts';

/** Rows of a batch: about a millisecond of work, and enough for whoever looks at a few. */
const rowsPerBatch = 512;

/** Rows that are listed together: the connections of a real server, or the templates of a service. */
interface Portion {
  /** Number of the first row. */
  readonly first: number;
  readonly count: number;
  make(index: number): Connection;
}

/**
 * Adds connections as the kernel's table would list them. The simulation only counts connections, so their clients are
 * made up here, the same at each call, out of those of the service, some of which come much more often than others. The
 * order is scrambled, as the kernel's hash does it, and a million rows cost nothing until they are read.
 */
export function* simulatedConnections(
  table: ConnectionTable,
  services: readonly SimulatedService[],
  timeouts: Timeouts,
  tick: number,
): Generator<void, void, void> {
  const portions: Portion[] = [];
  let total = 0;
  const put = (count: number, make: Portion['make']) => {
    if (count > 0) portions.push({ first: total, count, make });
    total += count;
  };
  for (const service of services) {
    let held: ReturnType<typeof heldClients> | undefined;
    for (const server of service.realServers) {
      put(server.active + server.inactive, (index) => {
        held ??= heldClients(service);
        return madeUp(service, server, held.get(server) ?? [], index, timeouts);
      });
    }
    const templates = [...service.templates.all()];
    put(templates.length, (index) => template(service, templates[index], tick));
  }
  let inBatch = 0;
  for (const row of shuffled(total)) {
    const portion = portions[portionOf(portions, row)];
    if (portion !== undefined) table.addConnection(portion.make(row - portion.first));
    if (++inBatch % rowsPerBatch === 0) yield;
  }
}

/** The last portion that begins at the row or before it. */
function portionOf(portions: readonly Portion[], row: number): number {
  let low = 0;
  let high = portions.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((portions[middle]?.first ?? 0) <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * All numbers below `count`, each once, in the order that a Feistel network of four rounds gives them; those of the next
 * power of four that are too large are passed over.
 */
export function* shuffled(count: number): Generator<number, void, void> {
  let bits = 1;
  while (4 ** bits < count) bits++;
  const half = 2 ** bits;
  for (let index = 0; index < half * half; index++) {
    let left = Math.floor(index / half);
    let right = index % half;
    for (let round = 0; round < 4; round++) {
      const next = left ^ (mix(right * 4 + round + 0x9e37) % half);
      left = right;
      right = next;
    }
    const number = left * half + right;
    if (number < count) yield number;
  }
}

/** Numbers of the clients that a persistent service holds to each real server. */
function heldClients(service: SimulatedService): Map<SimulatedRealServer, number[]> {
  const held = new Map<SimulatedRealServer, number[]>();
  const { persistence, identity } = service.settings;
  const { clients } = service;
  if (persistence === null || clients === undefined) return held;
  for (let client = 0; client < clients.demand.clients; client++) {
    const server = service.templates.peek(
      clientNetwork(clients.source(client), identity.family, persistence),
    );
    if (server === undefined) continue;
    const others = held.get(server);
    if (others === undefined) held.set(server, [client]);
    else others.push(client);
  }
  return held;
}

function madeUp(
  service: SimulatedService,
  server: SimulatedRealServer,
  held: readonly number[],
  index: number,
  timeouts: Timeouts,
): Connection {
  const { identity } = service.settings;
  const random = mix(hashText(`${service.key} ${server.key}`, index));
  const virtual = virtualEndpoint(identity, random);
  const protocol = protocolOf(service);
  const { address, port } = server.settings.identity;
  return {
    protocol,
    client: {
      address: clientAddress(service, pickedClient(service.clients, held, random)),
      port: 1024 + (mix(random + 1) % 64_512),
    },
    virtual,
    realServer: { address, port: port || virtual.port },
    ...stateOf(service, server, index < server.active, mix(random + 2), timeouts),
  };
}

function protocolOf({ settings: { identity }, clients }: SimulatedService): Protocol {
  return identity.kind === 'address' ? identity.protocol : (clients?.demand.protocol ?? 'tcp');
}

/** Number of a client, spread as `Clients.next` spreads them. */
function pickedClient(clients: Clients | undefined, held: readonly number[], random: number): number {
  const part = (mix(random + 3) / 2 ** 32) ** 2;
  return held.length > 0
    ? (held[Math.floor(part * held.length)] ?? 0)
    : Math.floor(part * (clients?.demand.clients ?? 1000));
}

/** One in so many connections was opened and forgotten by its client. */
const forgotten = 24;
/** One in so many inactive connections has only begun. */
const begun = 100;

/**
 * The kernel's word for the state, and the seconds left; an active connection that carries packets had its last one
 * just now.
 */
function stateOf(
  { clients, settings: { identity } }: SimulatedService,
  server: SimulatedRealServer,
  isActive: boolean,
  random: number,
  { tcp, tcpFin, udp }: Timeouts,
): Pick<Connection, 'state' | 'expires'> {
  const part = (mix(random + 1) + 1) / 2 ** 32;
  if (identity.kind === 'address' && identity.protocol === 'udp')
    return { state: 'UDP', expires: Math.ceil(udp * part) };
  if (isActive) {
    const idle = silence(clients?.demand, random, part, tcp);
    return { state: 'ESTABLISHED', expires: Math.max(1, Math.ceil(tcp - idle)) };
  }
  if (!server.serves)
    return isRefusing(server)
      ? { state: 'CLOSE', expires: Math.max(1, Math.ceil(fixedTimeouts.CLOSE * part)) }
      : { state: 'SYN_RECV', expires: Math.max(1, Math.ceil(fixedTimeouts.SYN_RECV * part)) };
  if (random % begun === 0) return { state: 'SYN_RECV', expires: 60 };
  const isOver = server.seesResponses;
  return {
    state: isOver ? 'TIME_WAIT' : 'FIN_WAIT',
    expires: Math.max(1, Math.ceil((isOver ? 120 : tcpFin) * part)),
  };
}

/** Seconds since the last packet of an active connection; `part` is a random one, 0 to 1. */
function silence(demand: Demand | undefined, random: number, part: number, timeout: number): number {
  const packets = demand?.flowing.inPackets ?? 1;
  // What carries nothing has been silent since it began.
  if (packets === 0) return -Math.log(part) * lifetimeNow(demand?.lifetimes ?? [], mix(random + 4) / 2 ** 32);
  return random % forgotten === 0 ? timeout * part : -Math.log(part) / Math.max(packets, 0.01);
}

/** The mean duration of an active connection's kind: those that last longer are found more often. */
function lifetimeNow(lifetimes: Demand['lifetimes'], part: number): number {
  let left = part * lifetimes.reduce((sum, { share, seconds }) => sum + share * seconds, 0);
  for (const { share, seconds } of lifetimes) {
    left -= share * seconds;
    if (left < 0) return seconds;
  }
  return lifetimes.at(-1)?.seconds ?? 0;
}

/** Both ports of a template that holds nobody any more (`ip_vs_check_template` in `net/netfilter/ipvs/ip_vs_conn.c`). */
const invalidPort = 65_535;

/** What holds a network of clients to a real server (`ip_vs_sched_persist` in `net/netfilter/ipvs/ip_vs_core.c`). */
function template(service: SimulatedService, held: Template | undefined, tick: number): Connection {
  if (held === undefined) throw new RangeError(`there is no such template of ${service.key}`);
  const { identity, persistence } = service.settings;
  const { clients } = service;
  let client = 0;
  if (clients !== undefined && persistence !== null) {
    const { clients: count } = clients.demand;
    while (
      client < count &&
      clientNetwork(clients.source(client), identity.family, persistence) !== held.network
    )
      client++;
  }
  const { address, port } = held.server.settings.identity;
  const isMark = identity.kind === 'fwmark';
  const virtual = isMark
    ? { address: markAddress(identity.fwmark, identity.family), port: 0 }
    : { address: identity.address, port: identity.port };
  return {
    protocol: isMark ? 'protocol-0' : identity.protocol,
    client: { address: clientAddress(service, client, true), port: 0 },
    virtual: held.isInvalid ? { ...virtual, port: invalidPort } : virtual,
    realServer: { address, port: held.isInvalid ? invalidPort : port },
    state: 'NONE',
    expires: Math.max(1, Math.ceil((held.end - tick) / 10)),
  };
}

/** A template's virtual address under a firewall mark is the mark itself. */
function markAddress(mark: number, family: ServiceIdentity['family']): string {
  const bytes = [24, 16, 8, 0].map((shift) => (mark >>> shift) & 0xff);
  return family === 'inet'
    ? bytes.join('.')
    : `${((mark >>> 16) & 0xffff).toString(16)}:${(mark & 0xffff).toString(16)}::`;
}

/**
 * The virtual address and port of a connection; under a firewall mark, one of the many addresses that may stand behind
 * it.
 */
function virtualEndpoint(identity: ServiceIdentity, random: number): Endpoint {
  if (identity.kind === 'address') {
    return { address: identity.address, port: identity.port || 1024 + (random % 1000) };
  }
  const host = 64 + (random % 24);
  return {
    address: identity.family === 'inet' ? `203.0.113.${host}` : `2001:db8:10::${host.toString(16)}`,
    port: 8443,
  };
}

/** Clients in each network of 256, and more where there are so many that the networks do not suffice. */
const usualNeighbours = 8;
const networks = 512;

/**
 * A made-up address out of the networks for benchmarks (RFC 2544, RFC 5180), with as many clients to a network as among
 * the addresses that the scheduler sees. With `isNetwork`, the first address of the client's network.
 */
function clientAddress(
  { settings: { identity }, clients }: SimulatedService,
  client: number,
  isNetwork = false,
): string {
  const count = clients?.demand.clients ?? 1000;
  let neighbours = usualNeighbours;
  while (neighbours < 128 && count > neighbours * networks) neighbours *= 2;
  const network = Math.floor(client / neighbours) % networks;
  const offset = (mix(network) % Math.floor(248 / neighbours)) * neighbours;
  const host = isNetwork ? 0 : 1 + offset + (client % neighbours);
  return identity.family === 'inet'
    ? `198.${18 + (network >> 8)}.${network & 0xff}.${host}`
    : `2001:2:0:${network.toString(16)}::${host === 0 ? '' : host.toString(16)}`;
}
