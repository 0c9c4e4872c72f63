import type { Timeouts } from './director-info.ts';
import type { Protocol } from './protocol.ts';

/** An address and port of one side of a connection. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Where a connection leads: the same for all connections from one virtual address and port to one real server. */
export interface ConnectionRoute {
  readonly protocol: Protocol;
  readonly virtual: Endpoint;
  readonly realServer: Endpoint;
}

/**
 * A connection of IPVS's table, a line of `/proc/net/ip_vs_conn` (`ip_vs_conn_seq_show` in
 * `net/netfilter/ipvs/ip_vs_conn.c`).
 */
export interface Connection extends ConnectionRoute {
  readonly client: Endpoint;
  /** The kernel's word: `ESTABLISHED`, `SYN_RECV`, `FIN_WAIT`, `UDP`, `NONE` … */
  readonly state: string;
  /** Seconds until the kernel forgets it, unless another packet comes. */
  readonly expires: number;
}

/**
 * Whether a row of the table is no connection but a template, which persistence keeps for a client: it has no port of
 * the client's and a state of its own (`ip_vs_state_name` in `net/netfilter/ipvs/ip_vs_proto.c`).
 */
export function isTemplate(clientPort: number, state: string): boolean {
  return clientPort === 0 && (state === 'NONE' || state === 'ASSURED');
}

/**
 * Connections as far as they were read. The table comes in the order of a random hash, so its first rows are an even
 * sample of all.
 */
export interface ConnectionSample {
  readonly connections: readonly Connection[];
  /** Whether these are all of them. */
  readonly isWhole: boolean;
}

/**
 * Seconds that a connection has left just after a packet, by its state (`tcp_timeouts` in
 * `net/netfilter/ipvs/ip_vs_proto_tcp.c`). ESTABLISHED and FIN_WAIT are not here: the operator sets those (`Timeouts`).
 */
export const fixedTimeouts = {
  SYN_SENT: 120,
  SYN_RECV: 60,
  TIME_WAIT: 120,
  CLOSE: 10,
  CLOSE_WAIT: 60,
  LAST_ACK: 30,
  SYNACK: 120,
} as const;

/** Seconds that a connection in a state has left just after a packet; `undefined` where that is not known. */
export function timeoutOf(protocol: Protocol, state: string, timeouts: Timeouts): number | undefined {
  if (protocol === 'udp') return state === 'UDP' ? timeouts.udp : undefined;
  if (protocol !== 'tcp') return undefined;
  if (state === 'ESTABLISHED') return timeouts.tcp;
  if (state === 'FIN_WAIT') return timeouts.tcpFin;
  return fixedTimeoutsByState.get(state);
}

const fixedTimeoutsByState: ReadonlyMap<string, number> = new Map(Object.entries(fixedTimeouts));

/** Seconds after which TCP's keep-alive begins, where a program asks for it (`TCP_KEEPALIVE_TIME` in `include/net/tcp.h`). */
export const usualKeepAlive = 7200;
