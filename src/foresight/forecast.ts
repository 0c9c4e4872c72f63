import type { RealServer } from '../ipvs/real-server.ts';
import type { Service } from '../ipvs/service.ts';
import type { Premise } from './load.ts';

/** Mean of a number over several runs, and the bounds that at least nine of ten of them keep to. */
export interface Spread {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** How a real server fares in the time run forward. */
export interface ServerOutlook {
  /** New connections a second, over the whole time. */
  readonly connectionsPerSecond: Spread;
  /** Share of the service's accepted connections in the whole time, 0 to 1; `null` where there were none. */
  readonly share: Spread | null;
  /** Connections at the end. */
  readonly active: Spread;
  readonly inactive: Spread;
  /** Greatest number of active connections at any time, mean of the runs. */
  readonly mostActive: number;
  /** Seconds until it reached its upper threshold; `null` where that happened in fewer than half of the runs. */
  readonly fullAfter: Spread | null;
  /** Share of its new connections that persistence sent to it, 0 to 1. */
  readonly held: number;
  /** Its share of the accepted connections in each slice of the time, mean of the runs; NaN where there were none. */
  readonly shares: readonly number[];
  /**
   * Seconds until its last active connection, or its last of any kind, has ended, even if that is after the time run
   * forward; `null` if new ones still came in the last quarter of that time.
   */
  readonly emptyAfter: { readonly active: Spread; readonly all: Spread } | null;
}

/** A real server without the edit and with it; `null` on the side where it does not exist. */
export interface ServerForecast {
  readonly before: RealServer | null;
  readonly after: RealServer | null;
  readonly without: ServerOutlook | null;
  readonly with: ServerOutlook | null;
  /** Active connections now. */
  readonly activeNow: number;
}

/** The forecast for a service: its table under the load of the last minutes, with the edit and without. */
export interface Forecast {
  readonly service: Service;
  /** With the edit. */
  readonly edited: Service;
  /** Seconds run forward. */
  readonly seconds: number;
  /** Number of runs on each side, with and without the edit. */
  readonly runs: number;
  /** New connections a second that clients attempt. */
  readonly arrivals: number;
  /** Share of the attempted connections that no real server takes, 0 to 1. */
  readonly rejected: { readonly without: Spread; readonly with: Spread };
  /** Ordered by address and port. */
  readonly servers: readonly ServerForecast[];
  readonly premises: readonly Premise[];
}
