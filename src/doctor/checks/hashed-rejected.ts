import { onDirector, type Remedy } from '../../forwarding/diagnosis.ts';
import { findScheduler, rejectsUnavailable } from '../../ipvs/scheduler.ts';
import { visible } from '../../ipvs/visible.ts';
import type { RealServerView, ServiceView } from '../../sampling/view.ts';
import type { PrivilegedCheck } from '../judgement/check.ts';
import { eachRealServer, ofRealServer, realServerWords, serviceWord } from '../judgement/subjects.ts';

/** Hashing schedulers go on sending a share of the clients to a server that does not take them. */
export const hashedRejected: PrivilegedCheck = {
  id: 'hashed-rejected',
  title: 'a real server is at weight 0 or over its threshold, and sh, mh or dh still hashes clients to it',
  restsOn: [
    'net/netfilter/ipvs/ip_vs_sh.c, ip_vs_dh.c, ip_vs_mh.c: a server keeps its places in the table at weight 0, and who is hashed to it is rejected unless the fallback flag is set',
  ],
  needsRight: 'scheduler flags and thresholds',
  byService: true,
  find: (evidence) =>
    eachRealServer(evidence, (service, row) => {
      if (!rejectsUnavailable(service.service) || !isPassedOver(row)) return undefined;
      // Where no real server takes anybody, no-weight or all-full reports it, which says more.
      if (service.realServers.every(isPassedOver)) return undefined;
      const scheduler = visible(service.service.scheduler);
      return {
        check: 'hashed-rejected',
        severity: 'warning',
        subject: ofRealServer(service, row),
        lookedAt: `scheduler, flags and weight (${scheduler})`,
        found:
          row.realServer.weight === 0
            ? `its weight is 0, and ${scheduler} goes on hashing clients to it`
            : `it is over its upper threshold of ${row.realServer.upperThreshold}, and ${scheduler} goes on hashing clients to it`,
        matters: 'the clients that are hashed to it are rejected, while the others are served',
        mend: remedies(service, row),
      };
    }),
};

function isPassedOver({ realServer, overloaded }: RealServerView): boolean {
  return realServer.weight === 0 || overloaded;
}

function remedies(service: ServiceView, row: RealServerView): Remedy[] {
  const { scheduler, schedulerFlags } = service.service;
  const flags = findScheduler(scheduler)?.flags ?? [];
  const fallback = flags.find(({ bit }) => bit === 1);
  if (fallback === undefined) {
    return [
      onDirector(
        `lvstop delete real ${realServerWords(service, row)} --yes`,
        'its open connections go no further; drain it first where it has some ("lvstop drain")',
      ),
    ];
  }
  const names = flags.filter(({ bit }) => bit === 1 || (schedulerFlags & bit) !== 0).map(({ name }) => name);
  return [
    onDirector(
      `lvstop edit service ${serviceWord(service)} --flags ${names.join(',')}`,
      'its clients go to other real servers, and back to it when it takes connections again',
    ),
  ];
}
