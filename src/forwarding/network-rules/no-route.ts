import { formatRealServer } from '../../ipvs/identity.ts';
import { adviceForDirector } from '../diagnosis.ts';
import type { NetworkRule } from '../network-rule.ts';

/** Without a route nothing reaches a real server. */
export const noRoute: NetworkRule = {
  id: 'no-route',
  title: 'the director has no route to a real server',
  restsOn: ['net/netfilter/ipvs/ip_vs_xmit.c, __ip_vs_get_out_rt: without a route the packet is dropped'],
  about: 'real server',
  find({ realServer }, network) {
    const route = network.routes.get(realServer.address);
    if (route?.kind !== 'none') return undefined;
    return {
      severity: 'error',
      lookedAt: `ip route get ${realServer.address}`,
      found: `there is no route to it (${route.reason})`,
      matters: `every packet for ${formatRealServer(realServer)} is dropped`,
      mend: [
        adviceForDirector(
          `add a route to ${realServer.address} ("ip route add"), or set its weight to 0 until there is one`,
        ),
      ],
    };
  },
};
