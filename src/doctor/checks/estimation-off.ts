import { onDirector } from '../../forwarding/diagnosis.ts';
import type { PublicCheck } from '../judgement/check.ts';
import { director } from '../judgement/subjects.ts';

/** Without the kernel's estimator, counters and rates stand still; only the numbers of connections go on. */
export const estimationOff: PublicCheck = {
  id: 'estimation-off',
  title: 'counters and rates are held still',
  restsOn: [
    'net/netfilter/ipvs/ip_vs_est.c: counters and rates are read from the estimator, which run_estimation=0 stops',
  ],
  byService: false,
  find: ({ machine }) =>
    machine.sysctl('net/ipv4/vs/run_estimation') === '0'
      ? [
          {
            check: 'estimation-off',
            severity: 'hint',
            subject: director,
            lookedAt: '/proc/sys/net/ipv4/vs/run_estimation',
            found: 'run_estimation is 0',
            matters:
              'counters and rates do not move, so that nobody sees what is carried; forwarding goes on as before',
            mend: [onDirector('sysctl -w net.ipv4.vs.run_estimation=1')],
          },
        ]
      : [],
};
