import { onDirector } from '../../forwarding/diagnosis.ts';
import type { PrivilegedCheck } from '../judgement/check.ts';
import { eachRealServer, ofRealServer, serviceWord } from '../judgement/subjects.ts';

/** With one-packet scheduling the kernel keeps no connection by which it could recognise a response. */
export const onePacketNat: PrivilegedCheck = {
  id: 'one-packet-nat',
  title: "one-packet scheduling under NAT is one way: answers leave with the real server's own address",
  restsOn: [
    'net/netfilter/ipvs/ip_vs_conn.c, ip_vs_conn_hash: a connection of one packet is not put into the table, where an answer would be looked up',
    'net/netfilter/ipvs/ip_vs_nfct.c, ip_vs_update_conntrack: and is not altered for tracking either, as no reply is expected',
    "seen: 6 of 6 answers came from the real servers' own addresses",
  ],
  needsRight: 'scheduler flags',
  byService: true,
  find: (evidence) =>
    eachRealServer(evidence, (service, row) => {
      const { identity, onePacket } = service.service;
      if (!onePacket || row.realServer.forwarding !== 'nat') return undefined;
      // One-packet scheduling applies to UDP only (`ip_vs_schedule` in `ip_vs_core.c`).
      if (identity.kind === 'address' && identity.protocol !== 'udp') return undefined;
      return {
        check: 'one-packet-nat',
        // A firewall mark may carry TCP, which one-packet scheduling does not touch.
        severity: identity.kind === 'fwmark' ? 'warning' : 'error',
        subject: ofRealServer(service, row),
        lookedAt: "the service's one-packet scheduling, and the forwarding method",
        found:
          'each datagram is a connection of its own (one-packet), and this real server is reached by NAT',
        matters:
          "the connection is forgotten before the answer comes, which leaves with the real server's own address, so that most clients do not take it; only what needs no answer works",
        mend: [
          onDirector(
            `lvstop edit service ${serviceWord(service)} --no-one-packet`,
            'datagrams from one port of a client then go to one real server, and each such flow is a connection until its time-out',
          ),
        ],
      };
    }),
};
