import type { Family } from '../../ipvs/family.ts';
import { onDirector, setSysctl } from '../diagnosis.ts';
import type { NetworkFacts } from '../network-facts.ts';
import type { NetworkRule } from '../network-rule.ts';

/** The setting that switches forwarding for all interfaces. */
const everywhere: Readonly<Record<Family, string>> = {
  inet: 'net/ipv4/ip_forward',
  inet6: 'net/ipv6/conf/all/forwarding',
};

/**
 * The side effects of switching all. IPv6: `addrconf_fixup_forwarding` in `net/ipv6/addrconf.c` removes default
 * routes that came by router advertisements, and `ipv6_accept_ra` in `include/net/ipv6.h` accepts no new ones unless
 * accept_ra is 2.
 */
const routerWords: Readonly<Record<Family, string>> = {
  inet: 'it makes a router of this machine on all its interfaces',
  inet6:
    'it makes a router of this machine on all its interfaces, which loses a default route that it has from router advertisements, unless accept_ra is 2',
};

/** Responses under NAT pass through the director, which must be willing to forward. */
export const forwardingOff: NetworkRule = {
  id: 'forwarding-off',
  title: 'forwarding is switched off on the director, and a real server is reached by NAT',
  briefly: 'forwarding is off',
  restsOn: [
    'linuxvirtualserver.org, VS-NAT: the director forwards (ip_forward 1)',
    'net/ipv4/route.c, ip_route_input_slow: what comes in on an interface with forwarding off is dropped unless it is for this machine',
    'net/ipv6/ip6_output.c, ip6_forward: drops while conf/all/forwarding is 0',
  ],
  about: 'director',
  find({ realServer: { family, address }, forwarding }, network) {
    const route = network.routes.get(address);
    if (forwarding !== 'nat' || route?.kind === 'local') return undefined;
    const link = route?.kind === 'unicast' ? route.link : undefined;
    const path = closedSwitch(family, link, network);
    if (path === undefined) return undefined;
    return {
      severity: 'error',
      lookedAt: `/proc/sys/${path}`,
      found: `${path.split('/').slice(1).join('.')} is 0`,
      matters:
        'the responses of real servers under NAT come back through the director, which drops what it does not forward, so that clients time out',
      mend: [onDirector(setSysctl(1, path), path === everywhere[family] ? routerWords[family] : undefined)],
    };
  },
};

/**
 * The setting that keeps packets which come in by that interface from being forwarded; `undefined` where none does.
 * In IPv4 the interface's own setting decides, and writing the one for all sets it too. In IPv6 the one for all
 * decides, but from 6.17 on an interface can be made to forward nevertheless.
 */
function closedSwitch(family: Family, link: string | undefined, network: NetworkFacts): string | undefined {
  const isOff = (path: string) => network.sysctl(path) === '0';
  const all = everywhere[family];
  if (family === 'inet6')
    return isOff(all) && network.sysctl(`net/ipv6/conf/${link}/force_forwarding`) !== '1' ? all : undefined;
  const own = `net/ipv4/conf/${link}/forwarding`;
  if (link === undefined || network.sysctl(own) === undefined) return isOff(all) ? all : undefined;
  if (!isOff(own)) return undefined;
  return isOff(all) ? all : own;
}
