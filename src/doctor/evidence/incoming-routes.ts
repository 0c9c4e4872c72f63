import type { Firewall } from '../../forwarding/firewall/firewall.ts';
import { markedAddresses, markingRules } from '../../forwarding/firewall/marking-rules.ts';
import { takes } from '../../forwarding/firewall/verdict.ts';
import type { Link, NetworkPicture, RoutedPacket } from '../../forwarding/network.ts';
import type { Family } from '../../ipvs/family.ts';
import type { AddressServiceIdentity } from '../../ipvs/identity.ts';
import type { PublicServiceView } from '../../sampling/view.ts';
import type { Work } from '../../system/turns.ts';
import { elsewhere } from './elsewhere.ts';
import { serviceRequest } from './service-request.ts';

/** The value of rp_filter for strict filtering. */
const strict = 1;

/**
 * The `rp_filter` that holds for an interface, the greater of its own and that of conf/all: 0 off, 1 strict, 2 loose.
 */
export function reversePathFilterOf(sysctl: (path: string) => string | undefined, link: string): number {
  return Math.max(...['all', link].map((name) => Number(sysctl(`net/ipv4/conf/${name}/rp_filter`) ?? 0)));
}

/** Interfaces by which packets of other machines can come in. */
export function incomingLinks({ links }: Pick<NetworkPicture, 'links'>): readonly Link[] {
  return links.filter(({ isUp, isLoopback, kind }) => isUp && !isLoopback && kind !== 'dummy');
}

/** A client's request as it comes in by an interface; the client is somewhere in the Internet. */
export function requestBy(link: Link, family: Family, to: string, mark?: number): RoutedPacket {
  return { to, from: elsewhere[family], inLink: link.name, ...(mark !== undefined && { mark }) };
}

/**
 * The routes of incoming requests that are worth asking for after a first look: to virtual addresses that are not
 * this machine's own, which a rule with a routing table may still take in; by interfaces with a strict filter, which
 * may drop them; and to addresses whose packets the firewall marks.
 */
export function* incomingQuestions(
  picture: NetworkPicture,
  sysctl: (path: string) => string | undefined,
  firewall: () => Firewall,
  services: readonly PublicServiceView[],
): Work<RoutedPacket[]> {
  const links = incomingLinks(picture);
  const strictLinks = links.filter(({ name }) => reversePathFilterOf(sysctl, name) === strict);
  const questions: RoutedPacket[] = [];
  for (const { service } of services) {
    yield 1;
    const { identity } = service;
    const { family } = identity;
    if (identity.kind === 'fwmark') {
      for (const to of markedAddresses(firewall(), identity))
        for (const link of links) questions.push(requestBy(link, family, to, identity.fwmark));
      continue;
    }
    const isOwn = picture.routes.get(identity.address)?.kind === 'local';
    const marks = isOwn ? [undefined] : [undefined, ...marksOf(firewall(), identity)];
    for (const link of isOwn ? (family === 'inet' ? strictLinks : []) : links)
      for (const mark of marks) questions.push(requestBy(link, family, identity.address, mark));
  }
  return questions;
}

/** The marks that the firewall may give requests to a service. */
export function marksOf(firewall: Firewall, identity: AddressServiceIdentity): number[] {
  const rules = markingRules(firewall, identity.family);
  if (rules.length === 0) return [];
  const request = serviceRequest(identity);
  return rules.flatMap((rule) =>
    rule.target.kind === 'mark' && takes(rule, request) !== false ? [rule.target.mark] : [],
  );
}
