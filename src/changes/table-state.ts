import { allRealServers, type Director } from '../director/director.ts';
import {
  compareRealServers,
  formatRealServer,
  type RealServerIdentity,
  type ServiceIdentity,
  sameRealServer,
} from '../ipvs/identity.ts';
import type { RealServer, RealServerEntry } from '../ipvs/real-server.ts';
import type { Service } from '../ipvs/service.ts';
import type { Step } from './plan.ts';

/** A real server with the connections that it has now. */
export interface RealServerState {
  readonly realServer: RealServer;
  readonly active: number;
  readonly inactive: number;
}

/** A service and its real servers, as they are or as they will be. */
export interface ServiceState {
  readonly service: Service;
  readonly realServers: readonly RealServerState[];
}

/** Reads a service and its real servers, by address and port; `undefined` when it is not there. */
export function readServiceState(director: Director, identity: ServiceIdentity): ServiceState | undefined {
  const entry = director.findService(identity);
  if (entry === undefined) return undefined;
  const realServers = new Map(
    allRealServers(director, identity).map((row) => [formatRealServer(row.realServer.identity), row]),
  );
  return {
    service: entry.service,
    realServers: [...realServers.values()].sort((left, right) =>
      compareRealServers(left.realServer.identity, right.realServer.identity),
    ),
  };
}

/**
 * Reads one real server. Dumps can skip a row while the table is being edited (`ip_vs_genl_dump_dests` in
 * `net/netfilter/ipvs/ip_vs_ctl.c` resumes by index), so what is missing is looked for twice.
 */
export function findRealServer(
  director: Director,
  service: ServiceIdentity,
  identity: RealServerIdentity,
): RealServerEntry | undefined {
  return searchOnce(director, service, identity) ?? searchOnce(director, service, identity);
}

/** A service as one step after the other makes it. Each real server is found by its key, however many there are. */
export class ChangingService {
  #service: Service | undefined;
  readonly #realServers = new Map<string, RealServerState>();

  /** `before` is how it is at first; `undefined` when it is not there. */
  constructor(before: ServiceState | undefined) {
    this.#service = before?.service;
    for (const realServer of before?.realServers ?? []) this.#put(realServer);
  }

  /** `undefined` when it is not there. */
  get service(): Service | undefined {
    return this.#service;
  }

  /** Its real servers, those that were added at the end. */
  get realServers(): readonly RealServerState[] {
    return [...this.#realServers.values()];
  }

  /** How many real servers it has. */
  get size(): number {
    return this.#realServers.size;
  }

  /** As it is now; `undefined` when it is not there. */
  get state(): ServiceState | undefined {
    return this.#service && { service: this.#service, realServers: this.realServers };
  }

  find(identity: RealServerIdentity): RealServerState | undefined {
    return this.#realServers.get(formatRealServer(identity));
  }

  take(step: Step): void {
    switch (step.kind) {
      case 'add service':
      case 'set service':
        this.#service = step.after;
        break;
      case 'delete service':
        this.#service = undefined;
        this.#realServers.clear();
        break;
      case 'add real server':
        this.#put({ realServer: step.after, active: 0, inactive: 0 });
        break;
      case 'set real server': {
        const { active = 0, inactive = 0 } = this.find(step.after.identity) ?? {};
        this.#put({ realServer: step.after, active, inactive });
        break;
      }
      case 'delete real server':
        this.#realServers.delete(formatRealServer(step.before.identity));
        break;
      default:
        break;
    }
  }

  #put(state: RealServerState): void {
    this.#realServers.set(formatRealServer(state.realServer.identity), state);
  }
}

/** What a service will be after the steps; `undefined` once it is deleted. */
export function afterSteps(
  state: ServiceState | undefined,
  steps: readonly Step[],
): ServiceState | undefined {
  const changing = new ChangingService(state);
  for (const step of steps) changing.take(step);
  return changing.state;
}

function searchOnce(
  director: Director,
  service: ServiceIdentity,
  identity: RealServerIdentity,
): RealServerEntry | undefined {
  for (const batch of director.realServerBatches(service)) {
    const found = batch.find(({ realServer }) => sameRealServer(realServer.identity, identity));
    if (found !== undefined) return found;
  }
  return undefined;
}
