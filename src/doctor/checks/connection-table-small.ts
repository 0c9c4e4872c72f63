import { adviceForDirector, onDirector } from '../../forwarding/diagnosis.ts';
import type { PrivilegedCheck } from '../judgement/check.ts';
import { director } from '../judgement/subjects.ts';

/** With at least this many connections per hash bucket, each packet has a long chain to walk. */
const crowded = 8;

/** Bounds of the module's parameter (`IP_VS_CONN_TAB_BITS` in `net/netfilter/ipvs/Kconfig`). */
const bits = { least: 8, greatest: 20 };

/** A hash table far too small for its connections costs processor time with each packet. */
export const connectionTableSmall: PrivilegedCheck = {
  id: 'connection-table-small',
  title: 'the connection table is small for the connections that it holds',
  restsOn: [
    'net/netfilter/ipvs/ip_vs_conn.c: up to Linux 7.0 2^conn_tab_bits chains, fixed when the module is loaded; each packet walks one',
    'net/netfilter/ipvs/Kconfig, IP_VS_TAB_BITS: as many places as connections are expected',
  ],
  needsRight: 'persistent connections',
  byService: false,
  find({ services, info: { connectionTableSize } }) {
    // From Linux 7.1 on the table grows by itself; it is 0 there while there is no service.
    if (connectionTableSize === 0) return [];
    const connections = services.reduce(
      (sum, { connections: { active, inactive, persistent } }) => sum + active + inactive + persistent,
      0,
    );
    if (connections < crowded * connectionTableSize) return [];
    const wanted = Math.min(bits.greatest, Math.max(bits.least, Math.ceil(Math.log2(connections))));
    return [
      {
        check: 'connection-table-small',
        severity: 'warning',
        subject: director,
        lookedAt: 'size of the connection table, and connections of all services',
        found: `${connectionTableSize} places hold ${connections} connections, ${Math.round(connections / connectionTableSize)} each`,
        matters: 'every packet looks through as many connections, which costs processor time',
        mend: [
          onDirector(`echo 'options ip_vs conn_tab_bits=${wanted}' >> /etc/modprobe.d/ip_vs.conf`),
          adviceForDirector(
            'it takes effect when the module is loaded anew, which ends all connections: at the next reboot, or after "lvstop save" on a director that is out of use',
          ),
        ],
      },
    ];
  },
};
