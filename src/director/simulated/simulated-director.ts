import type { Counters } from '../../ipvs/counters.ts';
import type { DirectorInfo, Timeouts } from '../../ipvs/director-info.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { forwardingMethodNumber, forwardingMethodOfNumber } from '../../ipvs/forwarding-method.ts';
import type { ServiceIdentity } from '../../ipvs/identity.ts';
import type { RealServer, RealServerEntry } from '../../ipvs/real-server.ts';
import type { Service, ServiceEntry } from '../../ipvs/service.ts';
import type { SyncDaemon } from '../../ipvs/sync-daemon.ts';
import type { TableWrite } from '../../ipvs/table-write.ts';
import { tunnelTypeNumber, tunnelTypeOfNumber } from '../../ipvs/tunnel.ts';
import { visible } from '../../ipvs/visible.ts';
import { type DirectorClock, systemClock } from '../../system/clock.ts';
import type { ConnectionTable } from '../connection-table.ts';
import type { Director, ReadableDirector, ServiceLook, WriteReport } from '../director.ts';
import { kernelError, type Request } from '../kernel-error.ts';
import { simulatedConnections } from './connection-list.ts';
import { debianKernel, type KernelBuild, storedPersistenceTimeout } from './kernel/kernel-build.ts';
import type { SimulatedService } from './kernel/simulated-service.ts';
import { startedSyncDaemon } from './kernel/sync-daemons.ts';
import { ticksToSeconds } from './kernel/tick.ts';
import {
  forwardingMask,
  type Refusal,
  refusalOfAddress,
  refusalOfMixedFamilies,
  refusalOfRealServerSettings,
  refusalOfService,
  refusalOfServiceAttributes,
  refusalOfSyncDaemon,
  refusalOfTimeouts,
} from './kernel-checks.ts';
import { Simulation } from './simulation.ts';
import { demoSite } from './sites/demo-site.ts';
import { emptySite } from './sites/empty-site.ts';
import type { Site, SiteAddress } from './sites/site.ts';

/** What a simulated director is made of. */
export interface SimulatedDirectorOptions
  extends Pick<DirectorClock, 'now'>,
    Partial<Omit<DirectorClock, 'now'>> {
  /**
   * Milliseconds on any clock. The simulation stands still while the clock does. What is left out of the clock's rest is
   * this machine's.
   */
  readonly now: () => number;
  /** A whole number; the same seed and the same questions at the same times give the same answers. */
  readonly seed: number;
  /** `demo`, the default, is a small site at work; `empty` has no services and no traffic. */
  readonly site?: 'demo' | 'empty' | Site;
  /** The kernel that it behaves like, Debian's by default. */
  readonly kernel?: Partial<KernelBuild>;
}

/** What the services of a simulated director have carried, as its interfaces would have counted it. */
export interface Carried {
  /** Seconds since the beginning, up to which it is counted. */
  readonly seconds: number;
  /** Counted at once, other than what the kernel's counters show; never less than before. */
  readonly counters: Counters;
}

/** A director in memory, which can tell what the machine around it carries. */
export interface SimulatedDirector extends Director {
  readonly source: 'simulated';
  carried(): Carried;
}

/** As Debian's module has it (`IP_VS_TAB_BITS` in `net/netfilter/ipvs/Kconfig`). */
const usualTableBits = 12;

/** Rows in a batch, about what a datagram of the kernel holds. */
const rowsPerBatch = 100;

/** Real servers in one datagram of a kernel's dump, which holds 32 KiB. */
const rowsPerLook = 81;

/**
 * Whether a datagram with so many real servers surely had room for another one, so that these are all. With 8 or 9 it
 * may have been full: where memory is short, the kernel's datagram is a single page.
 */
function isProvedWhole(rows: number): boolean {
  return rows < rowsPerLook - 1 && rows !== 8 && rows !== 9;
}

/**
 * An IPVS that exists in memory only, with traffic of its own, for `--demo` and for tests. It refuses what Linux 6.1
 * refuses, accepts the nonsense that Linux accepts, and schedules as the kernel's modules do.
 *
 * It needs no timer: whenever it is asked something, it first lets the time since the last question pass. Up to 10 s
 * pass tick by tick, more of it or a large table in coarser steps; of a long pause only the last minutes are simulated,
 * and stand for all of it. The work grows with the services and real servers, never with the number of connections.
 */
export function createSimulatedDirector(options: SimulatedDirectorOptions): SimulatedDirector {
  const site = siteOf(options.site ?? 'demo');
  const simulation = new Simulation(site, options.now, options.seed);
  const { now, time = systemClock.time, after = systemClock.after } = options;
  return new MemoryDirector(simulation, site, { ...debianKernel, ...options.kernel }, { now, time, after });
}

/** Whether `createSimulatedDirector` made it. */
export function isSimulated(director: ReadableDirector): director is SimulatedDirector {
  return director instanceof MemoryDirector;
}

function siteOf(site: 'demo' | 'empty' | Site): Site {
  if (site === 'demo') return demoSite;
  return site === 'empty' ? emptySite : site;
}

class MemoryDirector implements SimulatedDirector {
  readonly access = 'full';
  readonly source = 'simulated';
  readonly hostName: string;
  readonly clock: DirectorClock;
  readonly #interfaces: readonly string[];
  readonly #addresses: readonly SiteAddress[];
  readonly #tableBits: number;
  readonly #build: KernelBuild;
  readonly #simulation: Simulation;
  #syncDaemons: readonly SyncDaemon[];
  #isDumping = false;

  constructor(simulation: Simulation, site: Site, build: KernelBuild, clock: DirectorClock) {
    this.clock = clock;
    this.hostName = visible(site.hostName);
    this.#interfaces = site.interfaces;
    this.#addresses = site.addresses;
    this.#tableBits = site.connectionTableBits ?? usualTableBits;
    this.#build = build;
    this.#syncDaemons = site.syncDaemons.map(startedSyncDaemon);
    this.#simulation = simulation;
  }

  info(): DirectorInfo {
    return { version: '1.2.1', connectionTableSize: 2 ** this.#tableBits };
  }

  *serviceBatches(): Generator<readonly ServiceEntry[], void, void> {
    yield* this.#dump({ operation: 'read services' }, () => this.#simulation.services);
  }

  *realServerBatches(identity: ServiceIdentity): Generator<readonly RealServerEntry[], void, void> {
    yield* this.#dump(
      { operation: 'read real servers of', identity },
      () => this.#simulation.find(identity)?.realServers ?? [],
    );
  }

  findService(identity: ServiceIdentity): ServiceEntry | undefined {
    this.#simulation.catchUp();
    return this.#simulation.find(identity)?.entry();
  }

  totals(): null {
    return null;
  }

  carried(): Carried {
    this.#simulation.catchUp();
    return { seconds: ticksToSeconds(this.#simulation.tick), counters: this.#simulation.carried() };
  }

  write(writes: readonly TableWrite[], look?: ServiceIdentity, place = 0): WriteReport {
    // Without a write the kernel is not asked, so nothing is looked at.
    return {
      before: look === undefined || writes.length === 0 ? null : this.#lookAt(look, place),
      refusals: writes.map((write) => {
        try {
          this.#write(write);
          return null;
        } catch (error) {
          if (error instanceof IpvsError) return error;
          throw error;
        }
      }),
    };
  }

  zero(identity?: ServiceIdentity): void {
    if (identity !== undefined) {
      this.#expectService({ operation: 'zero counters of service', identity }, identity).zero();
      return;
    }
    this.#simulation.catchUp();
    for (const service of this.#simulation.services) service.zero();
  }

  timeouts(): Timeouts {
    return this.#simulation.timeouts;
  }

  setTimeouts(timeouts: Timeouts): void {
    insist({ operation: 'set time-outs' }, refusalOfTimeouts(timeouts, this.#build));
    this.#simulation.catchUp();
    const { tcp, tcpFin, udp } = this.#simulation.timeouts;
    this.#simulation.timeouts = {
      tcp: timeouts.tcp | 0 || tcp,
      tcpFin: timeouts.tcpFin | 0 || tcpFin,
      udp: timeouts.udp | 0 || udp,
    };
  }

  syncDaemons(): SyncDaemon[] {
    // The kernel tells of the master first.
    return [...this.#syncDaemons].sort((left, right) => right.state.localeCompare(left.state));
  }

  startSyncDaemon(daemon: SyncDaemon): void {
    const { hasMixedFamilies } = this.#simulation;
    insist(
      { operation: 'start sync daemon', daemon },
      refusalOfSyncDaemon(daemon, this.#syncDaemons, this.#interfaces, hasMixedFamilies),
    );
    this.#syncDaemons = [...this.#syncDaemons, startedSyncDaemon(daemon)];
  }

  stopSyncDaemon(state: SyncDaemon['state'], syncId: number): void {
    const left = this.#syncDaemons.filter((daemon) => daemon.state !== state);
    if (left.length === this.#syncDaemons.length) {
      throw kernelError({ operation: 'stop sync daemon', daemon: { state, syncId } }, 'ESRCH');
    }
    this.#syncDaemons = left;
  }

  readConnections(table: ConnectionTable): Generator<void, void, void> {
    this.#simulation.catchUp();
    const { services, timeouts, tick } = this.#simulation;
    return simulatedConnections(table, services, timeouts, tick);
  }

  setting(name: string): string | undefined {
    const value = this.#simulation.settings.get(name);
    return value === undefined ? undefined : visible(value);
  }

  close(): void {
    // Nothing is held that could be let go of.
  }

  #write(write: TableWrite): void {
    switch (write.operation) {
      case 'add service': {
        const { service } = write;
        this.#simulation.catchUp();
        insist(write, refusalOfServiceAttributes(service));
        if (this.#simulation.find(service.identity) !== undefined) throw kernelError(write, 'EEXIST');
        insist(write, refusalOfService(service));
        this.#simulation.addService(storedService(service, this.#build));
        return;
      }
      case 'edit service': {
        const { service } = write;
        insist(write, refusalOfServiceAttributes(service));
        const known = this.#expectService(write, service.identity);
        insist(write, refusalOfService(service));
        known.configure(storedService(service, this.#build));
        return;
      }
      case 'delete service':
        this.#simulation.removeService(this.#expectService(write, write.identity));
        return;
      case 'add real server': {
        const { identity, realServer } = write;
        const service = this.#expectService(write, identity);
        this.#insistOnSettings(write, identity, realServer);
        if (service.find(realServer.identity) !== undefined) throw kernelError(write, 'EEXIST');
        insist(write, refusalOfAddress(realServer, this.#addresses));
        this.#simulation.addRealServer(service, storedRealServer(realServer));
        return;
      }
      case 'edit real server': {
        const { identity, realServer } = write;
        const service = this.#expectService(write, identity);
        this.#insistOnSettings(write, identity, realServer);
        const server = service.find(realServer.identity);
        if (server === undefined) throw kernelError(write, 'ENOENT');
        server.configure(storedRealServer(realServer), false);
        service.noteEdit();
        return;
      }
      case 'delete real server': {
        const service = this.#expectService(write, write.identity);
        const server = service.find(write.realServer.identity);
        if (server === undefined) throw kernelError(write, 'ENOENT');
        this.#simulation.removeRealServer(service, server);
      }
    }
  }

  #lookAt(identity: ServiceIdentity, place: number): ServiceLook {
    this.#simulation.catchUp();
    const service = this.#simulation.find(identity);
    const rows = (service?.realServers ?? []).map((row) => row.entry().realServer);
    return {
      service: service?.entry().service,
      realServers: rows.slice(0, (Math.floor(place / rowsPerLook) + 1) * rowsPerLook),
      isWhole: isProvedWhole(rows.length),
    };
  }

  #expectService(request: Request, identity: ServiceIdentity): SimulatedService {
    this.#simulation.catchUp();
    const service = this.#simulation.find(identity);
    if (service === undefined) throw kernelError(request, 'ESRCH');
    return service;
  }

  #insistOnSettings(request: Request, identity: ServiceIdentity, realServer: RealServer): void {
    insist(request, refusalOfMixedFamilies(realServer, identity.family, this.#syncDaemons.length > 0));
    insist(request, refusalOfRealServerSettings(realServer));
  }

  /** Like the kernel's dumps, goes on by index in a table that may have changed since the last batch. */
  *#dump<Entry>(
    request: Request,
    rows: () => readonly { entry(): Entry }[],
  ): Generator<readonly Entry[], void, void> {
    if (this.#isDumping) throw kernelError(request, 'EBUSY');
    this.#isDumping = true;
    try {
      for (let index = 0; ; index += rowsPerBatch) {
        this.#simulation.catchUp();
        const batch = rows().slice(index, index + rowsPerBatch);
        if (batch.length === 0) return;
        yield batch.map((row) => row.entry());
      }
    } finally {
      this.#isDumping = false;
    }
  }
}

function insist(request: Request, refusal: Refusal): void {
  if (refusal !== undefined) throw kernelError(request, refusal);
}

/** The service as the kernel would give it back. */
function storedService(service: Service, build: KernelBuild): Service {
  const { persistence } = service;
  return {
    identity: service.identity,
    scheduler: service.scheduler,
    schedulerFlags: service.schedulerFlags & 7,
    onePacket: service.onePacket,
    persistence: persistence && {
      timeout: storedPersistenceTimeout(persistence.timeout, build),
      netmask: persistence.netmask >>> 0,
    },
    engine: service.engine === '' ? null : service.engine,
  };
}

/** The real server as the kernel would give it back. */
function storedRealServer(realServer: RealServer): RealServer {
  const { type, port, checksum } = realServer.tunnel;
  return {
    identity: realServer.identity,
    forwarding: forwardingMethodOfNumber(forwardingMethodNumber(realServer.forwarding) & forwardingMask),
    weight: realServer.weight | 0,
    upperThreshold: realServer.upperThreshold >>> 0,
    lowerThreshold: realServer.lowerThreshold >>> 0,
    tunnel: { type: tunnelTypeOfNumber(tunnelTypeNumber(type) & 0xff), port: port & 0xffff, checksum },
  };
}
