import { adviceForDirector, onDirector, shellWord } from '../../forwarding/diagnosis.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Finding } from '../finding.ts';
import type { PrivilegedCheck } from '../judgement/check.ts';
import { director, ofService } from '../judgement/subjects.ts';

const path = 'net/ipv4/vs/backup_only';

/** What the setting costs. */
const standsBy =
  'while the backup daemon runs, this director forwards nothing for any service: right where it stands by, wrong where clients call it now';

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
    if (value === undefined) return [];
    if (!runs('backup')) return runs('master') || value !== '0' ? [] : withoutDaemon(services, network);
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
            mend: [onDirector('sysctl -w net.ipv4.vs.backup_only=1', standsBy)],
          },
        ]
      : [];
  },
};

/**
 * A machine that has the virtual address only on a loopback, dummy or IP-in-IP link is set up as the real server of
 * another director. If it has the IPVS table as well, it balances those connections a second time, and backup_only
 * prevents that only while a backup daemon runs.
 */
function withoutDaemon(services: Evidence['services'], network: Evidence['network']): Finding[] {
  return services.flatMap((service): Finding[] => {
    const { identity } = service.service;
    if (identity.kind !== 'address') return [];
    const holders = network.holders(identity.address);
    const isQuiet = ({ link }: { readonly link: string }) => {
      const known = network.link(link);
      return known?.isLoopback === true || known?.kind === 'dummy' || known?.kind === 'ipip';
    };
    if (holders.length === 0 || !holders.every(isQuiet)) return [];
    const isOwn = service.realServers.some(
      ({ realServer }) => network.routes.get(realServer.identity.address)?.kind === 'local',
    );
    const other = service.realServers.find(
      ({
        realServer: {
          forwarding,
          identity: { address },
        },
      }) => {
        return (
          (forwarding === 'dr' || forwarding === 'tun') && network.routes.get(address)?.kind === 'unicast'
        );
      },
    );
    if (!isOwn || other === undefined) return [];
    const route = network.routes.get(other.realServer.identity.address);
    const link = route?.kind === 'unicast' ? shellWord(route.link) : 'LINK';
    return [
      {
        check: 'backup-only',
        severity: 'warning',
        subject: ofService(service),
        lookedAt: 'where this machine has the virtual address, its real servers, and the sync daemons',
        found: `${identity.address} is on ${holders.map((holder) => holder.link).join(', ')} only, as a real server has it, this machine is one of the real servers, others are reached by DR or TUN, and no backup daemon runs`,
        matters:
          'if another director sends connections here, this one balances them once more, and packets can go round between the two',
        mend: [
          onDirector(`lvstop sync start backup --interface ${link}`),
          onDirector('sysctl -w net.ipv4.vs.backup_only=1', standsBy),
          adviceForDirector(
            'the setting works while the daemon runs; when this director takes over, stop it',
          ),
        ],
      },
    ];
  });
}
