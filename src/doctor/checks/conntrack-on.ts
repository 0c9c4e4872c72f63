import { dropWords, isTracked, listCommand } from '../evidence/firewall-ways.ts';
import type { PublicCheck } from '../judgement/check.ts';
import { ofService } from '../judgement/subjects.ts';
import { droppedAsInvalid, harmedByTracking, untrackRemedies } from '../judgement/untracked.ts';

/** A firewall that sees only the client's half of a connection takes its packets after the SYN for invalid. */
export const conntrackOn: PublicCheck = {
  id: 'conntrack-on',
  title: 'IPVS shows its connections to a firewall that drops the clients of DR or TUN by it',
  restsOn: [
    "net/netfilter/nf_conntrack_proto_tcp.c, tcp_conntracks: under DR and TUN the SYN-ACK never passes the director, so that the client's ACK is invalid (sSS → sIV)",
    'seen: 0 of 24 answered with conntrack=1 and a rule that drops INVALID',
  ],
  byService: true,
  find(evidence) {
    if (!isTracked(evidence)) return [];
    return harmedByTracking(evidence).flatMap((service) => {
      const dropped = droppedAsInvalid(evidence, service);
      const [first] = dropped;
      if (first === undefined) return [];
      const { called, verdict } = first;
      return [
        {
          check: 'conntrack-on',
          severity: 'error' as const,
          subject: ofService(service),
          lookedAt: `/proc/sys/net/ipv4/vs/conntrack, and ${listCommand(called.family, verdict.table)}`,
          found: `conntrack is 1, so that the firewall waits for a SYN-ACK which does not pass the director, takes the client's next packets for invalid, and ${dropWords(verdict)}`,
          matters:
            'by these rules no client of the service gets further than its SYN, however well the real servers are',
          mend: untrackRemedies(dropped),
        },
      ];
    });
  },
};
