import { type Candidate, greatestCommonDivisor, isPassedOver, type Scheduling } from './scheduling.ts';
import { type SipKey, sipHash } from './sip-hash.ts';

/** Slots of the table, a prime (`CONFIG_IP_VS_MH_TAB_INDEX` 12, the default). */
const slotCount = 4093;
/** Turns that the heaviest server gets in a round are cut to this many bits (`IP_VS_MH_TAB_BITS`). */
const turnBits = 6;

/** Another server when the hashed one cannot take it (`IP_VS_SVC_F_SCHED_MH_FALLBACK`). */
const fallbackFlag = 1;
/** The client's port counts too (`IP_VS_SVC_F_SCHED_MH_PORT`). */
const portFlag = 2;

/**
 * Keys of its two hashes (`generate_hash_secret`): the first one places clients and each server's first slot, the other
 * gives each server's step.
 */
const slotKey: SipKey = [2_654_435_761, 0, 2_654_435_761, 0];
const stepKey: SipKey = [2_654_446_892, 0, 2_654_446_892, 0];

/**
 * `mh`: by source address over a Maglev table, in which each server claims slots in an order of its own
 * (`net/netfilter/ipvs/ip_vs_mh.c`).
 */
export function maglevHashing<C extends Candidate>(initial: readonly C[]): Scheduling<C> {
  let table = populate(initial);
  return {
    pick(_servers, arrival) {
      const key = arrival.source + ((arrival.flags & portFlag) === 0 ? 0 : arrival.sourcePort);
      const home = slotOf(key, 0);
      const server = table[home];
      if (server === undefined || !isPassedOver(server)) return server;
      if ((arrival.flags & fallbackFlag) === 0) return undefined;
      for (let offset = 0; offset < slotCount; offset++) {
        const other = table[slotOf(key, (offset + home) % slotCount)];
        if (other === undefined || !isPassedOver(other)) return other;
      }
      return undefined;
    },
    serversChanged(servers) {
      table = populate(servers);
    },
  };
}

interface Claim<C> {
  readonly server: C;
  readonly skip: number;
  readonly turns: number;
  slot: number;
}

/**
 * Lets the servers claim slots in turn, as often in a round as their weights say. Quiesced servers keep their slots.
 */
function populate<C extends Candidate>(servers: readonly C[]): (C | undefined)[] {
  const table = new Array<C | undefined>(slotCount).fill(undefined);
  const divisor = greatestCommonDivisor(servers.map((server) => server.lastWeight));
  if (divisor === 0) return table;
  const heaviest = Math.max(...servers.map((server) => server.lastWeight)) / divisor;
  const shift = Math.max(0, 32 - Math.clz32(heaviest) - turnBits);
  const claims = servers
    .filter((server) => server.lastWeight > 0)
    .map(
      (server): Claim<C> => ({
        server,
        skip: (sipHash(server.placement, stepKey) % (slotCount - 1)) + 1,
        turns: Math.max(1, (server.lastWeight / divisor) >> shift),
        slot: slotOf(server.placement, 0),
      }),
    );
  let filled = 0;
  for (;;) {
    for (const claim of claims) {
      for (let turn = 0; turn < claim.turns; turn++) {
        while (table[claim.slot] !== undefined) claim.slot = (claim.slot + claim.skip) % slotCount;
        table[claim.slot] = claim.server;
        filled++;
        if (filled === slotCount) return table;
      }
    }
  }
}

function slotOf(key: number, offset: number): number {
  return sipHash(key + offset, slotKey) % slotCount;
}
