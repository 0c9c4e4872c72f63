import type { RealServer } from '../ipvs/real-server.ts';
import type { Service } from '../ipvs/service.ts';
import type { Load } from './load.ts';

/** A real server as a run begins with it. */
export interface ServerStart {
  readonly realServer: RealServer;
  /** The last weight that was not 0. */
  readonly lastWeight: number;
  readonly active: number;
  readonly inactive: number;
  readonly overloaded: boolean;
  /** Seconds for which its inactive connections of now are still there: quantiles from the least to the most. */
  readonly inactiveLeft: readonly number[];
}

/** A client network that is held to a real server as a run begins. */
export interface HeldNetwork {
  readonly words: Uint32Array;
  /** Place of the real server. */
  readonly server: number;
  readonly secondsLeft: number;
}

/** What a run begins with and what comes. */
export interface Course {
  readonly service: Service;
  /** The newest first, as in the kernel. */
  readonly servers: readonly ServerStart[];
  readonly load: Load;
  readonly held: readonly HeldNetwork[];
  /** `expire_quiescent_template`: weight 0 frees persistent clients, too. */
  readonly expireQuiescentTemplate: boolean;
  /** Seconds that are run forward. */
  readonly seconds: number;
}

/** Parts of the time by which runs tell how it went. */
export const slices = 120;

/** What one run came to; by the places of the real servers. */
export interface Run {
  /** New connections of each slice, one slice after the other. */
  readonly accepted: Float64Array;
  /** Connections at the end: means over the last twentieth of the time. */
  readonly active: Float64Array;
  readonly inactive: Float64Array;
  readonly mostActive: Float64Array;
  /** Seconds until it reached its upper threshold; NaN where it did not. */
  readonly fullAfter: Float64Array;
  /** Seconds until the last active connection that is known to come ended, beyond the run too; 0 where there was none. */
  readonly lastActive: Float64Array;
  /** The same of all connections. */
  readonly lastGone: Float64Array;
  /** New connections that held clients brought to a real server, which the scheduler was not asked for. */
  readonly held: Float64Array;
  arrived: number;
  rejected: number;
}
