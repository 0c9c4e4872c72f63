import { adviceForDirector } from '../../forwarding/diagnosis.ts';
import type { PublicCheck } from '../judgement/check.ts';
import { eachService, ofService, serviceWord } from '../judgement/subjects.ts';

/** A service that leads nowhere. */
export const noRealServer: PublicCheck = {
  id: 'no-real-server',
  title: 'a service has no real server',
  restsOn: [
    'net/netfilter/ipvs/ip_vs_core.c, ip_vs_schedule: without a candidate the connection is rejected',
  ],
  byService: true,
  find: (evidence) =>
    eachService(evidence, (service) =>
      service.realServers.length > 0
        ? []
        : [
            {
              check: 'no-real-server',
              severity: 'warning',
              subject: ofService(service),
              lookedAt: 'its real servers',
              found: 'there is none',
              matters: 'every connection is rejected',
              mend: [
                adviceForDirector(`add one: lvstop add real ${serviceWord(service)} REAL --forwarding MODE`),
              ],
            },
          ],
    ),
};
