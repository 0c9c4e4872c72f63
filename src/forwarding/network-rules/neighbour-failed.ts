import { adviceForDirector, type Diagnosis, onDirector, shellWord } from '../diagnosis.ts';
import type { LocalAddress } from '../network.ts';
import type { NetworkFacts } from '../network-facts.ts';
import type { NetworkRule } from '../network-rule.ts';

/** No packet gets to a machine that does not answer ARP or neighbour solicitations. */
export const neighbourFailed: NetworkRule = {
  id: 'neighbour-failed',
  title: 'a real server, or the gateway before it, does not answer ARP or neighbour solicitations',
  briefly: 'neighbour failed',
  restsOn: [
    'include/uapi/linux/neighbour.h, NUD_FAILED: the address was asked for and nobody answered',
    'net/core/neighbour.c, neigh_resolve_output: packets to it wait, then are dropped',
  ],
  about: 'real server',
  find({ service, realServer, forwarding }, network) {
    const route = network.routes.get(realServer.address);
    if (route?.kind !== 'unicast') return undefined;
    const hop = route.via ?? realServer.address;
    if (network.neighbour(route.link, hop)?.state !== 'failed') return undefined;
    if (
      service.kind === 'address' &&
      forwarding !== 'nat' &&
      asksAsVirtual(service.address, route.link, network)
    )
      return askedInItsOwnName(service.address, realServer.address, route.link);
    return {
      severity: 'error',
      lookedAt: `ip neighbour show ${hop} dev ${route.link}`,
      found: `${hop} is FAILED: it does not answer on ${route.link}`,
      matters:
        route.via === null
          ? 'the real server is down, not on this link, or does not answer, and what is sent to it is lost'
          : 'the gateway towards the real server does not answer, and what is sent by it is lost',
      mend: [
        adviceForDirector(
          `see why ${hop} is silent: it may be down, in another VLAN, have another address, or take the director's address for one of its own (a virtual address with a whole net on its lo does that); until then set the weight to 0`,
        ),
        onDirector(`ip neighbour flush to ${hop} dev ${shellWord(route.link)} nud failed`),
      ],
    };
  },
};

/**
 * Whether the director's ARP requests on a link bear the virtual address as their source, since it has no other
 * address there.
 */
function asksAsVirtual(vip: string, link: string, network: NetworkFacts): boolean {
  const isOfLink = (local: LocalAddress) => local.link === link && local.family === 'inet';
  const withSubnet = network.subnets.filter(isOfLink);
  return (
    network.holders(vip).some(isOfLink) &&
    (withSubnet.length === 0 || network.addressesOn(link).filter(isOfLink).length === 1)
  );
}

/** A real server that has the virtual address itself does not answer an ARP request that seems to come from it. */
function askedInItsOwnName(vip: string, address: string, link: string): Diagnosis {
  return {
    severity: 'error',
    lookedAt: `ip neighbour show ${address} dev ${link}, and the addresses of ${link}`,
    found: `${address} is FAILED, and the director has nothing but virtual addresses on ${link}, so that it asks in the name of ${vip} or its like`,
    matters:
      'the real server has that address itself and does not answer a question that seems to come from it; it may be well otherwise',
    mend: [
      adviceForDirector(
        `give ${link} an address of the director's own: "ip address add ADDRESS/PREFIX dev ${shellWord(link)}"`,
      ),
    ],
  };
}
