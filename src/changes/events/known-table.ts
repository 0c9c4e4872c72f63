import {
  formatRealServer,
  formatService,
  keysIn,
  type RealServerIdentity,
  type RealServerKey,
  type RealServerName,
  type RowKey,
  type ServiceIdentity,
  type ServiceKey,
} from '../../ipvs/identity.ts';
import { isWholeRealServer, type RealServer } from '../../ipvs/real-server.ts';
import { isWholeService, type Service } from '../../ipvs/service.ts';
import { realServersAsRead } from '../../sampling/service-view.ts';
import type { PublicServiceView, View } from '../../sampling/view.ts';
import type { Step } from '../steps/step.ts';
import type { RealServerState } from '../steps/table-state.ts';

/** An object that was changed after it was read; `null` where it is gone. */
interface Changed<Of> {
  readonly now: Of | null;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** What was changed in a service since it was read. */
interface ChangedService {
  service: Changed<Service> | null;
  /**
   * When the service was deleted or added anew, so that real servers read before do not count; `null` if it was not.
   */
  emptied: number | null;
  readonly realServers: Map<RealServerName, Changed<RealServer>>;
}

/** Where real servers are read in turn, the time noted may be this many milliseconds after the reading began. */
const readingSlack = 1000;

/**
 * The table as known at this moment: what was read last, and what was seen to change since. It is no copy: it refers
 * to the last view, which the screen holds anyway.
 */
export class KnownTable {
  #view: View | undefined;
  /** When the last reading began. */
  #begun = Number.NEGATIVE_INFINITY;
  #services: Map<ServiceKey, PublicServiceView> | undefined;
  readonly #realServers = new Map<ServiceKey, ReadonlyMap<RealServerName, RealServerState>>();
  readonly #changed = new Map<ServiceKey, ChangedService>();

  /** Takes a reading, and forgets the changes made before it began, since it includes them. */
  take(view: View): void {
    this.#view = view;
    this.#begun = view.time - view.readingTime;
    this.#services = undefined;
    this.#realServers.clear();
    for (const [key, changed] of this.#changed) {
      const read = this.#realServersBegun(this.#base(key));
      if (changed.emptied !== null && changed.emptied < read) changed.emptied = null;
      for (const [name, { time }] of changed.realServers) if (time < read) changed.realServers.delete(name);
      if (changed.service !== null && changed.service.time < this.#begun) changed.service = null;
      if (changed.service === null && changed.emptied === null && changed.realServers.size === 0)
        this.#changed.delete(key);
    }
  }

  /** A service as it is now; `undefined` where it does not exist. */
  service(key: ServiceKey): Service | undefined {
    const changed = this.#changed.get(key)?.service;
    if (changed) return changed.now ?? undefined;
    const service = this.#base(key)?.service;
    return service && isWholeService(service) ? service : undefined;
  }

  /** The real servers of a service in the order in which they were added. */
  realServers(key: ServiceKey): RealServer[] {
    const changed = this.#changed.get(key);
    const base = changed?.emptied != null ? [] : [...this.#realServersRead(key).entries()].reverse();
    const found = new Map(
      base.map(([name, { realServer }]): [RealServerName, RealServer] => [name, realServer]),
    );
    for (const [name, { now }] of changed?.realServers ?? []) {
      if (now === null) found.delete(name);
      else found.set(name, now);
    }
    return [...found.values()];
  }

  /**
   * A real server as it is now, with the connections it had when it was read; `undefined` where it does not exist.
   */
  realServer(key: ServiceKey, identity: RealServerIdentity): RealServerState | undefined {
    const name = formatRealServer(identity);
    const changed = this.#changed.get(key);
    const own = changed?.realServers.get(name);
    const read = changed?.emptied != null ? undefined : this.#realServersRead(key).get(name);
    if (own === undefined) return read;
    return own.now === null ? undefined : { active: 0, inactive: 0, ...read, realServer: own.now };
  }

  /** The keys of all services that exist. */
  services(): ServiceKey[] {
    const keys = new Set<ServiceKey>(this.#bases().keys());
    for (const key of this.#changed.keys()) keys.add(key);
    return [...keys].filter((key) => this.service(key) !== undefined);
  }

  /** The service or real server with a key; `null` where it does not exist. */
  object(key: RowKey): Service | RealServer | null {
    const { service, realServer } = keysIn(key);
    if (realServer === undefined) return this.service(service) ?? null;
    const changed = this.#changed.get(service);
    const own = changed?.realServers.get(realServer);
    if (own !== undefined) return own.now;
    return changed?.emptied != null
      ? null
      : (this.#realServersRead(service).get(realServer)?.realServer ?? null);
  }

  /**
   * Whether an object was changed after the reading that the view shows of it began. For a real server,
   * `realServersTime` is when the real servers of its service were read; `null` where they were read with the rest.
   */
  isNewer(key: RowKey, { time, readingTime }: View, realServersTime: number | null = null): boolean {
    const { service, realServer } = keysIn(key);
    const changed = this.#changed.get(service);
    if (changed === undefined) return false;
    const begun = time - readingTime;
    const emptied = changed.emptied ?? 0;
    if (realServer === undefined) return Math.max(changed.service?.time ?? 0, emptied) >= begun;
    const read = realServersTime === null ? begun : realServersTime - readingSlack;
    return Math.max(emptied, changed.realServers.get(realServer)?.time ?? 0) >= read;
  }

  /** Services in which something was changed since they were read. */
  changedServices(): readonly ServiceKey[] {
    return [...this.#changed.keys()];
  }

  /** Whether a real server was seen to be removed at or after a time, milliseconds since the epoch. */
  wasRemoved(key: RealServerKey, since: number): boolean {
    const { service, realServer } = keysIn(key);
    const changed = this.#changed.get(service);
    const own = realServer && changed?.realServers.get(realServer);
    if (own) return own.now === null && own.time >= since;
    return changed?.emptied != null && changed.emptied >= since;
  }

  /** Notes that a step was done at a time, milliseconds since the epoch. */
  apply(step: Step, time: number): void {
    switch (step.kind) {
      case 'add service':
      case 'set service': {
        const changed = this.#changedOf(step.after.identity);
        if (step.kind === 'add service') {
          changed.emptied = time;
          changed.realServers.clear();
        }
        changed.service = { now: step.after, time };
        break;
      }
      case 'delete service': {
        const changed = this.#changedOf(step.before.identity);
        changed.service = { now: null, time };
        changed.emptied = time;
        changed.realServers.clear();
        break;
      }
      case 'add real server':
      case 'set real server':
        this.#changedOf(step.service).realServers.set(formatRealServer(step.after.identity), {
          now: step.after,
          time,
        });
        break;
      case 'delete real server':
        this.#changedOf(step.service).realServers.set(formatRealServer(step.before.identity), {
          now: null,
          time,
        });
        break;
      default:
      // The other steps do not change the table.
    }
  }

  #changedOf(identity: ServiceIdentity): ChangedService {
    const key = formatService(identity);
    const known = this.#changed.get(key);
    if (known !== undefined) return known;
    const changed: ChangedService = { service: null, emptied: null, realServers: new Map() };
    this.#changed.set(key, changed);
    return changed;
  }

  #bases(): ReadonlyMap<ServiceKey, PublicServiceView> {
    this.#services ??= new Map(this.#view?.services.map((service) => [service.key, service]));
    return this.#services;
  }

  #base(key: ServiceKey): PublicServiceView | undefined {
    return this.#bases().get(key);
  }

  /** The earliest time at which the reading of a service's real servers can have begun. */
  #realServersBegun(service: PublicServiceView | undefined): number {
    const time = service?.realServersTime ?? null;
    return time === null ? this.#begun : time - readingSlack;
  }

  /** The real servers as read, by name, in the kernel's order: the newest first. */
  #realServersRead(key: ServiceKey): ReadonlyMap<RealServerName, RealServerState> {
    const known = this.#realServers.get(key);
    if (known !== undefined) return known;
    const service = this.#base(key);
    const rows = service === undefined ? [] : realServersAsRead(service);
    const found = new Map<RealServerName, RealServerState>();
    for (const { realServer, active, inactive } of rows) {
      if (isWholeRealServer(realServer))
        found.set(formatRealServer(realServer.identity), { realServer, active, inactive });
    }
    this.#realServers.set(key, found);
    return found;
  }
}
