import { onDirector, shellWord } from '../diagnosis.ts';
import type { NetworkRule } from '../network-rule.ts';
import { nextHopRoute } from '../next-hop-route.ts';

/**
 * The director has its virtual addresses itself, so it asks a link for one of them only where the kernel still keeps
 * a route of another mode.
 */
export const nextHopLost: NetworkRule = {
  id: 'next-hop-lost',
  title:
    'a real server under DR whose packets go to nobody, since the kernel keeps a route of another mode for it',
  briefly: 'route of another mode',
  restsOn: [
    'net/netfilter/ipvs/ip_vs_xmit.c, __ip_vs_get_out_rt: a real server has one route, made by the first packet, and only DR asks for one with a next hop',
    'seen in 6.1, IPv4 and IPv6: after a switch to DR under connections from before, new clients got "host unreachable" until a route changed',
  ],
  about: 'real server',
  find({ service, realServer, forwarding }, network) {
    if (forwarding !== 'dr' || service.kind !== 'address') return undefined;
    const route = network.routes.get(realServer.address);
    const remedy = nextHopRoute(realServer.address, route);
    if (remedy === undefined || route?.kind !== 'unicast') return undefined;
    const asked = network.neighbour(route.link, service.address);
    if (asked?.state !== 'incomplete' && asked?.state !== 'failed') return undefined;
    if (network.holders(service.address).length === 0) return undefined;
    const isNow = asked.state === 'incomplete';
    return {
      severity: isNow ? 'error' : 'warning',
      lookedAt: `ip neighbour show ${service.address} dev ${route.link}`,
      found: isNow
        ? `the director asks ${route.link} for its own address ${service.address}`
        : `the director has asked ${route.link} for its own address ${service.address}`,
      matters:
        'nothing but this is known to make it ask: a connection from before a switch has made the route that the kernel keeps for a real server on that link, and under DR clients get "host unreachable" by it',
      mend: [
        onDirector(remedy.add),
        ...(isNow
          ? []
          : [onDirector(`ip neighbour flush to ${service.address} dev ${shellWord(route.link)} nud failed`)]),
      ],
    };
  },
};
