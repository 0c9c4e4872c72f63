import { adviceForDirector, adviceForRealServer, type Remedy } from '../../forwarding/diagnosis.ts';
import type { RealServerView, ServiceView } from '../../sampling/view.ts';
import type { Evidence } from '../evidence/evidence.ts';
import {
  areFewStuck,
  areStuck,
  connectionsOf,
  type Handshakes,
  handshakesOf,
  isOwnCall,
} from '../evidence/sampled-connections.ts';
import type { Finding } from '../finding.ts';
import { settingsInVain } from '../judgement/advised-settings.ts';
import { askIt } from '../judgement/ask-it.ts';
import type { PrivilegedCheck } from '../judgement/check.ts';
import { isCutOff } from '../judgement/cut-off.ts';
import { neighbourDoubt, neighbourDoubtWords } from '../judgement/neighbour-doubt.ts';
import { answeringWords, isAnswering, isProbeFault, probeFinding } from '../judgement/probed.ts';
import { setUpInVain, setUpRealServer } from '../judgement/set-up.ts';
import { eachService, ofRealServer, ofService } from '../judgement/subjects.ts';

/** A real server with what is seen of its clients. */
interface Seen {
  readonly row: RealServerView;
  readonly handshakes: Handshakes;
}

/**
 * Under DR and TUN the director sees no responses, but it does see the client's next packet. If none comes, the
 * client got no response, or the packet that it sent then did not reach the director.
 */
export const halfOpen: PrivilegedCheck = {
  id: 'half-open',
  title:
    'connections to a real server under DR or TUN stay half open, or a probe shows that it does not answer',
  restsOn: [
    'linuxvirtualserver.org, VS-IPTunneling and VS-DRouting: the real server needs the virtual address, and answers clients itself',
    "net/netfilter/ipvs/ip_vs_proto_tcp.c, tcp_states: SYN_RECV until the client's ACK is seen, which needs the real server's answer",
    'a probe, where one was made: a SYN to the virtual address as IPVS sends it',
    'practice: seen with the virtual address missing on lo, with nothing listening on the port, and of healthy machines under a flood of SYNs',
  ],
  needsRight: 'time-outs',
  byService: true,
  find: (evidence) =>
    eachService(evidence, (service) => {
      const direct = service.realServers.filter(
        ({ realServer: { forwarding } }) => forwarding === 'dr' || forwarding === 'tun',
      );
      const certain = direct.flatMap((row) => probeFinding(halfOpen.id, evidence, service, row) ?? []);
      const seen = direct
        .filter((row) => !isProbeFault(evidence, row))
        .map((row) => ({
          row,
          handshakes: handshakesOf(
            // No real server can answer these: own-calls reports them.
            connectionsOf(evidence, service, row).filter((connection) => !isOwnCall(evidence, connection)),
            evidence.timeouts,
          ),
        }));
      const waiting = seen.filter(
        ({ row, handshakes }) => areStuck({ ...handshakes, since: 0 }) && !isCutOff(evidence, service, row),
      );
      if (isFlood(waiting, seen)) return [...certain, floodFinding(service, waiting)];
      const stuck = waiting.filter(({ handshakes }) => areStuck(handshakes));
      const few = seen.filter(
        ({ row, handshakes }) =>
          areFewStuck(handshakes) && !isCutOff(evidence, service, row) && !isAnswering(evidence, row),
      );
      return [
        ...certain,
        ...stuck.map((one) => findingOf(evidence, service, one, seen)),
        ...few.map((one) => fewFinding(evidence, service, one)),
      ];
    }),
};

/** With at least this many silent clients, a flood is likelier than that many real clients in trouble. */
const manyClients = 12;

/**
 * Whether this looks like a flood of SYNs: nearly every stuck connection is of another client, at least half of the
 * real servers in use are affected, and other clients get through at each of them.
 */
function isFlood(stuck: readonly Seen[], seen: readonly Seen[]): boolean {
  const connections = stuck.reduce((sum, { handshakes }) => sum + handshakes.stuck, 0);
  const clients = new Set(stuck.flatMap(({ handshakes }) => [...handshakes.stuckClients]));
  const busy = seen.filter(({ handshakes: { stuck: waiting, others } }) => waiting + others > 0);
  return (
    clients.size >= manyClients &&
    clients.size * 5 >= connections * 4 &&
    stuck.length * 2 >= busy.length &&
    stuck.every(({ handshakes }) => handshakes.meanwhile > 0)
  );
}

function floodFinding(service: ServiceView, stuck: readonly Seen[]): Finding {
  const sum = (of: (handshakes: Handshakes) => number) =>
    stuck.reduce((total, { handshakes }) => total + of(handshakes), 0);
  return {
    check: halfOpen.id,
    severity: 'warning',
    subject: ofService(service),
    lookedAt: '/proc/net/ip_vs_conn',
    found: `${sum(({ stuck: count }) => count)} connections of ${sum(({ stuckClients }) => stuckClients.size)} clients are half open (SYN_RECV), and ${sum(({ meanwhile }) => meanwhile)} of others got through meanwhile`,
    matters:
      'a flood of SYNs from made-up addresses looks like this, and so do clients whose next packets are lost on the way here; the real servers answer others',
    mend: [
      adviceForDirector(
        'see whether the addresses are real ones ("lvstop connections"). Real servers stand a flood by SYN cookies (net.ipv4.tcp_syncookies=1). net.ipv4.vs.drop_entry=1 throws half-open connections away when memory is short, good ones too',
      ),
    ],
  };
}

/** For a real server that has had very few clients: advises a probe, and gives no verdict. */
function fewFinding(evidence: Evidence, service: ServiceView, { row, handshakes }: Seen): Finding {
  const { stuck } = handshakes;
  return {
    check: halfOpen.id,
    severity: 'hint',
    subject: ofRealServer(service, row),
    lookedAt: '/proc/net/ip_vs_conn',
    found: `${stuck === 1 ? 'the only connection to it is' : `all ${stuck} connections to it are`} half open (SYN_RECV)${neighbourDoubtWords(evidence, row)}`,
    matters: `${stuck === 1 ? 'one connection tells' : 'so few tell'} little: it may be that the real server does not take the virtual address, that nothing listens there, or that its answers are lost; and likewise that the client has gone, or what it sends does not come here`,
    mend: [askIt(service, row), ...neighbourDoubt(evidence, row)],
  };
}

function findingOf(
  evidence: Evidence,
  service: ServiceView,
  { row, handshakes }: Seen,
  seen: readonly Seen[],
): Finding {
  const { stuck, others, meanwhile } = handshakes;
  const { address } = row.realServer.identity;
  const doOthersAnswer = seen.some((other) => other.row !== row && other.handshakes.meanwhile > 0);
  const martians = evidence.machine.counters().martians;
  const answers = isAnswering(evidence, row);
  return {
    check: halfOpen.id,
    severity: meanwhile === 0 && !answers ? 'error' : 'warning',
    subject: ofRealServer(service, row),
    lookedAt: '/proc/net/ip_vs_conn',
    found: `${stuck} of ${stuck + others} connections to it are half open (SYN_RECV)${meanwhile === 0 && others > 0 ? ', and nobody got through since the first of these' : ''}${neighbourDoubtWords(evidence, row)}${answeringWords(evidence, row)}`,
    matters: `requests go there, and no further packet of these clients comes here; the director sees no answers. ${
      answers
        ? 'The machine takes the virtual address, and listens. Its answers to these clients are lost on their way, or what the clients send on them does not come here'
        : doOthersAnswer
          ? 'Clients of other real servers of the service get on, which speaks for this machine: it does not take the virtual address as its own, nothing listens there on the port, or its answers are lost'
          : 'It may be that the machine does not take the virtual address as its own, that nothing listens there on the port, that its answers are lost, or that clients get them and what they send then does not come here'
    }`,
    mend: [
      ...neighbourDoubt(evidence, row),
      ...(answers
        ? [
            adviceForRealServer(
              address,
              'see by which way its answers leave: "ip route get CLIENT from VIP" there, and whether a firewall on that way lets them through',
            ),
          ]
        : mendsUnknown(evidence, service, row, handshakes)),
      ...secondDirector(evidence, service, row),
      ...(martians === undefined || martians === 0
        ? []
        : [
            adviceForDirector(
              `packets that seemed to come from the director's own addresses were dropped here (${martians} since boot, in_martian_src): so look answers of a real server that sends them through the director. Give that machine another gateway, or choose NAT; "sysctl -w net.ipv4.conf.LINK.accept_local=1" with rp_filter 0 for all and for LINK lets them through`,
            ),
          ]),
    ],
  };
}

/** What to try where no probe has shown that the real server answers. */
function mendsUnknown(
  evidence: Evidence,
  service: ServiceView,
  row: RealServerView,
  { newestStuck }: Handshakes,
): Remedy[] {
  const { address } = row.realServer.identity;
  return [
    askIt(service, row),
    ...setUpInVain(evidence, service, row, newestStuck),
    ...settingsInVain(evidence, service, row, newestStuck),
    // Which addresses a firewall mark stands for is not known here.
    ...(service.service.identity.kind === 'address' ? [setUpRealServer(service, row)] : []),
    adviceForRealServer(
      address,
      'where the script finds nothing to mend, see that a program listens there on the port and no firewall is in the way, and that the machine has a route to the clients: "tcpdump -ni any port PORT" there shows whether SYNs come and answers leave',
    ),
  ];
}

/** With at least this many packets per connection, a loop between two directors is likely. */
const packetsOfLoop = 8;

/** A real server that balances the same service too sends a part of what it gets back here. */
function secondDirector(evidence: Evidence, service: ServiceView, { counters }: RealServerView): Remedy[] {
  const isOwnToo = service.realServers.some(
    ({ realServer: { identity, forwarding } }) =>
      forwarding === 'local' || evidence.network.routes.get(identity.address)?.kind === 'local',
  );
  if (!isOwnToo || counters.connections === 0) return [];
  if (Number(counters.inPackets) < packetsOfLoop * Number(counters.connections)) return [];
  return [
    adviceForDirector(
      `${counters.inPackets} packets went to it in ${counters.connections} connections, and this machine is a real server of the service itself: if the other one has the same table, it balances what it gets once more. There a backup daemon and backup_only end that: "lvstop sync start backup --interface LINK" and "sysctl -w net.ipv4.vs.backup_only=1"`,
    ),
  ];
}
