import { type Candidate, isPassedOver, type Scheduling } from './scheduling.ts';

/** `fo`: the highest weight (`net/netfilter/ipvs/ip_vs_fo.c`). */
export function failover<C extends Candidate>(): Scheduling<C> {
  return { pick: (servers) => highestWeight(servers, () => true) };
}

/**
 * `ovf`: the highest weight among the servers that have no more active connections than their weight
 * (`net/netfilter/ipvs/ip_vs_ovf.c`).
 */
export function overflow<C extends Candidate>(): Scheduling<C> {
  return { pick: (servers) => highestWeight(servers, (server) => server.active <= server.weight) };
}

function highestWeight<C extends Candidate>(
  servers: readonly C[],
  isFit: (server: C) => boolean,
): C | undefined {
  let highest: C | undefined;
  for (const server of servers) {
    if (isPassedOver(server) || !isFit(server)) continue;
    if (highest === undefined || server.weight > highest.weight) highest = server;
  }
  return highest;
}
