import type { Family } from '../../ipvs/family.ts';
import { onDirector, setSysctl } from '../diagnosis.ts';
import type { NetworkRule } from '../network-rule.ts';

/** The switch for all interfaces. */
const everywhere: Readonly<Record<Family, string>> = {
  inet: 'net/ipv4/ip_forward',
  inet6: 'net/ipv6/conf/all/forwarding',
};

/** Responses under NAT pass through the director, which must be willing to forward. */
export const forwardingOff: NetworkRule = {
  id: 'forwarding-off',
  title: 'forwarding is switched off on the director, and a real server is reached by NAT',
  briefly: 'forwarding is off',
  restsOn: [
    'the source: under NAT the director forwards (ip_forward 1)',
    'net/ipv4/route.c, ip_route_input_slow: what comes in on an interface with forwarding off is dropped unless it is for this machine',
    'net/ipv6/ip6_output.c, ip6_forward: drops while conf/all/forwarding is 0',
  ],
  about: 'director',
  find({ realServer: { family, address }, forwarding }, network) {
    const route = network.routes.get(address);
    if (forwarding !== 'nat' || route?.kind === 'local') return undefined;
    const own =
      family === 'inet' && route?.kind === 'unicast' ? `net/ipv4/conf/${route.link}/forwarding` : undefined;
    // In IPv4 each interface has its own switch, which the one for all sets.
    const path = [everywhere[family], own].find((each) => each !== undefined && network.sysctl(each) === '0');
    if (path === undefined) return undefined;
    return {
      severity: 'error',
      lookedAt: `/proc/sys/${path}`,
      found: 'it is 0',
      matters:
        'the responses of real servers under NAT come back through the director, which drops what it does not forward, so that clients time out',
      mend: [onDirector(setSysctl(1, path))],
    };
  },
};
