import { adviceForDirector } from '../../forwarding/diagnosis.ts';
import type { RealServerView } from '../../sampling/view.ts';
import type { PrivilegedCheck } from '../judgement/check.ts';
import { eachService, ofService, realServerWords } from '../judgement/subjects.ts';

/** A service that rejects every new connection: each real server with a weight is over its upper threshold. */
export const allFull: PrivilegedCheck = {
  id: 'all-full',
  title: 'every real server of a service that has a weight is over its upper threshold',
  restsOn: [
    'net/netfilter/ipvs/ip_vs_core.c, ip_vs_schedule: without a candidate the connection is rejected',
    'net/netfilter/ipvs/ip_vs_conn.c, ip_vs_dest_totalconns: active, inactive and persistent connections count, and one that was closed is inactive for two minutes',
  ],
  needsRight: 'thresholds',
  byService: true,
  find: (evidence) =>
    eachService(evidence, (service) => {
      const able = service.realServers.filter(({ realServer }) => realServer.weight > 0);
      const [first] = able;
      if (first === undefined || !able.every(({ overloaded }) => overloaded)) return [];
      return [
        {
          check: 'all-full',
          severity: 'error',
          subject: ofService(service),
          lookedAt: 'upper thresholds and connections of its real servers',
          found: `${able.length === 1 ? 'its real server is' : `all ${able.length} real servers are`} over the upper threshold (${able.slice(0, 3).map(numbers).join('; ')})`,
          matters:
            'every new connection is rejected. Closed connections count as inactive for two minutes and more, so that an upper threshold of n is n short connections in that time',
          mend: [
            adviceForDirector(
              `a greater threshold, or none: "lvstop edit real ${realServerWords(service, first)} --upper N", 0 for none; and so for the others`,
            ),
          ],
        },
      ];
    }),
};

function numbers({
  realServer: { upperThreshold },
  connections: { active, inactive },
}: RealServerView): string {
  return `${active} active and ${inactive} inactive of ${upperThreshold}`;
}
