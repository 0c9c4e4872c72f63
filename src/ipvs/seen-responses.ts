import type { Counters } from './counters.ts';
import { type ForwardingMethod, forwardingMethodFacts } from './forwarding-method.ts';

/**
 * Whether the director sees what a real server answers: by its forwarding method, or by what was counted. Under TUN and
 * DR only the answers of one that is the director itself are (`ip_vs_out_hook` in `net/netfilter/ipvs/ip_vs_core.c`,
 * which is at LOCAL_OUT, too).
 */
export function areResponsesSeen(
  { forwarding }: { readonly forwarding: ForwardingMethod },
  counters: Pick<Counters, 'outPackets'> | null,
): boolean {
  const byMethod = forwardingMethodFacts(forwarding)?.seesResponses ?? true;
  return byMethod || (counters !== null && Number(counters.outPackets) > 0);
}
