import type { Endpoint } from '../ipvs/connection.ts';
import type { KnownProtocol } from '../ipvs/protocol.ts';
import type { PublicRealServer } from '../ipvs/real-server.ts';
import type { Tunnel } from '../ipvs/tunnel.ts';

/** The question whether a real server answers what a client of a service would send. */
export interface ProbeQuestion {
  readonly protocol: KnownProtocol;
  /** What clients of the service call. */
  readonly virtual: Endpoint;
  readonly realServer: PublicRealServer;
  /** How packets to it are wrapped under TUN; `null` where that may not be read. */
  readonly tunnel: Tunnel | null;
}
