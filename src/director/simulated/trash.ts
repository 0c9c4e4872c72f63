import type { Timeouts } from '../../ipvs/director-info.ts';
import { formatRealServer, type RealServerIdentity, type RealServerName } from '../../ipvs/identity.ts';
import type { SimulatedRealServer } from './simulated-real-server.ts';
import type { SimulatedService } from './simulated-service.ts';
import { type Step, secondsToTicks } from './tick.ts';
import { advanceConnections, closingOf } from './traffic.ts';

/** How long a deleted real server is kept after its last connection (`IP_VS_DEST_TRASH_PERIOD` in `ip_vs_ctl.c`). */
const keptIdle = secondsToTicks(120);

interface Deleted {
  readonly server: SimulatedRealServer;
  readonly service: SimulatedService;
  idleSince: number | undefined;
}

/**
 * Deleted real servers that connections still belong to. Added again to the same service, such a server comes
 * back with its connections, and with its counters where the service is the same too (`ip_vs_trash_get_dest`).
 */
export class Trash {
  readonly #deleted = new Map<string, Deleted>();

  put(service: SimulatedService, server: SimulatedRealServer): void {
    server.available = false;
    this.#deleted.set(trashKey(service, server.key), { server, service, idleSince: undefined });
  }

  /** Takes a real server back out, if it is there. */
  take(service: SimulatedService, identity: RealServerIdentity): SimulatedRealServer | undefined {
    const key = trashKey(service, formatRealServer(identity));
    const deleted = this.#deleted.get(key);
    if (deleted === undefined) return undefined;
    this.#deleted.delete(key);
    if (deleted.service !== service) deleted.server.statistics.zero();
    deleted.server.available = true;
    return deleted.server;
  }

  /** Lets their connections end, and forgets those that have had none for long enough. */
  advance(step: Step, timeouts: Timeouts): void {
    for (const [key, deleted] of this.#deleted) {
      const { server, service } = deleted;
      if (service.clients !== undefined) {
        advanceConnections(server, service.clients, step, closingOf(service.clients.demand, timeouts));
      }
      if (!server.isIdle) deleted.idleSince = undefined;
      else if (deleted.idleSince === undefined) deleted.idleSince = step.to;
      else if (step.to - deleted.idleSince >= keptIdle) this.#deleted.delete(key);
    }
  }
}

function trashKey(service: SimulatedService, realServer: RealServerName): string {
  return `${service.key} ${realServer}`;
}
