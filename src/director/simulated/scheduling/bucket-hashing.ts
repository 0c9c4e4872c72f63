import { type Arrival, type Candidate, isPassedOver, type Scheduling } from './scheduling.ts';

/** Buckets of sh and dh (`IP_VS_SH_TAB_BITS`, `IP_VS_DH_TAB_BITS`: 8 unless the kernel was built otherwise). */
const bucketCount = 256;

/** Another server when the hashed one cannot take it (`IP_VS_SVC_F_SCHED_SH_FALLBACK`). */
const fallbackFlag = 1;
/** The client's port counts too (`IP_VS_SVC_F_SCHED_SH_PORT`). */
const portFlag = 2;

/** `sh`: by source address, with buckets in proportion to the weights (`net/netfilter/ipvs/ip_vs_sh.c`). */
export function sourceHashing<C extends Candidate>(initial: readonly C[]): Scheduling<C> {
  let buckets = fillBuckets(initial, (server) => server.weight);
  return {
    pick(_servers, arrival) {
      const home = bucketOf(arrival.source + ((arrival.flags & portFlag) === 0 ? 0 : arrival.sourcePort));
      const server = buckets[home];
      if (server === undefined || !isUnavailable(server)) return server;
      if ((arrival.flags & fallbackFlag) === 0) return undefined;
      for (let offset = 0; offset < bucketCount; offset++) {
        // The kernel's offset already counts from the home bucket, and is added to that bucket once more.
        const other = buckets[(home + ((offset + home) % bucketCount)) % bucketCount];
        if (other !== undefined && !isUnavailable(other)) return other;
      }
      return undefined;
    },
    serversChanged(servers) {
      buckets = fillBuckets(servers, (server) => server.weight);
    },
  };
}

/** `dh`: by destination address, the weights do not count (`net/netfilter/ipvs/ip_vs_dh.c`). */
export function destinationHashing<C extends Candidate>(initial: readonly C[]): Scheduling<C> {
  let buckets = fillBuckets(initial, () => 1);
  return {
    pick(_servers, arrival: Arrival) {
      const server = buckets[bucketOf(arrival.destination)];
      return server === undefined || isUnavailable(server) ? undefined : server;
    },
    serversChanged(servers) {
      buckets = fillBuckets(servers, () => 1);
    },
  };
}

/** Gives each server its share of buckets in turn; one of weight 0 still gets one. */
function fillBuckets<C extends Candidate>(servers: readonly C[], shareOf: (server: C) => number): C[] {
  const buckets: C[] = [];
  if (servers.length === 0) return buckets;
  for (;;) {
    for (const server of servers) {
      const share = Math.max(1, shareOf(server));
      for (let filled = 0; filled < share; filled++) {
        buckets.push(server);
        if (buckets.length === bucketCount) return buckets;
      }
    }
  }
}

/** `hash_32` of `include/linux/hash.h`: the top bits of a product with the golden ratio. */
function bucketOf(number: number): number {
  return Math.imul(number | 0, 0x61c88647) >>> 24;
}

function isUnavailable(server: Candidate): boolean {
  return !server.available || isPassedOver(server);
}
