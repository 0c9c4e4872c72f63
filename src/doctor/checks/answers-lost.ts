import { adviceForDirector, type Remedy } from '../../forwarding/diagnosis.ts';
import type { Connection } from '../../ipvs/connection.ts';
import type { RealServerView, ServiceView } from '../../sampling/view.ts';
import type { Evidence } from '../evidence/evidence.ts';
import {
  areAnswersCounted,
  areStuck,
  connectionsOf,
  handshakesOf,
  isStuck,
} from '../evidence/sampled-connections.ts';
import type { PrivilegedCheck } from '../judgement/check.ts';
import { isCutOff } from '../judgement/cut-off.ts';
import { subnetOf } from '../judgement/director-subnet.ts';
import { eachService, ofService } from '../judgement/subjects.ts';
import { isCutOffHere } from '../judgement/way-out.ts';

/** Under NAT the director sees the answers pass, and whether the clients hear them. */
export const answersLost: PrivilegedCheck = {
  id: 'answers-lost',
  title: 'under NAT real servers answer through the director, and no client goes on',
  restsOn: [
    "net/netfilter/ipvs/ip_vs_proto_tcp.c, tcp_states: under NAT a connection is SYN_RECV until the client's ACK is seen, whether the answer has passed or not",
    "net/netfilter/ipvs/ip_vs_core.c, ip_vs_route_me_harder: with snat_reroute=0 an answer leaves by the way of the real server's address, not of the virtual one",
    'practice: rules behind IPVS, a way of the answers that leads nowhere, and SYNs from made-up addresses look like this; seen',
  ],
  needsRight: 'counters and time-outs',
  byService: true,
  find: (evidence) =>
    eachService(evidence, (service) => {
      const seen = service.realServers
        .filter(({ realServer }) => realServer.forwarding === 'nat')
        .map((row) => {
          const connections = fromAfar(evidence, service, row);
          return { row, connections, handshakes: handshakesOf(connections, evidence.timeouts) };
        });
      const all = handshakesOf(
        seen.flatMap(({ connections }) => connections),
        evidence.timeouts,
      );
      // Where some get through, the others may be clients with a trouble of their own.
      if (all.stuck === 0 || all.meanwhile > 0) return [];
      const waiting = seen
        .filter(
          ({ row, handshakes }) =>
            areStuck(handshakes) &&
            areAnswersCounted(evidence, row, handshakes) &&
            !isCutOff(evidence, service, row),
        )
        .flatMap(({ connections }) => connections.filter(isStuck));
      const [first] = waiting;
      if (first === undefined) return [];
      const clients = new Set(waiting.map(({ client }) => client.address)).size;
      return [
        {
          check: 'answers-lost',
          severity: 'warning',
          subject: ofService(service),
          lookedAt: '/proc/net/ip_vs_conn, and its packets',
          found: `${waiting.length} connections of ${clients === 1 ? '1 client' : `${clients} clients`} are half open (SYN_RECV), answers of the real servers were counted, and nobody got through meanwhile`,
          matters:
            'the answers pass IPVS here. Behind it they are lost on their way to the clients, or what the clients send then does not come here; SYNs from made-up addresses look the same',
          mend: remedies(evidence, first),
        },
      ];
    }),
};

/** Connections whose answers are not reported by another check to go wrong by the way. */
function fromAfar(evidence: Evidence, service: ServiceView, row: RealServerView) {
  const subnet = subnetOf(evidence.network, row.realServer.identity.address);
  return connectionsOf(evidence, service, row).filter(
    (connection) =>
      !(subnet?.holds(connection.client.address) ?? false) && !isCutOffHere(evidence, connection),
  );
}

function remedies({ machine }: Evidence, { client, virtual }: Connection): Remedy[] {
  const iptables = virtual.address.includes(':') ? 'ip6tables' : 'iptables';
  return [
    ...(machine.sysctl('net/ipv4/vs/snat_reroute') === '0'
      ? [
          adviceForDirector(
            `net.ipv4.vs.snat_reroute is 0, so that answers leave by the way of the real server's own address: where a rule has a way for ${virtual.address}, "sysctl -w net.ipv4.vs.snat_reroute=1" has them take it`,
          ),
        ]
      : []),
    adviceForDirector(
      `"tcpdump -ni any host ${client.address}" shows whether answers leave, by which interface, and whether anything comes back; "ip route get ${client.address} from ${virtual.address}" the way that is meant, and "${iptables} -t mangle -S POSTROUTING", "nft list ruleset" what may drop them behind IPVS`,
    ),
  ];
}
