import { type Candidate, greatestCommonDivisor, type Scheduling } from './scheduling.ts';

/**
 * `wrr`: passes over the list, each taking the servers whose weight reaches a bound that sinks from the
 * greatest weight by the greatest common divisor (`ip_vs_wrr_schedule` in `net/netfilter/ipvs/ip_vs_wrr.c`).
 */
export function weightedRoundRobin<C extends Candidate>(initial: readonly C[]): Scheduling<C> {
  // `undefined` is the head of the list.
  let current: C | undefined;
  let interval = 1;
  let greatest = 0;
  let bound = 0;

  function measure(servers: readonly C[]): void {
    interval = greatestCommonDivisor(servers.map((server) => server.weight)) || 1;
    // Lowered by interval - 1 so that the last pass has the bound 1 and catches weights below the divisor.
    greatest = Math.max(0, ...servers.map((server) => server.weight)) - (interval - 1);
  }

  /**
   * Leaves place and bound where the kernel's search ends when it finds nobody: at the place where it began, if that
   * was in the pass of the lowest bound, and otherwise after that pass, at the head of the list.
   */
  function reject(): void {
    if (current !== undefined && bound <= interval) return;
    current = undefined;
    bound = greatest;
  }

  measure(initial);
  bound = greatest;

  return {
    pick(servers) {
      if (greatest === 0) return undefined;
      const reachable = greatestAvailableWeight(servers);
      if (reachable === 0) {
        reject();
        return undefined;
      }
      let index = current === undefined ? -1 : servers.indexOf(current);
      for (;;) {
        for (let next = index + 1; next < servers.length; next++) {
          const server = servers[next];
          if (server !== undefined && !server.overloaded && server.weight >= bound) {
            current = server;
            return server;
          }
        }
        index = -1;
        bound -= interval;
        if (bound <= 0) bound = greatest;
        // The kernel walks the list once for every bound that nobody reaches; leaping over those passes picks
        // the same server without work in proportion to the weights.
        if (bound > reachable) bound -= Math.ceil((bound - reachable) / interval) * interval;
      }
    },
    serversChanged(servers) {
      current = undefined;
      measure(servers);
      if (bound > greatest || bound === 0) bound = greatest;
      else if (interval > 1) bound = Math.floor(bound / interval) * interval + 1;
    },
  };
}

function greatestAvailableWeight(servers: readonly Candidate[]): number {
  let weight = 0;
  for (const server of servers) if (!server.overloaded && server.weight > weight) weight = server.weight;
  return weight;
}
