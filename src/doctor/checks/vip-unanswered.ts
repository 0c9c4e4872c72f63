import { onDirector, setSysctl, shellWord } from '../../forwarding/diagnosis.ts';
import type { LocalAddress } from '../../forwarding/network.ts';
import { isInSubnet } from '../../ipvs/subnet.ts';
import type { PublicServiceView } from '../../sampling/view.ts';
import type { PublicEvidence } from '../evidence/evidence.ts';
import { incomingLinks } from '../evidence/incoming-routes.ts';
import type { Finding } from '../finding.ts';
import type { PublicCheck } from '../judgement/check.ts';
import { isIdle } from '../judgement/idle.ts';
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
      // A link with the address on the same wire answers there as well (keepalived's use_vmac).
      const answering = holders
        .map(({ link }) => link)
        .filter((link) => link === own.link || onWires.has(kindOf(evidence, link)));
      if (own.family === 'inet' && [own.link, ...answering].every((link) => isDeaf(evidence, link)))
        return [deafFinding(evidence, service, identity.address, own.link, answering)];
      if (!ignores(evidence, own) || answering.length > 0) return [];
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

/** Value of `arp_ignore` at which no ARP question is answered, for whatever address. */
const deaf = 8;

/** The settings that hold for an interface: the greater one counts. */
function ignorePaths(link: string): readonly string[] {
  return ['all', link].map((name) => `net/ipv4/conf/${name}/arp_ignore`);
}

function valueAt({ network }: PublicEvidence, path: string): number {
  return Number(network.sysctl(path) ?? 0);
}

function isDeaf(evidence: PublicEvidence, link: string): boolean {
  return ignorePaths(link).some((path) => valueAt(evidence, path) === deaf);
}

/** `answering` are the links that would answer for the address if they were not deaf. */
function deafFinding(
  evidence: PublicEvidence,
  service: PublicServiceView,
  vip: string,
  link: string,
  answering: readonly string[],
): Finding {
  const paths = [...new Set([link, ...answering].flatMap(ignorePaths))];
  // With 1 an interface answers for its own addresses, with 0 for all of this machine.
  const value = answering.length > 0 ? 1 : 0;
  const tooGreat = paths.filter((path) => valueAt(evidence, path) > value);
  return {
    check: 'vip-unanswered',
    severity: 'error',
    subject: ofService(service),
    lookedAt: `arp_ignore of all and ${link}`,
    found: `arp_ignore is 8, so that this machine answers no ARP question that comes in by ${link}, not for ${vip} either; no packet of the service was counted`,
    matters: 'neighbours and the router on that link ask who has it and get no answer',
    mend: [onDirector(setSysctl(value, ...tooGreat), '8 is for real servers')],
  };
}

function ignores(evidence: PublicEvidence, { family, link }: LocalAddress): boolean {
  if (family === 'inet6') return true;
  return ignorePaths(link).some((path) => valueAt(evidence, path) >= 1);
}
