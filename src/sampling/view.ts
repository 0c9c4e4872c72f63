import type { Access } from '../director/director.ts';
import type { Counters, Rates } from '../ipvs/counters.ts';
import type { DirectorInfo } from '../ipvs/director-info.ts';
import type { IpvsError } from '../ipvs/error.ts';
import type { RealServerKey, ServiceKey } from '../ipvs/identity.ts';
import type { PublicRealServer, RealServer } from '../ipvs/real-server.ts';
import type { PublicService, Service } from '../ipvs/service.ts';

/**
 * The state of the director as the sampler sees it:
 * - `live`: the last reading succeeded;
 * - `frozen-counters`: it succeeded, but `run_estimation=0` keeps counters and rates from moving;
 * - `lost`: IPVS or the right to read it is gone; what is shown is old, and each tick tries to read again.
 */
export type DirectorState =
  | { readonly kind: 'live' }
  | { readonly kind: 'frozen-counters' }
  | {
      readonly kind: 'lost';
      readonly error: IpvsError;
      /** Milliseconds since the epoch. */
      readonly since: number;
    };

/** Connections at this moment. */
export interface Connections {
  readonly active: number;
  readonly inactive: number;
  readonly persistent: number;
}

/** Connections at this moment, as far as they may be read without special rights. */
export interface PublicConnections {
  readonly active: number;
  readonly inactive: number;
  /** `null` where it may not be read. */
  readonly persistent: number | null;
}

/** A real server at one moment, as far as it may be read. */
export interface PublicRealServerView {
  /** Its `realServerKey`, which stays the same as long as it exists. */
  readonly key: RealServerKey;
  readonly realServer: PublicRealServer;
  readonly connections: PublicConnections;
  /** `null` where they may not be read. */
  readonly counters: Counters | null;
  /**
   * True rates from counter steps; `null` until a step was seen (2 s after the start), or two steps for what is new
   * (4 s), and where counters may not be read.
   */
  readonly rates: Rates | null;
  /** The kernel's own slow averages; `null` where they may not be read. */
  readonly kernelRates: Rates | null;
  /** Share of its service's new connections in the last minute, 0 to 1; `null` when there were none. */
  readonly share: number | null;
  /** Share that weights and scheduler would give it, 0 to 1; `null` where it cannot be told (a scheduler that goes by destinations, or a foreign one). */
  readonly due: number | null;
  /** Over its upper threshold: the kernel passes it over. */
  readonly overloaded: boolean;
  readonly trend: Trend;
}

/** A service at one moment, as far as it may be read. */
export interface PublicServiceView {
  /** Its `formatService`. */
  readonly key: ServiceKey;
  readonly service: PublicService;
  /** Sums over its real servers. */
  readonly connections: PublicConnections;
  readonly counters: Counters | null;
  readonly rates: Rates | null;
  readonly kernelRates: Rates | null;
  /** Ordered by address and port. */
  readonly realServers: readonly PublicRealServerView[];
  /**
   * When its real servers, and the sums above, were read, milliseconds since the epoch; `null` for just now. Services
   * that nobody looks at are read only now and then, in turn; their rates are true averages over all the time in
   * between.
   */
  readonly realServersTime: number | null;
  readonly trend: Trend;
}

/** A real server of which everything may be read. */
export interface RealServerView extends PublicRealServerView {
  readonly realServer: RealServer;
  readonly connections: Connections;
  readonly counters: Counters;
  readonly kernelRates: Rates;
}

/** A service of which everything may be read. */
export interface ServiceView extends PublicServiceView {
  readonly service: Service;
  readonly connections: Connections;
  readonly counters: Counters;
  readonly kernelRates: Rates;
  readonly realServers: readonly RealServerView[];
}

/** The last readings of new connections a second, oldest first, one each two seconds, at most `trendLength`. */
export type Trend = ArrayLike<number> & Iterable<number>;

/** Readings that a trend holds: two minutes. */
export const trendLength = 60;

/** Everything that the screen, `watch` and the export show: immutable, and made anew at each tick. */
export interface View {
  /** Counts up by one at each tick. */
  readonly tick: number;
  /** When it was read, milliseconds since the epoch. */
  readonly time: number;
  readonly director: {
    readonly access: Access;
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
  readonly services: readonly PublicServiceView[];
  readonly totals: {
    readonly services: number;
    readonly realServers: number;
    readonly connections: PublicConnections;
    /** `null` while the rate of any service that carries something is not known. */
    readonly rates: Rates | null;
    /**
     * When the real servers read longest ago were read, milliseconds since the epoch; `null` when all were read just
     * now.
     */
    readonly oldest: number | null;
  };
}

/** A view of a director of which everything may be read. */
export interface WholeView extends View {
  readonly services: readonly ServiceView[];
}

/** Whether everything in a view may be read. */
export function isWholeView(view: View): view is WholeView {
  return view.director.access === 'full';
}
