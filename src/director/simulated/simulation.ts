import type { Timeouts } from '../../ipvs/director-info.ts';
import { formatService, type ServiceIdentity } from '../../ipvs/identity.ts';
import type { RealServer } from '../../ipvs/real-server.ts';
import type { Service } from '../../ipvs/service.ts';
import { Clients } from './clients.ts';
import type { Demand } from './demand.ts';
import { ServiceTable } from './service-table.ts';
import { SimulatedRealServer } from './simulated-real-server.ts';
import { SimulatedService } from './simulated-service.ts';
import type { Site } from './site.ts';
import { stepsBetween } from './steps.ts';
import { type Step, secondsToTicks, stepSeconds, tickLength } from './tick.ts';
import { advanceService, type Conditions, estimateService } from './traffic.ts';
import { Trash } from './trash.ts';

/** How much of a site's past is played through at most, seconds: as long as connections last. */
const playedPast = 330;

/**
 * The table of services with its traffic. Nothing happens by itself: `catchUp` brings it to the present, and
 * is to be called before anything is read or changed. What is changed must have been checked.
 */
export class Simulation {
  readonly #now: () => number;
  readonly #seed: number;
  readonly #newcomers: ((service: ServiceIdentity) => Demand) | undefined;
  readonly #isEstimating: boolean;
  readonly #expireQuiescentTemplate: boolean;
  readonly #table: ServiceTable;
  readonly #trash = new Trash();
  /** By `formatService`; those who use a service outlive it. */
  readonly #clients = new Map<string, Clients>();
  readonly #origin: number;
  #tick = 0;
  #timeouts: Timeouts;
  #mixedFamilies = 0;

  /** `now` gives milliseconds; `settings` are the values that the traffic obeys. */
  constructor(site: Site, now: () => number, seed: number, setting: (name: string) => string | undefined) {
    this.#now = now;
    this.#seed = seed;
    this.#newcomers = site.newcomers;
    this.#isEstimating = setting('run_estimation') !== '0';
    this.#expireQuiescentTemplate = (setting('expire_quiescent_template') ?? '0') !== '0';
    this.#timeouts = site.timeouts;
    this.#table = new ServiceTable(seed & 0xff);
    this.#origin = now();
    this.#settle(site);
  }

  get services(): readonly SimulatedService[] {
    return this.#table.ordered;
  }

  get timeouts(): Timeouts {
    return this.#timeouts;
  }

  set timeouts(timeouts: Timeouts) {
    this.#timeouts = timeouts;
  }

  /** Whether some real server is of another family than its service. */
  get hasMixedFamilies(): boolean {
    return this.#mixedFamilies > 0;
  }

  find(identity: ServiceIdentity): SimulatedService | undefined {
    return this.#table.find(identity);
  }

  addService(settings: Service): void {
    const key = formatService(settings.identity);
    let clients = this.#clients.get(key);
    if (clients === undefined && this.#newcomers !== undefined) {
      clients = new Clients(this.#newcomers(settings.identity), key, this.#seed);
      this.#clients.set(key, clients);
    }
    this.#table.add(new SimulatedService(settings, clients));
  }

  removeService(service: SimulatedService): void {
    this.#table.remove(service);
    for (const server of service.realServers) this.#discard(service, server);
    service.templates.clear();
  }

  addRealServer(service: SimulatedService, settings: RealServer): void {
    const known = this.#trash.take(service, settings.identity);
    known?.configure(settings, true);
    service.add(known ?? new SimulatedRealServer(settings, service.key));
    if (settings.identity.family !== service.settings.identity.family) this.#mixedFamilies++;
  }

  removeRealServer(service: SimulatedService, server: SimulatedRealServer): void {
    service.remove(server);
    this.#discard(service, server);
  }

  /** Lets the time since the last call pass. */
  catchUp(): void {
    const present = Math.floor((this.#now() - this.#origin) / tickLength);
    for (const step of stepsBetween(this.#tick, present)) this.#advance(step);
    // A clock that was set back lets no time pass until it is where it was.
    this.#tick = Math.max(this.#tick, present);
  }

  #discard(service: SimulatedService, server: SimulatedRealServer): void {
    if (server.settings.identity.family !== service.settings.identity.family) this.#mixedFamilies--;
    this.#trash.put(service, server);
  }

  #advance(step: Step): void {
    const conditions: Conditions = {
      timeouts: this.#timeouts,
      expireQuiescentTemplate: this.#expireQuiescentTemplate,
    };
    this.#trash.advance(step, this.#timeouts);
    for (const service of this.#table.ordered) {
      if (service.clients === undefined) continue;
      advanceService(service, service.clients, step, conditions);
      if (this.#isEstimating) estimateService(service, step);
    }
  }

  /** Puts up what the site begins with and plays the end of its past through, so that it is found at work. */
  #settle(site: Site): void {
    const past = Math.min(site.age, playedPast);
    const drains: { readonly tick: number; readonly quiesce: () => void }[] = [];
    for (const { service: settings, realServers, demand } of site.services) {
      const key = formatService(settings.identity);
      if (demand !== undefined) this.#clients.set(key, new Clients(demand, key, this.#seed));
      const service = new SimulatedService(settings, this.#clients.get(key));
      this.#table.add(service);
      for (const { realServer, drained } of realServers) {
        const weight = drained === undefined ? realServer.weight : drained.weight;
        this.addRealServer(service, { ...realServer, weight });
        if (drained === undefined) continue;
        drains.push({
          tick: -secondsToTicks(Math.min(drained.seconds, past)),
          quiesce: () => {
            service.find(realServer.identity)?.configure(realServer, false);
            service.noteEdit();
          },
        });
      }
    }
    drains.sort((left, right) => left.tick - right.tick);
    let position = -secondsToTicks(past);
    for (const { tick, quiesce } of drains) {
      for (const step of stepsBetween(position, tick)) this.#advance(step);
      position = tick;
      quiesce();
    }
    for (const step of stepsBetween(position, 0)) this.#advance(step);
    if (past > 0) this.#stretch(site.age / stepSeconds({ from: -secondsToTicks(past), to: 0 }));
  }

  #stretch(times: number): void {
    for (const service of this.#table.ordered) {
      service.statistics.stretch(times);
      for (const server of service.realServers) server.statistics.stretch(times);
    }
  }
}
