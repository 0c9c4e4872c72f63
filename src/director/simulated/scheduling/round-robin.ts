import { type Candidate, isPassedOver, type Scheduling } from './scheduling.ts';

/** `rr`: the next one with a weight after the last pick (`ip_vs_rr_schedule` in `net/netfilter/ipvs/ip_vs_rr.c`). */
export function roundRobin<C extends Candidate>(): Scheduling<C> {
  // `undefined` is the head of the list: the next pick is the first server.
  let last: C | undefined;
  return {
    pick(servers) {
      const start = last === undefined ? -1 : servers.indexOf(last);
      for (let step = 1; step <= servers.length; step++) {
        const server = servers[(start + step) % servers.length];
        if (server !== undefined && !isPassedOver(server)) {
          last = server;
          return server;
        }
      }
      return undefined;
    },
    serverRemoved(server, before) {
      if (server === last) last = before;
    },
  };
}
