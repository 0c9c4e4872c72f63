import { type Candidate, isPassedOver, type Scheduling } from './scheduling.ts';

/** The load that a scheduler sees in a real server's connections. */
type Load = (server: Candidate) => number;

/** Active connections count 256 times an inactive one (`ip_vs_dest_conn_overhead` in `include/net/ip_vs.h`). */
const overhead: Load = (server) => server.active * 256 + server.inactive;

/** The delay to expect with one more connection (`ip_vs_sed_dest_overhead` in `ip_vs_sed.c`). */
const expectedDelay: Load = (server) => server.active + 1;

/** `lc`: the least load (`net/netfilter/ipvs/ip_vs_lc.c`). */
export function leastConnection<C extends Candidate>(): Scheduling<C> {
  return {
    pick(servers) {
      let least: C | undefined;
      let leastLoad = 0;
      for (const server of servers) {
        if (isPassedOver(server)) continue;
        const load = overhead(server);
        if (least === undefined || load < leastLoad) {
          least = server;
          leastLoad = load;
        }
      }
      return least;
    },
  };
}

/** `wlc`: the least load for the weight (`net/netfilter/ipvs/ip_vs_wlc.c`). */
export function weightedLeastConnection<C extends Candidate>(): Scheduling<C> {
  return { pick: (servers) => leastWeighted(servers, overhead) };
}

/** `sed`: the shortest expected delay for the weight (`net/netfilter/ipvs/ip_vs_sed.c`). */
export function shortestExpectedDelay<C extends Candidate>(): Scheduling<C> {
  return { pick: (servers) => leastWeighted(servers, expectedDelay) };
}

/** `nq`: the first idle server, else as `sed` (`net/netfilter/ipvs/ip_vs_nq.c`). */
export function neverQueue<C extends Candidate>(): Scheduling<C> {
  return {
    pick: (servers) =>
      servers.find((server) => !isPassedOver(server) && server.active === 0) ??
      leastWeighted(servers, expectedDelay),
  };
}

/** The server of the least overhead for its weight, as wlc, lblc and lblcr choose when they have no better reason. */
export function leastOverhead<C extends Candidate>(servers: Iterable<C>): C | undefined {
  return leastWeighted(servers, overhead);
}

function leastWeighted<C extends Candidate>(servers: Iterable<C>, loadOf: Load): C | undefined {
  let least: C | undefined;
  let leastLoad = 0;
  for (const server of servers) {
    if (isPassedOver(server)) continue;
    const load = loadOf(server);
    // Multiplied across, as the kernel does for want of fractions; ties keep the first met.
    if (least === undefined || leastLoad * server.weight > load * least.weight) {
      least = server;
      leastLoad = load;
    }
  }
  return least;
}
