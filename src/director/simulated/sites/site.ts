import type { MachineFault } from '../../../host/machine-fault.ts';
import type { Timeouts } from '../../../ipvs/director-info.ts';
import type { RealServerIdentity, ServiceIdentity } from '../../../ipvs/identity.ts';
import type { RealServer } from '../../../ipvs/real-server.ts';
import type { Service } from '../../../ipvs/service.ts';
import type { SyncDaemon } from '../../../ipvs/sync-daemon.ts';
import type { Demand } from './demand.ts';

/** A real server that a site begins with. */
export interface SiteRealServer {
  readonly realServer: RealServer;
  /** A server that is being drained: its weight was this until `seconds` before the beginning. */
  readonly drained?: { readonly weight: number; readonly seconds: number };
}

/** A service that a site begins with. */
export interface SiteService {
  readonly service: Service;
  /** In the order in which they were added. */
  readonly realServers: readonly SiteRealServer[];
  /** What clients want of it; left out when nobody uses it. */
  readonly demand?: Demand;
}

/** An address of the director with the length of its network's prefix. */
export interface SiteAddress {
  readonly address: string;
  readonly prefixLength: number;
}

/** A weight that somebody else sets some time after the beginning. */
export interface SiteEvent {
  /** Seconds after the beginning, more than 0. */
  readonly seconds: number;
  readonly service: ServiceIdentity;
  readonly realServer: RealServerIdentity;
  /** The new weight. */
  readonly weight: number;
}

/** What a simulated director begins with. */
export interface Site {
  readonly hostName: string;
  readonly services: readonly SiteService[];
  /** What clients want of a service that is added later; left out when nobody will use it. */
  readonly newcomers?: (service: ServiceIdentity) => Demand;
  /** What happens later, in any order. An event for a real server that is gone by then does nothing. */
  readonly events?: readonly SiteEvent[];
  /** What is wrong with machines, by their addresses. */
  readonly faults?: ReadonlyMap<string, MachineFault>;
  readonly timeouts: Timeouts;
  readonly syncDaemons: readonly SyncDaemon[];
  /** Names of the network interfaces. */
  readonly interfaces: readonly string[];
  /** The director's own addresses, those of the loopback left out. */
  readonly addresses: readonly SiteAddress[];
  /** The connection table has 2 to the power of this many places; as the module comes where it is left out. */
  readonly connectionTableBits?: number;
  /** Settings that differ from the kernel's defaults. */
  readonly settings: Readonly<Record<string, string>>;
  /** Seconds that it has been running for at the beginning; 0 begins without any past. */
  readonly age: number;
}
