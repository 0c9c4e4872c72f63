import type { Counters } from './counters.ts';
import { type ForwardingMethod, forwardingMethodFacts } from './forwarding-method.ts';

/**
 * Whether the director sees what a real server answers: by its forwarding method, or by what was counted. Under TUN and
 * DR it sees only the answers of a real server that is the director itself (`ip_vs_out_hook` in
 * `net/netfilter/ipvs/ip_vs_core.c`, which is registered at LOCAL_OUT, too).
 */
export function areResponsesSeen(
  { forwarding }: { readonly forwarding: ForwardingMethod },
  counters: Pick<Counters, 'outPackets'> | null,
): boolean {
  const byMethod = forwardingMethodFacts(forwarding)?.seesResponses ?? true;
  return byMethod || (counters !== null && Number(counters.outPackets) > 0);
}
