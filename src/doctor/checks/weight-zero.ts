import { onDirector } from '../../forwarding/diagnosis.ts';
import { rejectsUnavailable } from '../../ipvs/scheduler.ts';
import type { PrivilegedCheck } from '../check.ts';
import { eachRealServer, ofRealServer, realServerWords } from '../subjects.ts';

/** A real server that was taken out, and perhaps forgotten. */
export const weightZero: PrivilegedCheck = {
  id: 'weight-zero',
  title: 'a real server is at weight 0 beside others that are not',
  restsOn: ['the schedulers of net/netfilter/ipvs: all of them pass over weight 0'],
  needsRight: 'scheduler flags',
  byService: true,
  find: (evidence) =>
    eachRealServer(evidence, (service, row) => {
      if (row.realServer.weight !== 0 || rejectsUnavailable(service.service)) return undefined;
      if (service.realServers.every(({ realServer }) => realServer.weight === 0)) return undefined;
      const { active, inactive } = row.connections;
      return {
        check: 'weight-zero',
        severity: 'hint',
        subject: ofRealServer(service, row),
        lookedAt: 'its weight',
        found: `it is 0, with ${active} active and ${inactive} inactive connections`,
        matters:
          'it gets no new connections; a drain looks like this, and so does a server that was forgotten',
        mend: [onDirector(`lvstop weight ${realServerWords(service, row)} 1`)],
      };
    }),
};
