import { adviceForDirector } from '../../forwarding/diagnosis.ts';
import type { PublicCheck } from '../judgement/check.ts';
import { director } from '../judgement/subjects.ts';

/** From this share of its size on, the firewall's table is told to be nearly full. */
const nearlyFull = 0.9;

/** A firewall that tracks connections drops new ones when its table is full, those of services among them. */
export const trackingFull: PublicCheck = {
  id: 'tracking-full',
  title: "the firewall's table of connections is full, or nearly",
  restsOn: [
    'net/netfilter/nf_conntrack_core.c, __nf_conntrack_alloc: over nf_conntrack_max a packet that would begin a connection is dropped, unless one that is not assured can be thrown away for it',
    'net/netfilter/ipvs/ip_vs_core.c, ip_vs_ops: requests come to IPVS behind PREROUTING, where they are tracked, with net.ipv4.vs.conntrack=0 too; seen',
  ],
  byService: false,
  find({ services, machine }) {
    if (services.length === 0) return [];
    const { count, most } = machine.trackedConnections() ?? { count: 0, most: 0 };
    if (most === 0 || count < most * nearlyFull) return [];
    const isFull = count >= most;
    return [
      {
        check: 'tracking-full',
        severity: isFull ? 'error' : 'warning',
        subject: director,
        lookedAt: '/proc/sys/net/netfilter/nf_conntrack_count and nf_conntrack_max',
        found: `the firewall tracks ${count} connections of ${most} at most`,
        matters: `${isFull ? '' : 'over that, '}packets that begin a connection are dropped, unless one without an answer can be thrown away for them ("nf_conntrack: table full, dropping packet" in the kernel's log); those to services too, before IPVS sees them`,
        mend: [
          adviceForDirector(
            `"sysctl -w net.netfilter.nf_conntrack_max=${2 * most}" makes room, in the first network namespace; each takes about 300 bytes. "conntrack -L" shows what they are. Virtual addresses that rules of the table raw leave untracked ("-j CT --notrack") take none`,
          ),
        ],
      },
    ];
  },
};
