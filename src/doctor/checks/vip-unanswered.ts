import { adviceForDirector, onDirector, shellWord } from '../../forwarding/diagnosis.ts';
import type { LocalAddress } from '../../forwarding/network.ts';
import { isInSubnet } from '../../ipvs/subnet.ts';
import type { PublicServiceView } from '../../sampling/view.ts';
import type { PublicEvidence } from '../evidence/evidence.ts';
import { incomingLinks } from '../evidence/incoming-routes.ts';
import type { Finding } from '../finding.ts';
import type { PublicCheck } from '../judgement/check.ts';
import { eachService, ofService } from '../judgement/subjects.ts';

/** Neighbours reach a virtual address only if the director answers for it on their link. */
export const vipUnanswered: PublicCheck = {
  id: 'vip-unanswered',
  title: 'the director has a virtual address where it does not answer its neighbours for it',
  restsOn: [
    'net/ipv4/arp.c, arp_ignore: with 1 or more ARP is answered only for addresses of the interface that the question came in by',
    'net/ipv6/ndisc.c, ndisc_recv_ns: neighbour solicitations are, always',
  ],
  byService: true,
  find: (evidence) =>
    eachService(evidence, (service): Finding[] => {
      const { identity } = service.service;
      if (identity.kind !== 'address' || !isIdle(service)) return [];
      const holders = evidence.network.holders(identity.address);
      const [holder] = holders;
      if (holder === undefined) return [];
      const outward = incomingLinks(evidence.network).map(({ name }) => name);
      const own = subnetAround(evidence, identity.address, outward);
      if (own === undefined) return [];
      if (answersNobody(evidence, own)) return [deafFinding(service, identity.address, own.link)];
      if (!ignores(evidence, own)) return [];
      // A link with the address on the same wire answers there as well (keepalived's use_vmac).
      if (holders.some(({ link }) => link === own.link || onWires.has(kindOf(evidence, link)))) return [];
      const isElsewhere = holders.some(({ link }) => outward.includes(link));
      const isInet = identity.family === 'inet';
      return [
        {
          check: 'vip-unanswered',
          // The clients may all be on the other link that has the address.
          severity: isElsewhere ? 'warning' : 'error',
          subject: ofService(service),
          lookedAt: isInet
            ? `ip address, and arp_ignore of all and ${own.link}`
            : `ip -6 address, and the subnets of the interfaces`,
          found: `${identity.address} is on ${holder.link} and in the subnet of ${own.link}, where ${isInet ? 'arp_ignore has the director answer for the addresses of that interface only' : 'the director answers for the addresses of that interface only'}; no packet of the service was counted`,
          matters:
            'neighbours and the router on that link ask who has it and get no answer, unless a route leads them here',
          mend: [
            onDirector(
              isInet
                ? `ip address add ${identity.address}/32 dev ${shellWord(own.link)}`
                : `ip -6 address add ${identity.address}/128 dev ${shellWord(own.link)} nodad preferred_lft 0`,
            ),
          ],
        },
      ];
    }),
};

/** Kinds of links that share the wire of another link, or have other links below them. */
const onWires: ReadonlySet<string | null> = new Set(['macvlan', 'ipvlan', 'bridge', 'vrf', 'vlan']);

function kindOf({ network }: PublicEvidence, name: string): string | null {
  return network.link(name)?.kind ?? null;
}

/** The director's address on a link whose subnet holds the virtual address. */
function subnetAround(
  { network }: PublicEvidence,
  vip: string,
  links: readonly string[],
): LocalAddress | undefined {
  return network.subnets.find(
    ({ link, address, prefixLength, scope }) =>
      scope !== 'link' && links.includes(link) && address !== vip && isInSubnet(vip, address, prefixLength),
  );
}

/** Whether the director answers no ARP question that comes in by that link, for whatever address. */
function answersNobody({ network }: PublicEvidence, { family, link }: LocalAddress): boolean {
  return (
    family === 'inet' &&
    ['all', link].some((name) => network.sysctl(`net/ipv4/conf/${name}/arp_ignore`) === '8')
  );
}

function deafFinding(service: PublicServiceView, vip: string, link: string): Finding {
  return {
    check: 'vip-unanswered',
    severity: 'error',
    subject: ofService(service),
    lookedAt: `arp_ignore of all and ${link}`,
    found: `it is 8, so that this machine answers no ARP question by ${link}, for ${vip} neither; no packet of the service was counted`,
    matters: 'neighbours and the router on that link ask who has it and get no answer',
    mend: [
      adviceForDirector(
        `"sysctl -w net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.${link}.arp_ignore=0" has it answer for the addresses of the interface that the question came in by; 8 is for real servers`,
      ),
    ],
  };
}

function ignores({ network }: PublicEvidence, { family, link }: LocalAddress): boolean {
  if (family === 'inet6') return true;
  return ['all', link].some((name) => Number(network.sysctl(`net/ipv4/conf/${name}/arp_ignore`) ?? 0) >= 1);
}

/** Whether no packet of the service was counted: in the last seconds, or ever if there are no rates. */
function isIdle({ counters, rates }: PublicServiceView): boolean {
  if (counters === null) return false;
  return rates === null ? Number(counters.inPackets) === 0 : rates.inPackets === 0;
}
