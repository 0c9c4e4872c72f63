import { onDirector } from '../../forwarding/diagnosis.ts';
import type { PublicCheck } from '../judgement/check.ts';
import { director } from '../judgement/subjects.ts';

const path = 'net/ipv4/vs/conn_reuse_mode';

/** With conn_reuse_mode=0 a new connection from a port used before goes to the former real server. */
export const reuseOff: PublicCheck = {
  id: 'reuse-off',
  title: 'connections from a client port that was used before go to the old real server, whatever its weight',
  restsOn: [
    'net/netfilter/ipvs/ip_vs_core.c, ip_vs_in_hook: with conn_reuse_mode=0 a new connection on a known port is not scheduled',
    'Documentation/networking/ipvs-sysctl.rst, conn_reuse_mode',
    'net/netfilter/ipvs/ip_vs_core.c, ip_vs_conn_uses_old_conntrack: what the command costs beside conntrack=1; not tried',
  ],
  byService: false,
  find({ machine, services }) {
    if (services.length === 0 || machine.sysctl(path) !== '0') return [];
    const isDraining = services.some(({ realServers }) =>
      realServers.some(
        ({ realServer, connections: { active, inactive } }) =>
          realServer.weight === 0 && active + inactive > 0,
      ),
    );
    return [
      {
        check: 'reuse-off',
        severity: isDraining ? 'warning' : 'hint',
        subject: director,
        lookedAt: `/proc/sys/${path}`,
        found: isDraining
          ? 'conn_reuse_mode is 0, and a real server at weight 0 still has connections'
          : 'conn_reuse_mode is 0',
        matters:
          'clients behind few addresses use their ports again soon, and are sent to the real server of the former connection, drained or not',
        mend: [
          onDirector(
            'sysctl -w net.ipv4.vs.conn_reuse_mode=1',
            machine.sysctl('net/ipv4/vs/conntrack') === '1'
              ? 'with net.ipv4.vs.conntrack=1, as it is here, the kernel drops the first SYN on a port whose former connection the firewall still knows; the client sends it again after a second'
              : undefined,
          ),
        ],
      },
    ];
  },
};
