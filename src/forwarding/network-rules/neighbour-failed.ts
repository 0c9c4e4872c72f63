import { adviceForDirector, onDirector, shellWord } from '../diagnosis.ts';
import type { NetworkRule } from '../network-rule.ts';

/** What does not answer ARP or neighbour solicitation gets no packet. */
export const neighbourFailed: NetworkRule = {
  id: 'neighbour-failed',
  title: 'a real server, or the gateway before it, does not answer ARP or neighbour solicitations',
  briefly: 'neighbour failed',
  restsOn: [
    'include/uapi/linux/neighbour.h, NUD_FAILED: the address was asked for and nobody answered',
    'net/core/neighbour.c, neigh_resolve_output: packets to it wait, then are dropped',
  ],
  about: 'real server',
  find({ realServer }, network) {
    const route = network.routes.get(realServer.address);
    if (route?.kind !== 'unicast') return undefined;
    const hop = route.via ?? realServer.address;
    if (network.neighbour(route.link, hop)?.state !== 'failed') return undefined;
    return {
      severity: 'error',
      lookedAt: `ip neighbour show ${hop} dev ${route.link}`,
      found: `${hop} is FAILED: it does not answer on ${route.link}`,
      matters:
        route.via === null
          ? 'the real server is down, or not on this link, and what is sent to it is lost'
          : 'the gateway towards the real server is down, and what is sent to it is lost',
      mend: [
        adviceForDirector(
          `see why ${hop} is silent (down, another VLAN, wrong address); until then set the weight to 0`,
        ),
        onDirector(`ip neighbour flush to ${hop} dev ${shellWord(route.link)} nud failed`),
      ],
    };
  },
};
