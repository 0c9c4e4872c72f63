import { formatRealServer, formatService } from '../../ipvs/identity.ts';
import { adviceForDirector, onDirector, shellWord } from '../diagnosis.ts';
import type { NetworkRule } from '../network-rule.ts';

/** DR changes only the frame, so a gateway in between would route by the virtual address, not to the real server. */
export const notOnLink: NetworkRule = {
  id: 'not-on-link',
  title: 'a real server under DR is behind a gateway instead of on the same link',
  briefly: 'behind a gateway',
  restsOn: [
    'linuxvirtualserver.org, VS-DRouting: director and real server are in the same physical network',
    'net/netfilter/ipvs/ip_vs_xmit.c, ip_vs_dr_xmit: the packet goes out unchanged, only the next hop is the real server',
  ],
  about: 'real server',
  find({ service, realServer, forwarding }, network) {
    const route = network.routes.get(realServer.address);
    if (forwarding !== 'dr' || route?.kind !== 'unicast' || route.via === null) return undefined;
    return {
      severity: 'error',
      lookedAt: `ip route get ${realServer.address}`,
      found: `it is reached via the gateway ${route.via} on ${route.link}`,
      matters:
        'under DR the packet still bears the virtual address, and a gateway goes by that: back to the director, or wherever else it leads, not on to the real server',
      mend: [
        onDirector(
          `lvstop mode ${shellWord(formatService(service))} ${shellWord(formatRealServer(realServer))} tun`,
        ),
        adviceForDirector(
          'TUN reaches real servers behind gateways, once the real server is set up for it; or move it onto the link of the director',
        ),
      ],
    };
  },
};
