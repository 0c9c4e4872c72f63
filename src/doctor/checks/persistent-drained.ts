import { onDirector } from '../../forwarding/diagnosis.ts';
import type { PrivilegedCheck } from '../judgement/check.ts';
import { eachRealServer, ofRealServer } from '../judgement/subjects.ts';

/** Persistence holds clients to a server that was quiesced. */
export const persistentDrained: PrivilegedCheck = {
  id: 'persistent-drained',
  title: 'persistence keeps a real server at weight 0 in use',
  restsOn: [
    'net/netfilter/ipvs/ip_vs_conn.c, ip_vs_check_template: a template leads to weight 0, too, unless expire_quiescent_template is set',
  ],
  needsRight: 'persistent connections',
  byService: true,
  find: (evidence) => {
    if (evidence.machine.sysctl('net/ipv4/vs/expire_quiescent_template') !== '0') return [];
    return eachRealServer(evidence, (service, row) => {
      const { persistence } = service.service;
      const { persistent } = row.connections;
      if (persistence === null || row.realServer.weight !== 0 || persistent === 0) return undefined;
      return {
        check: 'persistent-drained',
        severity: 'warning',
        subject: ofRealServer(service, row),
        lookedAt: '/proc/sys/net/ipv4/vs/expire_quiescent_template and persistent connections',
        found: `expire_quiescent_template is 0, and ${persistent} ${persistent === 1 ? 'client group is' : 'client groups are'} held to the server for ${persistence.timeout} s after each visit, and as long as one of their connections is in the table`,
        matters: 'clients go on coming to a server that was meant to empty, and each visit holds them anew',
        mend: [
          onDirector(
            'sysctl -w net.ipv4.vs.expire_quiescent_template=1',
            'the next connection of such a client goes to another real server, where what it had in its session may be unknown',
          ),
        ],
      };
    });
  },
};
