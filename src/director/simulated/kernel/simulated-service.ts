import {
  formatRealServer,
  formatService,
  type RealServerIdentity,
  type ServiceKey,
} from '../../../ipvs/identity.ts';
import type { Service, ServiceEntry } from '../../../ipvs/service.ts';
import type { Clients } from '../clients.ts';
import { loadedSchedulers } from '../scheduling/loaded-schedulers.ts';
import type { Scheduling } from '../scheduling/scheduling.ts';
import { hashText } from './hash.ts';
import { PersistenceTemplates } from './persistence-templates.ts';
import type { SimulatedRealServer } from './simulated-real-server.ts';
import { Statistics } from './statistics.ts';

/** A virtual service of the simulated kernel. */
export class SimulatedService {
  readonly key: ServiceKey;
  readonly statistics: Statistics;
  readonly templates: PersistenceTemplates;
  /** Those who use it; `undefined` when nobody does. */
  readonly clients: Clients | undefined;
  /** Newest first. */
  readonly realServers: SimulatedRealServer[] = [];
  #settings: Service;
  #scheduling: Scheduling<SimulatedRealServer> | undefined;

  /** `templates` are those of a service that was deleted and had the same identity. */
  constructor(
    settings: Service,
    clients: Clients | undefined,
    templates: PersistenceTemplates = new PersistenceTemplates(),
  ) {
    this.key = formatService(settings.identity);
    this.clients = clients;
    this.templates = templates;
    this.statistics = new Statistics(hashText(this.key));
    this.#settings = settings;
    this.#scheduling = loadedSchedulers.get(settings.scheduler)?.([]);
  }

  get settings(): Service {
    return this.#settings;
  }

  /** The scheduler at work; `undefined` for the scheduler `none`, which rejects everything. */
  get scheduling(): Scheduling<SimulatedRealServer> | undefined {
    return this.#scheduling;
  }

  /** Replaces all settings. Another scheduler begins anew; the same one keeps its state. */
  configure(settings: Service): void {
    const previous = this.#settings;
    this.#settings = settings;
    if (settings.scheduler !== previous.scheduler) {
      this.#scheduling = loadedSchedulers.get(settings.scheduler)?.(this.realServers);
    }
  }

  find(identity: RealServerIdentity): SimulatedRealServer | undefined {
    const key = formatRealServer(identity);
    return this.realServers.find((server) => server.key === key);
  }

  add(server: SimulatedRealServer): void {
    this.realServers.unshift(server);
    this.#scheduling?.serversChanged?.(this.realServers);
  }

  /** To be called after a real server was configured anew. */
  noteEdit(): void {
    this.#scheduling?.serversChanged?.(this.realServers);
  }

  remove(server: SimulatedRealServer): void {
    const index = this.realServers.indexOf(server);
    this.realServers.splice(index, 1);
    this.#scheduling?.serverRemoved?.(server, this.realServers[index - 1]);
    this.#scheduling?.serversChanged?.(this.realServers);
  }

  /** Zeroes its counters and those of its real servers. */
  zero(): void {
    for (const server of this.realServers) server.statistics.zero();
    this.statistics.zero();
  }

  /** As the kernel's dump gives it. */
  entry(): ServiceEntry {
    return {
      service: this.#settings,
      counters: this.statistics.counters(),
      kernelRates: this.statistics.rates(),
    };
  }
}
