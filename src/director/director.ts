import type { Counters, Rates } from '../ipvs/counters.ts';
import type { DirectorInfo, Timeouts } from '../ipvs/director-info.ts';
import type { IpvsError } from '../ipvs/error.ts';
import type { ServiceIdentity } from '../ipvs/identity.ts';
import type { PublicRealServerEntry, RealServer, RealServerEntry } from '../ipvs/real-server.ts';
import type { PublicServiceEntry, Service, ServiceEntry } from '../ipvs/service.ts';
import type { SyncDaemon } from '../ipvs/sync-daemon.ts';
import type { TableWrite } from '../ipvs/table-write.ts';
import type { DirectorClock } from '../system/clock.ts';
import type { ConnectionTable } from './connection-table.ts';

/**
 * How much of an IPVS can be reached: all of it, or what `/proc` tells everybody, for reading only. What is not
 * told is `null` or missing, never 0.
 */
export type Access = 'full' | 'public';

/**
 * The part of the port that is for reading, whatever right there is.
 *
 * Calls are synchronous and short. The two dumps come in batches of at most a few hundred rows, so that a caller can
 * give the event loop its turn between them; only one dump may be open at a time, and leaving it early (`break`,
 * `return`) ends it. Rows come in the kernel's order (services by hash, real servers newest first), and while the table
 * is being edited a dump can skip or repeat a row: callers key rows by identity.
 *
 * Every method throws an `IpvsError`: `unreachable` when IPVS or the right to speak to it is missing, `refused` when
 * the kernel said no.
 */
export interface ReadableDirector {
  readonly access: Access;
  /** What stands behind the port. */
  readonly source: 'kernel' | 'simulated';
  /** Host name of the machine that forwards, made visible. */
  readonly hostName: string;
  /**
   * The time in which the table lives. Whatever tells when something was, for how long, or how often a second, goes by
   * it; what concerns the operator or the terminal goes by the machine's.
   */
  readonly clock: DirectorClock;

  /** Version and connection table size. */
  info(): DirectorInfo;
  /** All services, in batches. */
  serviceBatches(): Iterable<readonly PublicServiceEntry[]>;
  /** A service's real servers, in batches; none for a service that is not there. */
  realServerBatches(service: ServiceIdentity): Iterable<readonly PublicRealServerEntry[]>;
  /** One service, `undefined` when it is not there. */
  findService(service: ServiceIdentity): PublicServiceEntry | undefined;
  /** What all services together have carried, where the counters of single ones cannot be read; `null` elsewhere. */
  totals(): Totals | null;

  /**
   * Adds the kernel's connections to `table`, from the first one on, in batches of a millisecond or two. The generator
   * ends after the last batch; leaving it early is fine. Persistence templates are among the rows.
   */
  readConnections(table: ConnectionTable): Generator<void, void, void>;

  /** Value of `/proc/sys/net/ipv4/vs/NAME`, `undefined` where this kernel has none. */
  setting(name: string): string | undefined;

  /** Lets go of sockets; the director cannot be used afterwards. */
  close(): void;
}

/** What all services together have carried, and the kernel's slow averages of it. */
export interface Totals {
  readonly counters: Counters;
  readonly kernelRates: Rates;
}

/** The port through which lvstop speaks to an IPVS with every right. Writes replace the whole object: read, change, write. */
export interface Director extends ReadableDirector {
  readonly access: 'full';
  serviceBatches(): Iterable<readonly ServiceEntry[]>;
  realServerBatches(service: ServiceIdentity): Iterable<readonly RealServerEntry[]>;
  findService(service: ServiceIdentity): ServiceEntry | undefined;

  /**
   * Does writes in order, in one request, and tells what came of each: a write behind a refused one is done all the
   * same. At most `mostWrites` at once.
   *
   * `look` names a service that is read in the same request just before the first write, so that it is known what the
   * writes replaced. The kernel handles the messages of a request one after the other in one system call; another
   * writer can come between look and write only while the kernel hands its lock on (`genl_rcv_msg` in
   * `net/netlink/genetlink.c`). The answer within that request holds some 80 real servers. `place` is that of the real
   * server to be written, the newest being at 0: where it lies behind those, the service is read up to it in the system
   * calls just before, and another writer can come between.
   *
   * Throws only when nothing is known of the writes.
   */
  write(writes: readonly TableWrite[], look?: ServiceIdentity, place?: number): WriteReport;

  /** Zeroes the counters of one service and its real servers, or of all. */
  zero(service?: ServiceIdentity): void;

  timeouts(): Timeouts;
  /** Sets the time-outs that are not 0. */
  setTimeouts(timeouts: Timeouts): void;
  syncDaemons(): SyncDaemon[];
  startSyncDaemon(daemon: SyncDaemon): void;
  stopSyncDaemon(state: SyncDaemon['state'], syncId: number): void;
}

/** An IPVS that can be read and not written, since the right is missing. */
export interface PublicDirector extends ReadableDirector {
  readonly access: 'public';
}

/** Writes that one request may hold, so that its answers fit into a socket's queue. */
export const mostWrites = 64;

/** What came of writes that were made together. */
export interface WriteReport {
  /** Why each was refused, in order; `null` for one that was done. */
  readonly refusals: readonly (IpvsError | null)[];
  /** The service that `look` named, as it was just before the writes; `null` when nothing was looked at. */
  readonly before: ServiceLook | null;
}

/** A service with its real servers as they were at one moment. */
export interface ServiceLook {
  /** `undefined` when it was not there. */
  readonly service: Service | undefined;
  /** The newest first; perhaps not all. */
  readonly realServers: readonly RealServer[];
  /** Whether these are proved to be all. Where it is `false`, a real server that is missing here may still exist. */
  readonly isWhole: boolean;
}

/** All services at once; for callers that need no turns in between. Throws the director's `IpvsError`. */
export function allServices(director: Director): ServiceEntry[];
export function allServices(director: ReadableDirector): PublicServiceEntry[];
export function allServices(director: ReadableDirector): PublicServiceEntry[] {
  return [...director.serviceBatches()].flat();
}

/** All real servers of a service at once, likewise. */
export function allRealServers(director: Director, service: ServiceIdentity): RealServerEntry[];
export function allRealServers(director: ReadableDirector, service: ServiceIdentity): PublicRealServerEntry[];
export function allRealServers(
  director: ReadableDirector,
  service: ServiceIdentity,
): PublicRealServerEntry[] {
  return [...director.realServerBatches(service)].flat();
}
