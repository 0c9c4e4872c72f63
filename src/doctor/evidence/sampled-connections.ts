import { type Connection, type ConnectionSample, fixedTimeouts, isTemplate } from '../../ipvs/connection.ts';
import type { Timeouts } from '../../ipvs/director-info.ts';
import type { PublicRealServerView, PublicServiceView, RealServerView } from '../../sampling/view.ts';
import type { PublicEvidence } from './evidence.ts';

/**
 * The sampled connections, each under two keys: `tcp 203.0.113.10 10.0.0.21`, and the real server's address alone.
 */
type Index = ReadonlyMap<string, readonly Connection[]>;

/** Built once for each sample, which is looked up for many parts of a table. */
const indexes = new WeakMap<ConnectionSample, Index>();

/**
 * The sampled connections of a real server. Those of a firewall mark are all that go to its real server, since a
 * connection does not tell what mark it came with.
 */
export function connectionsOf(
  { connections }: PublicEvidence,
  { service: { identity } }: PublicServiceView,
  { realServer }: PublicRealServerView,
): readonly Connection[] {
  const index = indexes.get(connections) ?? indexOf(connections);
  const { address, port } = realServer.identity;
  if (identity.kind === 'fwmark') return index.get(address) ?? [];
  const between = index.get(`${identity.protocol} ${identity.address} ${address}`) ?? [];
  // A service of port 0 takes every port.
  return identity.port === 0
    ? between
    : between.filter(
        (connection) => connection.virtual.port === identity.port && connection.realServer.port === port,
      );
}

function indexOf(sample: ConnectionSample): Index {
  const index = new Map<string, Connection[]>();
  const put = (key: string, connection: Connection) => {
    const others = index.get(key);
    if (others === undefined) index.set(key, [connection]);
    else others.push(connection);
  };
  for (const connection of sample.connections) {
    const { protocol, virtual, realServer } = connection;
    put(`${protocol} ${virtual.address} ${realServer.address}`, connection);
    put(realServer.address, connection);
  }
  indexes.set(sample, index);
  return index;
}

/** An answer counts as missing if it has not come this many seconds after the SYN. */
const longestAnswer = 2;

/** Fewer connections than this mean nothing. */
const several = 4;

/**
 * Whether a TCP client has waited for an answer to its SYN for a while. Under NAT the director has not seen the answer;
 * under DR and TUN, where it sees none, the client has not acknowledged one.
 */
export function isStuck({ protocol, state, expires }: Connection): boolean {
  return protocol === 'tcp' && state === 'SYN_RECV' && fixedTimeouts.SYN_RECV - expires >= longestAnswer;
}

/** Whether this machine itself calls a real server elsewhere. One on this machine can answer it. */
export function isOwnCall(
  { network }: Pick<PublicEvidence, 'network'>,
  { client, realServer }: Connection,
): boolean {
  return (
    network.holders(client.address).length > 0 && network.routes.get(realServer.address)?.kind !== 'local'
  );
}

/**
 * Whether answers of a real server under NAT to its stuck clients were counted: in the last seconds, or, where nothing
 * went there in these, ever, if it never had any other connections. Otherwise nobody knows.
 */
export function areAnswersCounted(
  { connections: { isWhole } }: PublicEvidence,
  { counters, rates }: RealServerView,
  { stuck, others }: Handshakes,
): boolean {
  if (rates !== null && rates.inPackets > 0) return rates.outPackets > 0;
  return isWhole && others === 0 && counters.connections <= stuck && Number(counters.outPackets) > 0;
}

/** How the TCP handshakes of a real server's clients go, in numbers of connections. */
export interface Handshakes {
  readonly stuck: number;
  /** Connections that got through, or whose handshake is still under way. */
  readonly others: number;
  /** Connections that got through and ended since the newest stuck one began. */
  readonly since: number;
  /** Connections that got through since the oldest stuck one began: they ended, or had a packet, after that. */
  readonly meanwhile: number;
  /** Seconds since the newest stuck connection began; infinite where none is stuck. */
  readonly newestStuck: number;
  /** Addresses of the clients that are stuck. */
  readonly stuckClients: ReadonlySet<string>;
}

/** Counts the handshakes of TCP connections. */
export function handshakesOf(
  connections: readonly Connection[],
  { tcp, tcpFin }: Pick<Timeouts, 'tcp' | 'tcpFin'>,
): Handshakes {
  const all = connections.filter(
    ({ protocol, client, state }) => protocol === 'tcp' && !isTemplate(client.port, state),
  );
  const stuck = all.filter(isStuck);
  const ages = stuck.map(({ expires }) => fixedTimeouts.SYN_RECV - expires);
  const lastStuck = Math.min(...ages);
  const firstStuck = Math.max(...ages);
  const { TIME_WAIT, CLOSE } = fixedTimeouts;
  const ends = new Map<string, number>(Object.entries({ TIME_WAIT, CLOSE, FIN_WAIT: tcpFin }));
  const since = all.filter(({ state, expires }) => (ends.get(state) ?? Infinity) - expires < lastStuck);
  ends.set('ESTABLISHED', tcp);
  return {
    stuck: stuck.length,
    others: all.length - stuck.length,
    since: since.length,
    meanwhile: all.filter(({ state, expires }) => (ends.get(state) ?? Infinity) - expires < firstStuck)
      .length,
    newestStuck: lastStuck,
    stuckClients: new Set(stuck.map(({ client }) => client.address)),
  };
}

/**
 * Whether enough connections are stuck to conclude that something is wrong with the real server: at least `several`
 * and a quarter of all, with next to none getting through since.
 */
export function areStuck({ stuck, others, since }: Pick<Handshakes, 'stuck' | 'others' | 'since'>): boolean {
  return stuck >= several && stuck * 3 >= others && since < several;
}

/**
 * Whether the few connections there are got stuck, all of them: too few to tell a fault of the real server from one
 * of a client.
 */
export function areFewStuck({ stuck, others }: Pick<Handshakes, 'stuck' | 'others'>): boolean {
  return stuck > 0 && stuck < several && others === 0;
}

/** Whether clients demonstrably get through now, whatever was before. */
export function getThrough({ since }: Handshakes): boolean {
  return since >= several;
}
