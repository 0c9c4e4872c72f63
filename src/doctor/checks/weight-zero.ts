import { adviceForDirector } from '../../forwarding/diagnosis.ts';
import { rejectsUnavailable } from '../../ipvs/scheduler.ts';
import type { RealServerView, ServiceView } from '../../sampling/view.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { connectionsOf } from '../evidence/sampled-connections.ts';
import type { PrivilegedCheck } from '../judgement/check.ts';
import { eachRealServer, ofRealServer, realServerWords } from '../judgement/subjects.ts';

/** A real server that was taken out of service, and perhaps forgotten. */
export const weightZero: PrivilegedCheck = {
  id: 'weight-zero',
  title: 'a real server is at weight 0 beside others that are not',
  restsOn: [
    'the schedulers of net/netfilter/ipvs: all of them pass over weight 0',
    'net/netfilter/ipvs/ip_vs_core.c, ip_vs_in_hook: packets of a connection that is known, datagrams too, go to its real server whatever the weight',
  ],
  needsRight: 'scheduler flags',
  byService: true,
  find: (evidence) =>
    eachRealServer(evidence, (service, row) => {
      if (row.realServer.weight !== 0 || rejectsUnavailable(service.service)) return undefined;
      if (service.realServers.every(({ realServer }) => realServer.weight === 0)) return undefined;
      const { active, inactive } = row.connections;
      const stillCome = whoStillComes(evidence, service, row);
      return {
        check: 'weight-zero',
        severity: 'hint',
        subject: ofRealServer(service, row),
        lookedAt: 'its weight',
        found: `its weight is 0, with ${active} active and ${inactive} inactive connections`,
        matters: `the scheduler chooses it for nobody${stillCome.length === 0 ? '' : `, but ${stillCome.join(', and ')}`}; a drain looks like this, and so does a server that was forgotten`,
        mend: [
          adviceForDirector(
            `nothing, as long as it is being drained or does not answer. "lvstop weight ${realServerWords(service, row)} WEIGHT" brings it back, with the weight that it had ("lvstop journal" knows it)`,
          ),
        ],
      };
    }),
};

/** Clauses that say who is still sent to it although no scheduler chooses it. */
function whoStillComes(evidence: Evidence, service: ServiceView, row: RealServerView): string[] {
  const { identity, persistence } = service.service;
  const setting = (name: string) => evidence.machine.sysctl(`net/ipv4/vs/${name}`);
  const flows = connectionsOf(evidence, service, row).filter(({ protocol }) => protocol === 'udp').length;
  return [
    ...(persistence !== null && setting('expire_quiescent_template') === '0'
      ? [
          `clients come on by persistence: those of the last ${persistence.timeout} s, and whoever still has a connection in the table, where an ended one stays for two minutes`,
        ]
      : []),
    ...(setting('conn_reuse_mode') === '0' && !(identity.kind === 'address' && identity.protocol === 'udp')
      ? ['connections from a port that it knows come on (conn_reuse_mode is 0)']
      : []),
    ...(flows === 0
      ? []
      : [
          `${flows} UDP ${flows === 1 ? 'flow is' : 'flows are'} held here by ${flows === 1 ? 'its' : 'their'} own datagrams: one ends when none comes for ${evidence.timeouts.udp} s, or, with expire_nodest_conn=1, when the server is deleted`,
        ]),
  ];
}
