import { onDirector } from '../../forwarding/diagnosis.ts';
import type { PublicCheck } from '../check.ts';
import { eachService, ofService, realServerWords } from '../subjects.ts';

/** A service in which nobody takes new connections. */
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
          matters: 'every new connection is rejected; established ones go on',
          mend: [onDirector(`lvstop weight ${realServerWords(service, first)} 1`)],
        },
      ];
    }),
};
