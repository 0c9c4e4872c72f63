import { type Connection, type ConnectionSample, fixedTimeouts } from '../../ipvs/connection.ts';
import type { Timeouts } from '../../ipvs/director-info.ts';
import type { PublicRealServerView, PublicServiceView } from '../../sampling/view.ts';
import type { PublicEvidence } from './evidence.ts';

/** The sampled connections by whom they belong to: `tcp 203.0.113.10 10.0.0.21`, and the real server's address alone. */
type Index = ReadonlyMap<string, readonly Connection[]>;

/** Made once for a sample, which many parts of a table are held against. */
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

/** Seconds since a SYN from which on an answer is missing. */
const longestAnswer = 2;

/** Connections from which on their number says something. */
const several = 4;

/**
 * Whether a TCP client has waited for an answer to its SYN for a while. Under NAT the director has not seen the answer;
 * under DR and TUN, where it sees none, the client has not acknowledged one.
 */
export function isStuck({ protocol, state, expires }: Connection): boolean {
  return protocol === 'tcp' && state === 'SYN_RECV' && fixedTimeouts.SYN_RECV - expires >= longestAnswer;
}

/** How a real server's clients get on with their handshakes. */
export interface Handshakes {
  readonly stuck: number;
  /** Those that got through, and those that are under way. */
  readonly others: number;
  /** Those that have got through and ended since the last one got stuck. */
  readonly since: number;
  /** Those that have got through since the first one got stuck: they have ended, or had a packet. */
  readonly meanwhile: number;
  /** Seconds since the newest of those that are stuck began; infinite where none is. */
  readonly newestStuck: number;
  /** Addresses of the clients that are stuck. */
  readonly stuckClients: ReadonlySet<string>;
}

/** Counts the handshakes of TCP connections. */
export function handshakesOf(
  connections: readonly Connection[],
  { tcp, tcpFin }: Pick<Timeouts, 'tcp' | 'tcpFin'>,
): Handshakes {
  // A persistence template stands in the list, too, in no state.
  const all = connections.filter(({ protocol, state }) => protocol === 'tcp' && state !== 'NONE');
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

/** Whether so many are stuck that something is wrong with the real server: a quarter of all, not a few, and lately. */
export function areStuck({ stuck, others, since }: Pick<Handshakes, 'stuck' | 'others' | 'since'>): boolean {
  return stuck >= several && stuck * 3 >= others && since < several;
}

/** Whether none of those few that there are got through: too few to tell the real server's fault from a client's. */
export function areFewStuck({ stuck, others }: Pick<Handshakes, 'stuck' | 'others'>): boolean {
  return stuck > 0 && stuck < several && others === 0;
}

/** Whether it is seen that clients get through now, whatever was before. */
export function getThrough({ since }: Handshakes): boolean {
  return since >= several;
}
