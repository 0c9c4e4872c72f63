/** What the kernel says of its IPVS. */
export interface DirectorInfo {
  /** Like `1.2.1`. */
  readonly version: string;
  /** Buckets of the connection table; 0 is normal from Linux 7.1 on while there is no service. */
  readonly connectionTableSize: number;
}

/** Time-outs of connections by state, in seconds; 0 in a write keeps what is set. */
export interface Timeouts {
  readonly tcp: number;
  readonly tcpFin: number;
  readonly udp: number;
}
