import { adviceForDirector } from '../../forwarding/diagnosis.ts';
import { usualKeepAlive } from '../../ipvs/connection.ts';
import type { PrivilegedCheck } from '../judgement/check.ts';
import { director } from '../judgement/subjects.ts';

/** IPVS forgets connections that are idle for long; the next packet of such a connection is refused. */
export const idleConnections: PrivilegedCheck = {
  id: 'idle-connections',
  title: 'established connections are idle for so long that IPVS is about to forget them',
  restsOn: [
    'net/netfilter/ipvs/ip_vs_proto_tcp.c, tcp_timeouts: an established connection is forgotten after 900 s without a packet, unless that is set otherwise',
    'net/netfilter/ipvs/ip_vs_proto_tcp.c, tcp_conn_schedule: a packet of no connection that is no SYN is left to the machine itself, which answers with RST',
  ],
  needsRight: 'time-outs',
  byService: false,
  find({ connections: { connections }, timeouts: { tcp } }) {
    if (tcp >= usualKeepAlive) return [];
    const established = connections.filter(
      ({ protocol, state }) => protocol === 'tcp' && state === 'ESTABLISHED',
    );
    const idle = established.filter(({ expires }) => expires < tcp / 2);
    if (idle.length === 0) return [];
    const longest = tcp - Math.min(...idle.map(({ expires }) => expires));
    return [
      {
        check: 'idle-connections',
        severity: 'hint',
        subject: director,
        lookedAt: '/proc/net/ip_vs_conn, and the time-out of TCP',
        found: `${idle.length} of ${established.length} established connections that were seen had no packet for more than ${Math.round(tcp / 2)} s, one for ${longest} s, by the time-out as it is now`,
        matters: `after ${tcp} s they are forgotten, and the next packet of one is answered with RST or not at all; Linux's keep-alive begins at ${usualKeepAlive} s`,
        mend: [
          adviceForDirector(
            `"sysctl -w net.ipv4.tcp_keepalive_time=${Math.round(tcp / 2)}" on clients or real servers whose programs ask for keep-alive; or "lvstop timeouts --tcp ${usualKeepAlive + 300}", which keeps connections of clients that are gone as long`,
          ),
        ],
      },
    ];
  },
};
