import { formatRealServer, type RealServerIdentity } from '../../ipvs/identity.ts';
import { isInSubnet } from '../../ipvs/subnet.ts';
import { closedRoute } from '../closed-route.ts';
import { adviceForDirector, onDirector, type Remedy, shellWord } from '../diagnosis.ts';
import type { NetworkFacts } from '../network-facts.ts';
import type { NetworkRule } from '../network-rule.ts';

/** Without a route nothing reaches a real server. */
export const noRoute: NetworkRule = {
  id: 'no-route',
  title: 'the director has no route to a real server',
  briefly: 'no route',
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
        ...commands(realServer, network),
        closedRoute(realServer.address, route)?.mend ??
          adviceForDirector(
            `give ${realServer.address} a route ("ip route add ${realServer.address} via GATEWAY"), or set its weight to 0 until there is one`,
          ),
      ],
    };
  },
};

/**
 * Commands that bring back the route to an address in one of the director's own subnets; none for one behind a
 * gateway.
 */
function commands({ family, address }: RealServerIdentity, network: NetworkFacts): Remedy[] {
  const local = network.subnets.find((own) => isInSubnet(address, own.address, own.prefixLength));
  if (local === undefined) return [];
  const link = shellWord(local.link);
  if (network.link(local.link)?.isUp === false) return [onDirector(`ip link set dev ${link} up`)];
  // "replace", since a route that refuses may be in its place.
  return [
    onDirector(
      family === 'inet'
        ? `ip route replace ${address}/32 dev ${link}`
        : `ip -6 route replace ${address}/128 dev ${link}`,
    ),
  ];
}
