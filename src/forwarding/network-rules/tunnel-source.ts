import { adviceForDirector, onDirector, shellWord } from '../diagnosis.ts';
import type { NetworkRule } from '../network-rule.ts';

/** A real server drops packets that seem to come from itself, and under TUN it has the virtual address. */
export const tunnelSource: NetworkRule = {
  id: 'tunnel-source',
  title: "the director's packets to a real server under TUN would bear the virtual address as their source",
  briefly: 'wrong source address',
  restsOn: [
    'net/netfilter/ipvs/ip_vs_xmit.c, ip_vs_tunnel_xmit: the outer source is the one that the route chooses',
    'net/ipv4/fib_frontend.c, __fib_validate_source, and net/ipv6/route.c: a source that is an own address is dropped; seen in IPv6',
  ],
  about: 'real server',
  find({ service, realServer, forwarding }, network) {
    const route = network.routes.get(realServer.address);
    if (forwarding !== 'tun' || service.kind !== 'address' || route?.kind !== 'unicast') return undefined;
    if (route.source !== service.address) return undefined;
    const [held] = network.holders(service.address);
    return {
      severity: 'error',
      lookedAt: `ip route get ${realServer.address}`,
      found: `the source address is ${route.source}, the virtual address`,
      matters:
        'under TUN a real server has that address itself, and silently drops outer packets that seem to come from it',
      mend: [
        held === undefined || held.family === 'inet'
          ? adviceForDirector(
              `give the route to ${realServer.address} another source ("ip route change … src ADDRESS"), or the virtual address a /32 beside the director's own`,
            )
          : onDirector(
              // Not "ip address change": it would not renew the source that IPVS keeps with its route.
              `ip -6 address delete ${held.address}/${held.prefixLength} dev ${shellWord(held.link)} && ip -6 address add ${held.address}/${held.prefixLength} dev ${shellWord(held.link)} nodad preferred_lft 0`,
              'for the moment between the two the director does not take packets to it',
            ),
      ],
    };
  },
};
