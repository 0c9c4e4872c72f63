import { adviceForDirector, onDirector, type Remedy } from '../../forwarding/diagnosis.ts';
import type { PublicServiceView } from '../../sampling/view.ts';
import type { PublicEvidence } from '../evidence/evidence.ts';
import type { PublicCheck } from '../judgement/check.ts';
import { isCutOff } from '../judgement/cut-off.ts';
import { eachService, ofService, realServerWords } from '../judgement/subjects.ts';

/** A service whose real servers all have weight 0. */
export const noWeight: PublicCheck = {
  id: 'no-weight',
  title: 'a service has real servers, and each of them has weight 0',
  restsOn: [
    'net/netfilter/ipvs/ip_vs_core.c, ip_vs_schedule: without a candidate the connection is rejected',
    'the schedulers of net/netfilter/ipvs: all of them pass over weight 0',
  ],
  byService: true,
  find: (evidence) =>
    eachService(evidence, (service) => {
      const [first] = service.realServers;
      if (first === undefined || service.realServers.some(({ realServer }) => realServer.weight > 0)) {
        return [];
      }
      return [
        {
          check: 'no-weight',
          severity: 'error',
          subject: ofService(service),
          lookedAt: 'weights of its real servers',
          found:
            service.realServers.length === 1
              ? 'the weight is 0'
              : `all ${service.realServers.length} weights are 0`,
          matters: `every new connection is rejected${areHeld(evidence, service) ? ', but of clients whom persistence holds' : ''}; established ones go on`,
          mend: remedies(evidence, service),
        },
      ];
    }),
};

/** Whether persistence still leads clients to a real server at weight 0 (`ip_vs_check_template` in `ip_vs_conn.c`). */
function areHeld({ machine }: PublicEvidence, { service }: PublicServiceView): boolean {
  return service.persistence !== null && machine.sysctl('net/ipv4/vs/expire_quiescent_template') !== '1';
}

/** Gives a weight to a real server that nothing bad is known of; whether it answers was not tested. */
function remedies(evidence: PublicEvidence, service: PublicServiceView): Remedy[] {
  const able = service.realServers.find((row) => !isCutOff(evidence, service, row));
  if (able === undefined) return [adviceForDirector('none of them can be reached now: see to that first')];
  return [
    onDirector(`lvstop weight ${realServerWords(service, able)} 1`),
    adviceForDirector(
      `whether it answers was not looked at${service.realServers.length > 1 ? '; any other that does will do as well' : ''}`,
    ),
  ];
}
