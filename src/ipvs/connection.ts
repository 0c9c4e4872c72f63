import type { Protocol } from './protocol.ts';

/** An address and port of one side of a connection. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** A connection of IPVS's table, a line of `/proc/net/ip_vs_conn` (`ip_vs_conn_seq_show` in `net/netfilter/ipvs/ip_vs_conn.c`). */
export interface Connection {
  readonly protocol: Protocol;
  readonly client: Endpoint;
  readonly virtual: Endpoint;
  readonly realServer: Endpoint;
  /** The kernel's word: `ESTABLISHED`, `SYN_RECV`, `FIN_WAIT`, `UDP`, `NONE` … */
  readonly state: string;
  /** Seconds until it is forgotten. */
  readonly expires: number;
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
