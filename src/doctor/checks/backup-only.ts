import { onDirector } from '../../forwarding/diagnosis.ts';
import type { PrivilegedCheck } from '../check.ts';
import { director } from '../subjects.ts';

const path = 'net/ipv4/vs/backup_only';

/** Two directors that are each other's real servers can send a packet round and round. */
export const backupOnly: PrivilegedCheck = {
  id: 'backup-only',
  title:
    'a backup director that is a real server itself forwards what the master sends it, or a master forwards nothing',
  restsOn: [
    'include/net/ip_vs.h, sysctl_backup_only: while a backup daemon runs, a director with backup_only=1 forwards nothing',
    'Documentation/networking/ipvs-sysctl.rst: against packet loops under DR and TUN',
  ],
  needsRight: 'sync daemons',
  byService: false,
  find({ services, machine, network, syncDaemons }) {
    const runs = (state: 'master' | 'backup') => syncDaemons.some((daemon) => daemon.state === state);
    const value = machine.sysctl(path);
    if (!runs('backup') || value === undefined) return [];
    if (runs('master')) {
      return value === '0'
        ? []
        : [
            {
              check: 'backup-only',
              severity: 'error',
              subject: director,
              lookedAt: `/proc/sys/${path}, and the sync daemons`,
              found: `backup_only is ${value}, and a backup daemon runs beside the master daemon`,
              matters: 'as long as a backup daemon runs with it, this director forwards nothing at all',
              mend: [onDirector('sysctl -w net.ipv4.vs.backup_only=0')],
            },
          ];
    }
    if (value !== '0') return [];
    const isOwn = services.some(({ realServers }) =>
      realServers.some(
        ({ realServer: { forwarding, identity } }) =>
          forwarding === 'local' ||
          (forwarding !== 'nat' && network.routes.get(identity.address)?.kind === 'local'),
      ),
    );
    return isOwn
      ? [
          {
            check: 'backup-only',
            severity: 'warning',
            subject: director,
            lookedAt: `/proc/sys/${path}, the sync daemons and the real servers of this machine`,
            found: 'backup_only is 0, a backup daemon runs, and this machine is a real server itself',
            matters:
              'what the master sends to this real server is balanced once more, so that packets can go round between the directors',
            mend: [onDirector('sysctl -w net.ipv4.vs.backup_only=1')],
          },
        ]
      : [];
  },
};
