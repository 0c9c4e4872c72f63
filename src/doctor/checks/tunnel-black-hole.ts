import { adviceForDirector, setSysctl } from '../../forwarding/diagnosis.ts';
import type { PublicCheck } from '../judgement/check.ts';
import { setUpRealServer } from '../judgement/set-up.ts';
import { director } from '../judgement/subjects.ts';

/** Where clients keep being told that packets do not fit, the ICMP messages may not reach them. */
export const tunnelBlackHole: PublicCheck = {
  id: 'tunnel-black-hole',
  title: 'clients of TUN are told that their packets do not fit the tunnel, and may not hear it',
  restsOn: [
    'net/netfilter/ipvs/ip_vs_xmit.c, ensure_mtu_is_adequate: a packet with DF that does not fit is dropped, and its sender told (ICMP, fragmentation needed)',
    'practice: where ICMP does not get to the clients, small requests work and uploads hang',
  ],
  byService: false,
  find(evidence) {
    if (evidence.machine.sysctl('net/ipv4/vs/pmtu_disc') === '0') return [];
    const sent = evidence.machine.counters().unreachablesSent;
    if (sent === undefined || sent === 0) return [];
    const [tunnelled] = evidence.services.flatMap((service) =>
      service.service.identity.family === 'inet' && service.service.identity.kind === 'address'
        ? service.realServers
            .filter(({ realServer }) => realServer.forwarding === 'tun')
            .map((row) => ({ service, row }))
        : [],
    );
    if (tunnelled === undefined) return [];
    const before = evidence.countersBefore?.unreachablesSent;
    const lately = before === undefined ? 0 : sent - before;
    return [
      {
        check: tunnelBlackHole.id,
        severity: lately > 0 ? 'warning' : 'hint',
        subject: director,
        lookedAt:
          'OutType3 of IcmpMsg in /proc/net/snmp: packets that this machine could not pass on and told their senders of',
        found: `${sent} were told of since boot${lately > 0 ? `, ${lately} of them since the look before` : ''}; those that do not fit a tunnel are among them, which of them is not counted`,
        matters:
          'a client that hears it sends smaller packets from then on; one that does not, since ICMP is dropped on the way, goes on with what does not fit, and its uploads hang',
        mend: [
          setUpRealServer(tunnelled.service, tunnelled.row),
          adviceForDirector(
            `the script has the real server announce a smaller MSS; so the others under TUN. Or "${setSysctl(0, 'net/ipv4/vs/pmtu_disc')}", which sends large packets in two fragments`,
          ),
        ],
      },
    ];
  },
};
