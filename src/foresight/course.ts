import type { RealServer } from '../ipvs/real-server.ts';
import type { Service } from '../ipvs/service.ts';
import type { Load } from './load.ts';

/** A real server at the beginning of a run. */
export interface ServerStart {
  readonly realServer: RealServer;
  /** The last weight that was not 0. */
  readonly lastWeight: number;
  readonly active: number;
  readonly inactive: number;
  readonly overloaded: boolean;
  /** Seconds that its present active connections have lasted, as far as that is known: quantiles in ascending order. */
  readonly ages: readonly number[];
  /** Seconds that its present inactive connections will still last: quantiles in ascending order. */
  readonly inactiveLeft: readonly number[];
}

/** A client network that persistence holds to a real server at the beginning of a run. */
export interface HeldNetwork {
  readonly words: Uint32Array;
  /** Index of the real server in `Course.servers`. */
  readonly server: number;
  readonly secondsLeft: number;
}

/** The initial state of a run, and the load to come. */
export interface Course {
  readonly service: Service;
  /** The newest first, as in the kernel. */
  readonly servers: readonly ServerStart[];
  readonly load: Load;
  readonly held: readonly HeldNetwork[];
  /** `expire_quiescent_template`: weight 0 frees persistent clients, too. */
  readonly expireQuiescentTemplate: boolean;
  /** Seconds to run forward. */
  readonly seconds: number;
}

/** Number of equal parts of the time for which a run counts new connections. */
export const slices = 120;

/** The result of one run. Arrays are indexed by the places of the real servers. */
export interface Run {
  /** New connections, for each slice in turn and in it for each real server. */
  readonly accepted: Float64Array;
  /** Connections at the end: means over the last twentieth of the time. */
  readonly active: Float64Array;
  readonly inactive: Float64Array;
  readonly mostActive: Float64Array;
  /** Seconds until the real server reached its upper threshold; NaN where it did not. */
  readonly fullAfter: Float64Array;
  /**
   * Seconds until the last active connection of the run ends, even if that is after the run; 0 where there was none.
   */
  readonly lastActive: Float64Array;
  /**
   * Seconds until the last connection of any kind is forgotten, even if that is after the run; 0 where there was
   * none.
   */
  readonly lastGone: Float64Array;
  /** New connections that persistence sent to the real server without asking the scheduler. */
  readonly held: Float64Array;
  arrived: number;
  rejected: number;
}
