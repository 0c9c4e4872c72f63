import type { Counters, Rates } from '../ipvs/counters.ts';
import type { DirectorInfo } from '../ipvs/director-info.ts';
import type { IpvsError } from '../ipvs/error.ts';
import type { RealServer } from '../ipvs/real-server.ts';
import type { Service } from '../ipvs/service.ts';

/**
 * How the sampler stands to its director:
 * - `live`: the last reading worked;
 * - `frozen-counters`: it worked, but `run_estimation=0` keeps counters and rates from moving;
 * - `lost`: IPVS or the right to read it is gone; what is shown is old, and reading is tried again each tick.
 */
export type DirectorState =
  | { readonly kind: 'live' }
  | { readonly kind: 'frozen-counters' }
  | {
      readonly kind: 'lost';
      readonly error: IpvsError /** Milliseconds since the epoch. */;
      readonly since: number;
    };

/** Connections at this moment. */
export interface Connections {
  readonly active: number;
  readonly inactive: number;
  readonly persistent: number;
}

/** A real server at one moment. */
export interface RealServerView {
  /** `realServerKey` of it: the same as long as it exists. */
  readonly key: string;
  readonly realServer: RealServer;
  readonly connections: Connections;
  readonly counters: Counters;
  /** True rates from counter steps; `null` until a step was seen (2 s after the start), or two for what is new (4 s). */
  readonly rates: Rates | null;
  /** The kernel's own slow averages. */
  readonly kernelRates: Rates;
  /** Share of its service's new connections in the last minute, 0 to 1; `null` when there were none. */
  readonly share: number | null;
  /** Share that weights and scheduler would give it, 0 to 1; `null` where it cannot be told (a scheduler that goes by destinations, or a foreign one). */
  readonly due: number | null;
  /** Over its upper threshold: the kernel passes it over. */
  readonly overloaded: boolean;
  readonly trend: Trend;
}

/** A service at one moment. */
export interface ServiceView {
  /** `formatService` of it. */
  readonly key: string;
  readonly service: Service;
  /** Sums over its real servers. */
  readonly connections: Connections;
  readonly counters: Counters;
  readonly rates: Rates | null;
  readonly kernelRates: Rates;
  /** Ordered by address and port. */
  readonly realServers: readonly RealServerView[];
  readonly trend: Trend;
}

/** The last readings of new connections a second, oldest first, one each two seconds, at most `trendLength`. */
export type Trend = ArrayLike<number> & Iterable<number>;

/** Readings that a trend holds: two minutes. */
export const trendLength = 60;

/** Everything that the screen, `watch` and the export show: immutable, made anew at each tick. */
export interface View {
  /** Counts up by one at each tick. */
  readonly tick: number;
  /** When it was read, milliseconds since the epoch. */
  readonly time: number;
  readonly director: {
    readonly hostName: string;
    readonly source: 'kernel' | 'simulated';
    readonly info: DirectorInfo | null;
    readonly state: DirectorState;
  };
  /** Seconds between ticks. */
  readonly interval: number;
  /** Milliseconds that the last reading took. */
  readonly readingTime: number;
  /** Ordered by address, port and protocol; firewall marks last. */
  readonly services: readonly ServiceView[];
  readonly totals: {
    readonly services: number;
    readonly realServers: number;
    readonly connections: Connections;
    readonly rates: Rates | null;
  };
}
