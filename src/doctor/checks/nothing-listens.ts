import { adviceForDirector } from '../../forwarding/diagnosis.ts';
import type { PublicCheck } from '../judgement/check.ts';
import { isCutOff } from '../judgement/cut-off.ts';
import { eachRealServer, ofRealServer } from '../judgement/subjects.ts';

/** Addresses of a socket that listens on every address. */
const anyAddress: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** Where the director is its own real server, it can see whether a program listens. */
export const nothingListens: PublicCheck = {
  id: 'nothing-listens',
  title: 'the director is its own real server, and no program listens where the packets arrive',
  restsOn: [
    'net/netfilter/ipvs/ip_vs_xmit.c: to a local real server TUN and DR leave the packet as it is, so that it arrives at the virtual address, and NAT rewrites it',
    '/proc/net/tcp and /proc/net/tcp6: sockets that listen, of this network namespace',
  ],
  byService: true,
  find: (evidence) =>
    eachRealServer(evidence, (service, row) => {
      const { identity: owner } = service.service;
      const { identity, forwarding } = row.realServer;
      if (owner.kind !== 'address' || owner.protocol !== 'tcp' || row.realServer.weight === 0)
        return undefined;
      if (forwarding !== 'local' && evidence.network.routes.get(identity.address)?.kind !== 'local')
        return undefined;
      if (isCutOff(evidence, service, row)) return undefined;
      const at = forwarding === 'nat' ? identity : owner;
      const port = at.port === 0 ? owner.port : at.port;
      const listeners = port === 0 ? undefined : evidence.machine.listeners(port);
      if (listeners === undefined) return undefined;
      if (listeners.some((address) => anyAddress.has(address) || address === at.address)) return undefined;
      return {
        check: 'nothing-listens',
        severity: 'error',
        subject: ofRealServer(service, row),
        lookedAt: `ss -ltn "sport = :${port}"`,
        found:
          listeners.length === 0
            ? `this machine is the real server, and nothing listens on port ${port}`
            : `this machine is the real server, and what listens on port ${port} does so on ${listeners.join(', ')} only`,
        matters: `packets arrive at ${at.address}, port ${port}, so that clients are refused`,
        mend: [
          adviceForDirector(
            `have the program listen on ${at.address} or on all addresses, or set the weight of this real server to 0 until it does`,
          ),
        ],
      };
    }),
};
