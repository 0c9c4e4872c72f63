import {
  adviceForDirector,
  adviceForRealServer,
  onRealServer,
  type Remedy,
} from '../../forwarding/diagnosis.ts';
import type { AddressServiceIdentity } from '../../ipvs/identity.ts';
import type { PublicServiceView } from '../../sampling/view.ts';
import type { AddressHolder, PublicEvidence } from '../evidence/evidence.ts';
import type { Finding } from '../finding.ts';
import type { PublicCheck } from '../judgement/check.ts';
import { ofRealServer, ofService } from '../judgement/subjects.ts';

/**
 * Another machine that answers ARP for a virtual address draws clients to itself. Only asking on the links shows it.
 */
export const vipAnsweredElsewhere: PublicCheck = {
  id: 'vip-answered-elsewhere',
  title:
    'another machine answers ARP or neighbour solicitations for a virtual address (asked with --probe only)',
  restsOn: [
    'linuxvirtualserver.org, VS-DRouting: real servers do not answer for the virtual address (arp_ignore 1, arp_announce 2), and packets to it go to the director only',
    'net/ipv4/arp.c, arp_process, and net/ipv6/ndisc.c, ndisc_recv_ns: who answers; IPv6 does not for an address on lo',
    'RFC 5227 and RFC 4862: how to ask without anybody learning a wrong neighbour from it',
  ],
  // Answers are matched with the real servers of all services.
  byService: false,
  find: (evidence) =>
    (evidence.holders ?? [])
      .filter((holder) => !isOwn(holder, evidence))
      .flatMap((holder) => evidence.services.flatMap((service) => findingsOf(holder, service, evidence))),
};

/** Whether it is this machine that answers, by another interface on the same link. */
function isOwn({ mac }: AddressHolder, { network }: PublicEvidence): boolean {
  return network.links.some((link) => link.mac === mac);
}

function findingsOf(
  { address, link, mac }: AddressHolder,
  service: PublicServiceView,
  evidence: PublicEvidence,
): Finding[] {
  const { identity } = service.service;
  if (identity.kind !== 'address' || identity.address !== address) return [];
  const what = {
    check: vipAnsweredElsewhere.id,
    severity: 'error' as const,
    lookedAt: `who answers for ${address} on ${link}`,
    matters:
      'a client or router that hears this answer sends its packets there, past the director, for as long as it remembers it',
  };
  const names = namesOf(mac, link, evidence);
  const culprits = service.realServers.filter(({ realServer }) => names.has(realServer.identity.address));
  if (culprits.length > 0) {
    return culprits.map((row) => ({
      ...what,
      subject: ofRealServer(service, row),
      found: `this real server does (${mac})`,
      mend: [...remedies(row.realServer.identity.address, identity, mac), announce(address, link)],
    }));
  }
  const [realServer] = [...names].filter((name) => isRealServer(name, evidence));
  return [
    {
      ...what,
      subject: ofService(service),
      found: names.size > 0 ? `${mac} does, which is ${[...names].join(' and ')}` : `${mac} does`,
      mend:
        realServer === undefined
          ? [
              adviceForDirector(
                `find the machine that has ${mac}, and take ${address} away from it, unless it is the director that is in charge now`,
              ),
            ]
          : [...remedies(realServer, identity, mac), announce(address, link)],
    },
  ];
}

/** The other addresses of the machine with an Ethernet address, as far as they are known. */
function namesOf(mac: string, link: string, { holders, network, services }: PublicEvidence): Set<string> {
  const virtual = new Set(
    services.map(({ service: { identity } }) => (identity.kind === 'address' ? identity.address : undefined)),
  );
  return new Set(
    [...(holders ?? []), ...network.neighbours]
      .filter((known) => known.mac === mac && known.link === link && !virtual.has(known.address))
      .map(({ address }) => address),
  );
}

function isRealServer(address: string, { services }: PublicEvidence): boolean {
  return services.some(({ realServers }) =>
    realServers.some(({ realServer }) => realServer.identity.address === address),
  );
}

/** Neighbours that remember the wrong machine keep sending to it until told otherwise. */
function announce(address: string, link: string): Remedy {
  return adviceForDirector(
    address.includes(':')
      ? `who remembers the other machine forgets it after a while, or when its neighbour entry for ${address} is deleted`
      : `then tell those who remember the other machine: "arping -U -c 3 -I ${link} ${address}"; others forget it after a while`,
  );
}

/** What `hushArp` costs. */
const hushed = 'that machine then answers ARP only for addresses of the interface that is asked';

/** Keeps a real server from answering or announcing an address of `lo` by ARP. */
const hushArp = 'sysctl -w net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2';

function remedies(realServer: string, { address, family }: AddressServiceIdentity, mac: string): Remedy[] {
  const isInet = family === 'inet';
  const ip = isInet ? 'ip' : 'ip -6';
  const host = `${address}/${isInet ? 32 : 128}`;
  const move = adviceForRealServer(
    realServer,
    `${isInet ? 'if that is not enough, it is' : 'it is'} on the interface that has ${mac}: "${ip} address replace ${host} dev lo", then "${ip} address delete ${host} dev INTERFACE"`,
  );
  return isInet ? [onRealServer(realServer, hushArp, hushed), move] : [move];
}
