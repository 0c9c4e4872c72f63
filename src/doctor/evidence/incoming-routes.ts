import type { Firewall } from '../../forwarding/firewall/firewall.ts';
import { markingRules } from '../../forwarding/firewall/marking-rules.ts';
import { takes } from '../../forwarding/firewall/verdict.ts';
import type { Link, NetworkPicture, RoutedPacket } from '../../forwarding/network.ts';
import type { Family } from '../../ipvs/family.ts';
import type { AddressServiceIdentity, ServiceIdentity } from '../../ipvs/identity.ts';
import type { PublicServiceView } from '../../sampling/view.ts';
import type { Work } from '../../system/turns.ts';
import { elsewhere } from './elsewhere.ts';
import { serviceRequest } from './service-request.ts';

/** What a strict reverse path filter is, for all interfaces or one: the greater of the two holds. */
const strict = 1;

/** How strictly an interface looks at where packets come from: 0 not, 1 strictly, 2 loosely. */
export function reversePathFilterOf(sysctl: (path: string) => string | undefined, link: string): number {
  return Math.max(...['all', link].map((name) => Number(sysctl(`net/ipv4/conf/${name}/rp_filter`) ?? 0)));
}

/** Interfaces by which packets can come from other machines. */
export function incomingLinks({ links }: Pick<NetworkPicture, 'links'>): readonly Link[] {
  return links.filter(({ isUp, isLoopback, kind }) => isUp && !isLoopback && kind !== 'dummy');
}

/** A client's request as it comes in by an interface; the client is somewhere in the Internet. */
export function requestBy(link: Link, family: Family, to: string, mark?: number): RoutedPacket {
  return { to, from: elsewhere[family], inLink: link.name, ...(mark !== undefined && { mark }) };
}

/**
 * The ways of requests that are worth asking for, after a first look: those to virtual addresses that are no addresses of
 * this machine, which a rule and a table of their own may take in; those that a strict filter may drop; and those to what
 * a firewall marks.
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

type MarkIdentity = Extract<ServiceIdentity, { kind: 'fwmark' }>;

/** Single addresses to which packets get the mark of a service. */
export function markedAddresses(firewall: Firewall, { family, fwmark }: MarkIdentity): string[] {
  const addresses = markingRules(firewall, family).flatMap(({ target, destination }) =>
    target.kind === 'mark' &&
    target.mark === fwmark &&
    destination !== null &&
    !destination.isInverted &&
    destination.prefixLength === (family === 'inet' ? 32 : 128)
      ? [destination.address]
      : [],
  );
  return [...new Set(addresses)];
}
