import { adviceForDirector, type Diagnosis, onDirector, shellWord } from '../diagnosis.ts';
import type { LocalAddress } from '../network.ts';
import type { NetworkRule } from '../network-rule.ts';

/** What the command costs if another director is in charge. */
const takenAlready =
  'none, unless another machine has the address now: then two answer for it, and each gets a part of the clients. "lvstop doctor --probe" asks who does';

/** IPVS sees only packets that the director takes in as its own. */
export const vipMissing: NetworkRule = {
  id: 'vip-missing',
  title: 'a virtual address is none of the director',
  briefly: 'virtual address missing',
  restsOn: [
    'net/netfilter/ipvs/ip_vs_core.c, ip_vs_ops: requests are taken at LOCAL_IN, where only what is addressed to this machine arrives',
  ],
  about: 'service',
  find(service, network) {
    if (service.kind !== 'address') return undefined;
    const route = network.routes.get(service.address);
    if (route === undefined || route.kind === 'local') return undefined;
    if (network.takesIn(service.address)) return undefined;
    const [held] = network.holders(service.address);
    if (held?.isDuplicate === true) return duplicate(held);
    const isInet = service.family === 'inet';
    return {
      severity: 'error',
      lookedAt: `ip route get ${service.address}`,
      found:
        route.kind === 'none'
          ? `${service.address} is no address of this machine, and there is no route to it (${route.reason})`
          : `${service.address} is no address of this machine: packets to it leave by ${route.link}${route.via === null ? '' : ` via ${route.via}`}`,
      matters:
        'IPVS handles what arrives for an address of this machine; requests to this one are passed on or dropped',
      mend:
        route.kind === 'none'
          ? [adviceForDirector(`give ${service.address} to the interface that its packets come in by`)]
          : [
              onDirector(
                isInet
                  ? `ip address add ${service.address}/32 dev ${shellWord(route.link)}`
                  : `ip -6 address add ${service.address}/128 dev ${shellWord(route.link)} nodad preferred_lft 0`,
                takenAlready,
              ),
            ],
    };
  },
};

/** The address exists, but duplicate address detection has put it out of use: adding it again changes nothing. */
function duplicate({ address, prefixLength, link }: LocalAddress): Diagnosis {
  const holder = `${address}/${prefixLength} dev ${shellWord(link)}`;
  return {
    severity: 'error',
    lookedAt: `ip -6 address show dev ${link}`,
    found: `${address} is on ${link} and out of use (dadfailed): another machine had it when it was added`,
    matters: 'the kernel takes nothing in for an address that another machine has',
    mend: [
      adviceForDirector(
        `first take it away from the other machine, which "lvstop doctor --probe" names where it still answers; then "ip -6 address delete ${holder}" and "ip -6 address add ${holder} nodad preferred_lft 0": nothing else clears the mark`,
      ),
    ],
  };
}
