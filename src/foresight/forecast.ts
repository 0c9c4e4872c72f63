import type { RealServer } from '../ipvs/real-server.ts';
import type { Service } from '../ipvs/service.ts';
import type { Premise } from './load.ts';

/** A number out of several runs. */
export interface Spread {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** How a real server fares in the time run forward. */
export interface ServerOutlook {
  /** New connections a second, over the whole time. */
  readonly connectionsPerSecond: Spread;
  /** Part of the service's accepted connections in the whole time, 0 to 1; `null` where there were none. */
  readonly share: Spread | null;
  /** Connections at the end. */
  readonly active: Spread;
  readonly inactive: Spread;
  /** The most active ones at any time, mean of the runs. */
  readonly mostActive: number;
  /** Seconds until it reached its upper threshold; `null` where that happened in fewer than half of the runs. */
  readonly fullAfter: Spread | null;
  /** Part of its new connections that came since their clients were held to it, 0 to 1. */
  readonly held: number;
  /** Its share of the accepted connections in each slice of the time, mean of the runs; NaN where there were none. */
  readonly shares: readonly number[];
  /**
   * Seconds until the last of its active connections, or of all, have ended, beyond the time run forward too; `null` while
   * new ones still come.
   */
  readonly emptyAfter: { readonly active: Spread; readonly all: Spread } | null;
}

/** A real server without the edit and with it; `null` where it is not there. */
export interface ServerForecast {
  readonly before: RealServer | null;
  readonly after: RealServer | null;
  readonly without: ServerOutlook | null;
  readonly with: ServerOutlook | null;
  /** Active connections now. */
  readonly activeNow: number;
}

/** What is foretold of a service: its table with the load of the last minutes, with the edit and without. */
export interface Forecast {
  readonly service: Service;
  /** With the edit. */
  readonly edited: Service;
  /** Seconds run forward. */
  readonly seconds: number;
  /** Runs on each side. */
  readonly runs: number;
  /** New connections a second that clients want. */
  readonly arrivals: number;
  /** Part of the wanted connections that nobody takes, 0 to 1. */
  readonly rejected: { readonly without: Spread; readonly with: Spread };
  /** Ordered by address and port. */
  readonly servers: readonly ServerForecast[];
  readonly premises: readonly Premise[];
}
