import type { DirectorInfo, Timeouts } from '../ipvs/director-info.ts';
import type { RealServerIdentity, ServiceIdentity } from '../ipvs/identity.ts';
import type { RealServer, RealServerEntry } from '../ipvs/real-server.ts';
import type { Service, ServiceEntry } from '../ipvs/service.ts';
import type { SyncDaemon } from '../ipvs/sync-daemon.ts';

/**
 * The port through which lvstop speaks to an IPVS, whatever stands behind it.
 *
 * Calls are synchronous and short. The two dumps come in batches of at most a few hundred rows, so that a
 * caller can give the event loop its turn between them; only one dump may be open at a time, and leaving it
 * early (`break`, `return`) ends it. Rows come in the kernel's order (services by hash, real servers newest
 * first), and while the table is being edited a dump can skip or repeat a row: callers key rows by identity.
 *
 * Every method throws an `IpvsError`: `unreachable` when IPVS or the right to speak to it is missing,
 * `refused` when it said no. Writes replace the whole object: read, change, write.
 */
export interface Director {
  /** What stands behind the port. */
  readonly source: 'kernel' | 'simulated';
  /** Host name of the machine that forwards, made visible. */
  readonly hostName: string;

  /** Version and connection table size. */
  info(): DirectorInfo;
  /** All services, in batches. */
  serviceBatches(): Iterable<readonly ServiceEntry[]>;
  /** A service's real servers, in batches; none for a service that is not there. */
  realServerBatches(service: ServiceIdentity): Iterable<readonly RealServerEntry[]>;
  /** One service, `undefined` when it is not there. */
  findService(service: ServiceIdentity): ServiceEntry | undefined;

  addService(service: Service): void;
  setService(service: Service): void;
  deleteService(service: ServiceIdentity): void;
  addRealServer(service: ServiceIdentity, realServer: RealServer): void;
  setRealServer(service: ServiceIdentity, realServer: RealServer): void;
  deleteRealServer(service: ServiceIdentity, realServer: RealServerIdentity): void;
  /** Zeroes the counters of one service and its real servers, or of all. */
  zero(service?: ServiceIdentity): void;
  /** Deletes every service. */
  flush(): void;

  timeouts(): Timeouts;
  /** Sets the time-outs that are not 0. */
  setTimeouts(timeouts: Timeouts): void;
  syncDaemons(): SyncDaemon[];
  startSyncDaemon(daemon: SyncDaemon): void;
  stopSyncDaemon(state: SyncDaemon['state'], syncId: number): void;

  /** Value of `/proc/sys/net/ipv4/vs/NAME`, `undefined` where this kernel has none. */
  setting(name: string): string | undefined;

  /** Lets go of sockets; the director cannot be used afterwards. */
  close(): void;
}

/** All services at once; for callers that need no turns in between. */
export function allServices(director: Director): ServiceEntry[] {
  return [...director.serviceBatches()].flat();
}

/** All real servers of a service at once, likewise. */
export function allRealServers(director: Director, service: ServiceIdentity): RealServerEntry[] {
  return [...director.realServerBatches(service)].flat();
}
