import { adviceForDirector, setSysctl } from '../../forwarding/diagnosis.ts';
import type { PublicCheck } from '../judgement/check.ts';
import { director } from '../judgement/subjects.ts';

const setting = 'net/ipv4/vs/pmtu_disc';

/** Clients that are not told of the tunnel's smaller MTU go on sending packets that do not fit. */
export const pmtuDiscOff: PublicCheck = {
  id: 'pmtu-disc-off',
  title: 'IPVS does not tell clients of the smaller MTU of its tunnels',
  restsOn: [
    'net/netfilter/ipvs/ip_vs_xmit.c, ensure_mtu_is_adequate: with pmtu_disc=0 a packet that does not fit is wrapped and fragmented; IPv6 does not look at it',
  ],
  byService: false,
  find(evidence) {
    if (evidence.machine.sysctl(setting) !== '0') return [];
    const tunnels = evidence.services.some(
      ({ service, realServers }) =>
        service.identity.family === 'inet' &&
        realServers.some(({ realServer }) => realServer.forwarding === 'tun'),
    );
    if (!tunnels) return [];
    return [
      {
        check: pmtuDiscOff.id,
        severity: 'hint',
        subject: director,
        lookedAt: `/proc/sys/${setting}`,
        found: 'pmtu_disc is 0, and real servers are reached by TUN',
        matters:
          "clients' large packets go out as two fragments each, which the real server must put together, and which firewalls on the way may drop",
        mend: [
          adviceForDirector(
            `"${setSysctl(1, setting)}" has clients told of the smaller MTU instead. It has a price: where ICMP does not reach them, their uploads hang from then on, unless the real servers announce a smaller MSS ("lvstop setup" sees to that)`,
          ),
        ],
      },
    ];
  },
};
