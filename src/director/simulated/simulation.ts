import type { Timeouts } from '../../ipvs/director-info.ts';
import { formatService, type ServiceIdentity, type ServiceKey } from '../../ipvs/identity.ts';
import type { RealServer } from '../../ipvs/real-server.ts';
import type { Service } from '../../ipvs/service.ts';
import { Clients } from './clients.ts';
import { type Amounts, noAmounts } from './kernel/amounts.ts';
import { ServiceTable } from './kernel/service-table.ts';
import { defaultSettings } from './kernel/settings.ts';
import { SimulatedRealServer } from './kernel/simulated-real-server.ts';
import { SimulatedService } from './kernel/simulated-service.ts';
import type { Statistics } from './kernel/statistics.ts';
import { finestStep, longestSimulated, stepsBetween } from './kernel/steps.ts';
import { type Step, secondsToTicks, tickLength } from './kernel/tick.ts';
import { Trash } from './kernel/trash.ts';
import type { Demand } from './sites/demand.ts';
import type { Site, SiteEvent } from './sites/site.ts';
import { advanceService, type Conditions, estimateService, skipService } from './traffic.ts';

/**
 * The table of services with its traffic. Nothing happens by itself: `catchUp` brings it to the present, and has to be
 * called before anything is read or changed. Changes are not checked here.
 */
export class Simulation {
  /** What `/proc/sys/net/ipv4/vs/` has. */
  readonly settings: ReadonlyMap<string, string>;
  readonly #now: () => number;
  readonly #seed: number;
  readonly #newcomers: ((service: ServiceIdentity) => Demand) | undefined;
  readonly #isEstimating: boolean;
  readonly #expireQuiescentTemplate: boolean;
  readonly #expireNodestConn: boolean;
  readonly #faults: Site['faults'];
  /** What is still to happen, the last first. */
  readonly #events: SiteEvent[];
  readonly #table: ServiceTable;
  readonly #trash = new Trash();
  /** Clients by their service's key; they stay when the service is deleted. */
  readonly #clients = new Map<ServiceKey, Clients>();
  readonly #origin: number;
  #tick = 0;
  #timeouts: Timeouts;
  #mixedFamilies = 0;
  /** What services carried that were deleted. */
  readonly #goneCarried = noAmounts();
  /** Services and real servers, those in the trash left out. */
  #objects = 0;

  /** `now` gives milliseconds. */
  constructor(site: Site, now: () => number, seed: number) {
    this.settings = new Map(Object.entries({ ...defaultSettings, ...site.settings }));
    const isSet = (name: string) => (this.settings.get(name) ?? '0') !== '0';
    this.#now = now;
    this.#seed = seed;
    this.#newcomers = site.newcomers;
    this.#isEstimating = isSet('run_estimation');
    this.#expireQuiescentTemplate = isSet('expire_quiescent_template');
    this.#expireNodestConn = isSet('expire_nodest_conn');
    this.#timeouts = site.timeouts;
    this.#faults = site.faults;
    this.#events = (site.events ?? []).toSorted((left, right) => right.seconds - left.seconds);
    this.#table = new ServiceTable(seed & 0xff);
    this.#origin = now();
    this.#settle(site);
  }

  get services(): readonly SimulatedService[] {
    return this.#table.ordered;
  }

  /** The present tick. */
  get tick(): number {
    return this.#tick;
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

  /** What all services have carried up to the present tick, also those that are gone. */
  carried(): Readonly<Amounts> {
    const sum = { ...this.#goneCarried };
    for (const { statistics } of this.#table.ordered) statistics.addCountedTo(sum);
    return sum;
  }

  addService(settings: Service): void {
    const key = formatService(settings.identity);
    let clients = this.#clients.get(key);
    if (clients === undefined && this.#newcomers !== undefined) {
      clients = new Clients(this.#newcomers(settings.identity), key, this.#seed);
      this.#clients.set(key, clients);
    }
    this.#addService(new SimulatedService(settings, clients, this.#trash.takeTemplates(key)));
  }

  removeService(service: SimulatedService): void {
    this.#table.remove(service);
    this.#objects--;
    service.statistics.addCountedTo(this.#goneCarried);
    for (const server of service.realServers) this.#discard(service, server);
    this.#trash.putTemplates(service);
  }

  addRealServer(service: SimulatedService, settings: RealServer): void {
    const known = this.#trash.take(service, settings.identity);
    known?.configure(settings, true);
    service.add(
      known ?? new SimulatedRealServer(settings, service.key, this.#faults?.get(settings.identity.address)),
    );
    this.#objects++;
    if (settings.identity.family !== service.settings.identity.family) this.#mixedFamilies++;
  }

  removeRealServer(service: SimulatedService, server: SimulatedRealServer): void {
    service.remove(server);
    this.#discard(service, server);
  }

  /** Lets the time since the last call pass, in whole steps, which are longer on a large table. */
  catchUp(): void {
    const shortest = finestStep(this.#objects);
    const steps = Math.floor(((this.#now() - this.#origin) / tickLength - this.#tick) / shortest);
    // A clock that was set back lets no time pass until it is where it was.
    if (steps <= 0) return;
    // Whole steps, so that it does not matter when and how often somebody asks.
    const present = this.#tick + steps * shortest;
    const distant = present - this.#tick - longestSimulated;
    if (distant <= 0) {
      this.#simulate(this.#tick, present);
    } else {
      this.#skip({ from: this.#tick, to: this.#tick + distant });
      this.#letHappen(this.#tick + distant);
      for (const statistics of this.#statistics()) statistics.beginSample();
      this.#simulate(this.#tick + distant, present);
      for (const statistics of this.#statistics()) statistics.repeatSample(distant / longestSimulated);
    }
    this.#tick = present;
  }

  #simulate(from: number, to: number): void {
    let position = from;
    for (;;) {
      const next = this.#events.at(-1);
      const end = Math.min(to, Math.max(position, next === undefined ? to : secondsToTicks(next.seconds)));
      for (const step of stepsBetween(position, end, finestStep(this.#objects))) this.#advance(step);
      this.#letHappen(end);
      if (end === to) return;
      position = end;
    }
  }

  /** Carries out the events that are due by a tick. */
  #letHappen(tick: number): void {
    for (;;) {
      const event = this.#events.at(-1);
      if (event === undefined || secondsToTicks(event.seconds) > tick) return;
      this.#events.pop();
      const service = this.find(event.service);
      const server = service?.find(event.realServer);
      server?.configure({ ...server.settings, weight: event.weight }, false);
      service?.noteEdit();
    }
  }

  #addService(service: SimulatedService): void {
    this.#table.add(service);
    this.#objects++;
  }

  #discard(service: SimulatedService, server: SimulatedRealServer): void {
    this.#objects--;
    if (server.settings.identity.family !== service.settings.identity.family) this.#mixedFamilies--;
    this.#trash.put(service, server, this.#tick);
  }

  #advance(step: Step): void {
    const conditions: Conditions = {
      timeouts: this.#timeouts,
      expireQuiescentTemplate: this.#expireQuiescentTemplate,
    };
    this.#trash.advance(step, { timeouts: this.#timeouts, expireConnections: this.#expireNodestConn });
    for (const [service, clients] of this.#used()) {
      advanceService(service, clients, step, conditions);
      if (this.#isEstimating) estimateService(service, step);
    }
  }

  /** Lets connections end over a long time, without new ones. */
  #skip(step: Step): void {
    this.#trash.advance(step, { timeouts: this.#timeouts, expireConnections: this.#expireNodestConn });
    for (const [service, clients] of this.#used()) skipService(service, clients, step, this.#timeouts);
  }

  /** The services that somebody uses; nothing ever happens to the others. */
  *#used(): Generator<readonly [SimulatedService, Clients], void, void> {
    for (const service of this.#table.ordered) {
      if (service.clients !== undefined) yield [service, service.clients];
    }
  }

  *#statistics(): Generator<Statistics, void, void> {
    for (const [service] of this.#used()) {
      yield service.statistics;
      for (const server of service.realServers) yield server.statistics;
    }
  }

  /** Sets up what the site begins with and simulates the end of its past, so that it is at work from the start. */
  #settle(site: Site): void {
    const age = secondsToTicks(site.age);
    const past = Math.min(age, longestSimulated);
    const drains: { readonly tick: number; readonly quiesce: () => void }[] = [];
    for (const { service: settings, realServers, demand } of site.services) {
      const key = formatService(settings.identity);
      if (demand !== undefined) this.#clients.set(key, new Clients(demand, key, this.#seed));
      const service = new SimulatedService(settings, this.#clients.get(key));
      this.#addService(service);
      for (const { realServer, drained } of realServers) {
        const weight = drained === undefined ? realServer.weight : drained.weight;
        this.addRealServer(service, { ...realServer, weight });
        if (drained === undefined) continue;
        drains.push({
          tick: -Math.min(secondsToTicks(drained.seconds), past),
          quiesce: () => {
            service.find(realServer.identity)?.configure(realServer, false);
            service.noteEdit();
          },
        });
      }
    }
    drains.sort((left, right) => left.tick - right.tick);
    let position = -past;
    for (const { tick, quiesce } of drains) {
      this.#simulate(position, tick);
      position = tick;
      quiesce();
    }
    this.#simulate(position, 0);
    if (past === 0) return;
    for (const statistics of this.#statistics()) statistics.repeatSample((age - past) / past);
  }
}
