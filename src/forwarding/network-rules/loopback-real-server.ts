import { addressKind } from '../../ipvs/address.ts';
import { adviceForDirector } from '../diagnosis.ts';
import type { NetworkRule } from '../network-rule.ts';

/** NAT to a program on the director itself needs an address other than a loopback one. */
export const loopbackRealServer: NetworkRule = {
  id: 'loopback-real-server',
  title: 'a real server under NAT has a loopback address, where nothing that comes from outside is taken',
  briefly: 'loopback address',
  restsOn: [
    'net/netfilter/ipvs/ip_vs_xmit.c, ip_vs_nat_xmit: what comes from outside is not sent to a loopback address',
    'seen: 0 of 8 requests answered',
  ],
  about: 'real server',
  find({ service, realServer: { address }, forwarding }) {
    if (forwarding !== 'nat' || addressKind(address) !== 'loopback') return undefined;
    if (service.kind === 'address' && addressKind(service.address) === 'loopback') return undefined;
    return {
      severity: 'error',
      lookedAt: "the real server's address",
      found: `${address} is a loopback address, and it is reached by NAT`,
      matters: `the kernel hands nothing that comes from outside to ${address}: every request is dropped`,
      mend: [
        adviceForDirector(
          'take another address of the director, on which the program listens, too; for a service on the same port DR to the virtual address itself does as well',
        ),
      ],
    };
  },
};
