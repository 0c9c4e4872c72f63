import type { RealServerName } from '../ipvs/identity.ts';
import type { KnownClient } from './client-spread.ts';

/** What a look at connections of one service tells. */
export interface ConnectionSample {
  /** Connections that were looked at. */
  readonly connections: number;
  /** Clients among them. */
  readonly seenClients: number;
  /** Those clients, and such as stand for what was not looked at. */
  readonly clients: readonly KnownClient[];
  /** Part of the closings that were resets, 0 to 1. */
  readonly resetShare: number;
  /** Client networks that are held to a real server. */
  readonly templates: readonly {
    readonly words: Uint32Array;
    /** `formatRealServer` of it. */
    readonly realServer: RealServerName;
    readonly secondsLeft: number;
  }[];
}
