import { addressKind } from '../../ipvs/address.ts';
import { adviceForDirector } from '../diagnosis.ts';
import type { NetworkRule } from '../network-rule.ts';

/** Packets to a loopback address come from this machine only, and do not leave it. */
export const loopbackService: NetworkRule = {
  id: 'loopback-service',
  title: 'a service has a loopback address, for which nothing comes from other machines',
  briefly: 'loopback address',
  restsOn: [
    'net/netfilter/ipvs/ip_vs_xmit.c, crosses_local_route_boundary: what comes from a loopback address is not sent to another machine',
    'seen: 0 of 6 requests of the machine itself answered by a real server elsewhere',
  ],
  about: 'service',
  find(service) {
    if (service.kind !== 'address' || addressKind(service.address) !== 'loopback') return undefined;
    return {
      severity: 'error',
      lookedAt: "the service's address",
      found: `${service.address} is a loopback address`,
      matters:
        'no other machine can call it, and what this machine sends to it does not reach a real server on another one',
      mend: [adviceForDirector('give the service another address of this machine')],
    };
  },
};
