import type { Arrival } from '../scheduling/scheduling.ts';
import { clientNetwork } from './persistence-templates.ts';
import type { SimulatedRealServer } from './simulated-real-server.ts';
import type { SimulatedService } from './simulated-service.ts';

/** What a new connection depends on beside the service that it is for. */
export interface Admission {
  readonly tick: number;
  /** `expire_quiescent_template`: weight 0 frees persistent clients too. */
  readonly expireQuiescentTemplate: boolean;
  /** The tick up to which a connection to this real server would be in the table; called under persistence only. */
  readonly livesUntil: (server: SimulatedRealServer) => number;
}

/**
 * The real server that a new connection goes to, `undefined` where it is rejected (`ip_vs_schedule` and
 * `ip_vs_sched_persist` in `net/netfilter/ipvs/ip_vs_core.c`).
 */
export function admit(
  service: SimulatedService,
  arrival: Arrival,
  { tick, expireQuiescentTemplate, livesUntil }: Admission,
): SimulatedRealServer | undefined {
  const { persistence, identity } = service.settings;
  if (persistence === null) return service.scheduling?.pick(service.realServers, arrival);
  const network = clientNetwork(arrival.source, identity.family, persistence);
  const server =
    service.templates.find(network, expireQuiescentTemplate) ??
    service.scheduling?.pick(service.realServers, arrival);
  if (server !== undefined) {
    service.templates.hold(network, server, tick, persistence.timeout, livesUntil(server));
  }
  return server;
}
