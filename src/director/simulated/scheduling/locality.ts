import { leastOverhead } from './least-connection.ts';
import type { Candidate, Scheduling } from './scheduling.ts';

/** `lblc`: a destination keeps its server until that is overworked (`net/netfilter/ipvs/ip_vs_lblc.c`). */
export function localityBased<C extends Candidate>(): Scheduling<C> {
  const kept = new Map<number, C>();
  return {
    pick(servers, arrival) {
      const server = kept.get(arrival.destination);
      if (server?.available && server.weight > 0 && !isOverworked(server, servers)) return server;
      const chosen = leastOverhead(servers);
      if (chosen !== undefined) kept.set(arrival.destination, chosen);
      return chosen;
    },
  };
}

/**
 * `lblcr`: a destination keeps a set of servers that grows under load (`net/netfilter/ipvs/ip_vs_lblcr.c`). A deleted
 * server stays in the set and counts again when it is added back. The kernel takes a server out of a set that has not
 * changed for a day (`lblcr_expiration`); here sets only grow.
 */
export function localityBasedReplicated<C extends Candidate>(): Scheduling<C> {
  /** In each set the server that joined last comes first. */
  const sets = new Map<number, C[]>();
  return {
    pick(servers, arrival) {
      const set = sets.get(arrival.destination) ?? [];
      const server = leastOverhead(set.filter(({ available }) => available));
      if (server !== undefined && !isOverworked(server, servers)) return server;
      const chosen = leastOverhead(servers);
      if (chosen !== undefined && !set.includes(chosen)) sets.set(arrival.destination, [chosen, ...set]);
      return chosen;
    },
  };
}

/**
 * Whether it has more active connections than its weight, while another server has fewer than half of its own weight.
 */
function isOverworked(server: Candidate, servers: readonly Candidate[]): boolean {
  return server.active > server.weight && servers.some((other) => other.active * 2 < other.weight);
}
