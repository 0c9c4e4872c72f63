import type { Timeouts } from '../../../ipvs/director-info.ts';
import {
  formatRealServer,
  type RealServerIdentity,
  type RealServerName,
  type ServiceKey,
} from '../../../ipvs/identity.ts';
import type { PersistenceTemplates } from './persistence-templates.ts';
import type { SimulatedRealServer } from './simulated-real-server.ts';
import type { SimulatedService } from './simulated-service.ts';
import { type Step, secondsToTicks, stepSeconds } from './tick.ts';

/** How long a deleted real server is kept after its last connection (`IP_VS_DEST_TRASH_PERIOD` in `ip_vs_ctl.c`). */
const keptIdle = secondsToTicks(120);
/**
 * Time between two looks of the kernel at these (`ip_vs_dest_trash_expire`); only then does it notice that one has no
 * connections left.
 */
const betweenLooks = keptIdle / 2;

/** Seconds that an open SCTP connection is kept without a packet (`sctp_timeouts` in `ip_vs_proto_sctp.c`). */
const sctpEstablished = 900;

interface Deleted {
  readonly server: SimulatedRealServer;
  readonly service: SimulatedService;
  /** Tick at which it was deleted. */
  readonly since: number;
  idleSince: number | undefined;
}

/** What becomes of the connections of deleted real servers. */
export interface TrashConditions {
  readonly timeouts: Timeouts;
  /** `expire_nodest_conn`: a connection ends at its next packet. */
  readonly expireConnections: boolean;
}

/**
 * Deleted real servers that still have connections. Packets of these are dropped, so that nothing of a connection
 * changes until its time is out. Added again to a service of the same identity, such a server comes back with its
 * connections, and with its counters, too, if that service was not itself made anew (`ip_vs_trash_get_dest`). The
 * persistence templates of deleted services live on likewise.
 */
export class Trash {
  readonly #deleted = new Map<string, Deleted>();
  readonly #templates = new Map<ServiceKey, PersistenceTemplates>();
  #nextLook = 0;

  put(service: SimulatedService, server: SimulatedRealServer, tick: number): void {
    server.available = false;
    if (this.#deleted.size === 0) this.#nextLook = tick + betweenLooks;
    this.#deleted.set(trashKey(service, server.key), { server, service, since: tick, idleSince: undefined });
  }

  /** Takes a real server back out, if it is there. */
  take(service: SimulatedService, identity: RealServerIdentity): SimulatedRealServer | undefined {
    const key = trashKey(service, formatRealServer(identity));
    const deleted = this.#deleted.get(key);
    if (deleted === undefined) return undefined;
    this.#deleted.delete(key);
    const { server } = deleted;
    if (deleted.service !== service) server.statistics.zero();
    server.available = true;
    return server;
  }

  putTemplates({ key, templates }: SimulatedService): void {
    if (!templates.isEmpty) this.#templates.set(key, templates);
  }

  /** The templates of a deleted service, if there are any. */
  takeTemplates(key: ServiceKey): PersistenceTemplates | undefined {
    const templates = this.#templates.get(key);
    this.#templates.delete(key);
    return templates;
  }

  /** Lets connections and templates end, and forgets real servers that have had none for long enough. */
  advance(step: Step, conditions: TrashConditions): void {
    for (const [key, templates] of this.#templates) {
      templates.expire(step.to);
      if (templates.isEmpty) this.#templates.delete(key);
    }
    for (const deleted of this.#deleted.values()) dropConnections(deleted, step, conditions);
    if (this.#deleted.size === 0 || step.to < this.#nextLook) return;
    this.#nextLook = step.to + betweenLooks;
    for (const [key, deleted] of this.#deleted) {
      if (!deleted.server.isIdle) continue;
      if (deleted.idleSince === undefined) deleted.idleSince = step.to;
      else if (step.to - deleted.idleSince >= keptIdle) this.#deleted.delete(key);
    }
  }
}

function dropConnections(
  { server, service: { clients }, since }: Deleted,
  step: Step,
  { timeouts, expireConnections }: TrashConditions,
): void {
  server.expire(step.to);
  if (clients === undefined) return;
  const { demand, random } = clients;
  const timeout = demand.protocol === 'sctp' ? sctpEstablished : timeouts.tcp;
  if (step.to - since >= secondsToTicks(timeout)) server.dropAll();
  else if (expireConnections) server.dropSome(stepSeconds(step), demand.flowing.inPackets, random);
}

function trashKey(service: SimulatedService, realServer: RealServerName): string {
  return `${service.key} ${realServer}`;
}
