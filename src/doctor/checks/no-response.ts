import { adviceForDirector, adviceForRealServer, type Remedy } from '../../forwarding/diagnosis.ts';
import type { RealServerView, ServiceView } from '../../sampling/view.ts';
import type { Evidence } from '../evidence/evidence.ts';
import {
  areAnswersCounted,
  areStuck,
  connectionsOf,
  getThrough,
  type Handshakes,
  handshakesOf,
} from '../evidence/sampled-connections.ts';
import type { Finding } from '../finding.ts';
import { settingsInVain } from '../judgement/advised-settings.ts';
import { askIt } from '../judgement/ask-it.ts';
import type { PrivilegedCheck } from '../judgement/check.ts';
import { isCutOff } from '../judgement/cut-off.ts';
import { subnetOf } from '../judgement/director-subnet.ts';
import { neighbourDoubt, neighbourDoubtWords } from '../judgement/neighbour-doubt.ts';
import {
  answeringWords,
  isAnswering,
  isProbeFault,
  probedAnswer,
  probeFinding,
} from '../judgement/probed.ts';
import { setUpInVain, setUpRealServer } from '../judgement/set-up.ts';
import { eachRealServer, ofRealServer } from '../judgement/subjects.ts';
import { isCutOffHere } from '../judgement/way-out.ts';

/** With fewer connections than this, missing responses mean nothing. */
const leastConnections = 4;

/** Incoming packets per outgoing one: no two-way traffic is so one-sided. */
const oneSided = 50;

/** Under NAT responses come back through the director, so it can see that they are missing. */
export const noResponse: PrivilegedCheck = {
  id: 'no-response',
  title: "a real server's responses under NAT do not come back through the director",
  restsOn: [
    "linuxvirtualserver.org, VS-NAT: the real server's gateway is the director",
    'net/netfilter/ipvs/ip_vs_core.c, handle_response: outgoing packets are counted where the source address is rewritten',
    'a probe, where one was made: a SYN to the real server from outside its subnet, whose answer must come back here',
    'practice: many services by UDP answer, and some never do',
  ],
  needsRight: 'counters and time-outs',
  byService: true,
  find: (evidence) =>
    eachRealServer(evidence, (service, row) => {
      const { realServer } = row;
      const { identity } = service.service;
      if (realServer.forwarding !== 'nat') return undefined;
      // A real server that refused the probe is reported by the check refused.
      if (isProbeFault(evidence, row))
        return probedAnswer(evidence, row)?.word === 'refused'
          ? undefined
          : probeFinding(noResponse.id, evidence, service, row);
      if (identity.kind === 'address' && identity.protocol === 'udp')
        return unansweredDatagrams(evidence, service, row);
      const own = connectionsOf(evidence, service, row);
      const counters = counted(row);
      if (own.length === 0 && counters === undefined) return undefined;
      const subnet = subnetOf(evidence.network, realServer.identity.address);
      // Clients in the real server's own subnet fail for that reason: client-beside-real-server reports them.
      const fromAfar = own.filter(({ client }) => subnet === undefined || !subnet.holds(client.address));
      if (own.length > 0 && fromAfar.length === 0) return undefined;
      // Answers to these clients get stuck on this machine: client-gateway reports that.
      if (fromAfar.some((connection) => isCutOffHere(evidence, connection))) return undefined;
      const handshakes = handshakesOf(fromAfar, evidence.timeouts);
      const sign = getThrough(handshakes)
        ? undefined
        : (counters ?? (areAnswersCounted(evidence, row, handshakes) ? undefined : seen(handshakes, row)));
      if (sign === undefined || isCutOff(evidence, service, row)) return undefined;
      // Nobody knows when counters without rates last moved.
      const seenAgo = row.rates === null ? handshakes.newestStuck : 0;
      return {
        check: noResponse.id,
        severity: 'error',
        subject: ofRealServer(service, row),
        ...sign,
        found: `${sign.found}${neighbourDoubtWords(evidence, row)}${answeringWords(evidence, row)}`,
        matters: isAnswering(evidence, row)
          ? 'under NAT the client takes answers from the virtual address only; what this real server sends to these clients goes another way than through the director, or is lost on it'
          : 'under NAT the client takes answers from the virtual address only, so they must come back through the director; this real server is down, answers by another way, or is not reached',
        mend: [
          ...neighbourDoubt(evidence, row),
          ...(isAnswering(evidence, row) ? [] : [askIt(service, row)]),
          ...setUpInVain(evidence, service, row, seenAgo),
          ...settingsInVain(evidence, service, row, seenAgo),
          ...remedies(service, row, subnet !== undefined),
          ...filterDoubt(evidence),
        ],
      };
    }),
};

/** UDP without answers: a hint only, since it may be meant to go one way. */
function unansweredDatagrams(
  evidence: Evidence,
  service: ServiceView,
  row: RealServerView,
): Finding | undefined {
  const { counters, rates } = row;
  const { inPackets, outPackets } = rates !== null && rates.inPackets > 0 ? rates : counters;
  // One-packet scheduling is reported by the check one-packet-nat.
  if (service.service.onePacket || Number(counters.inPackets) < leastConnections) return undefined;
  if (Number(outPackets) > 0 || Number(inPackets) === 0 || isCutOff(evidence, service, row)) return undefined;
  return {
    check: noResponse.id,
    severity: 'hint',
    subject: ofRealServer(service, row),
    lookedAt: 'its packet counters',
    found: `${counters.inPackets} datagrams went to it, and ${rates !== null && rates.inPackets > 0 ? 'none came back in the last seconds' : 'none came back'}${neighbourDoubtWords(evidence, row)}`,
    matters:
      'so it is with datagrams that need no answer (logs, metrics). Where clients wait for one: this real server is down, nothing listens there on the port and a firewall keeps that silent, or it answers by another way than through the director',
    mend: [
      ...neighbourDoubt(evidence, row),
      askIt(service, row),
      adviceForRealServer(
        row.realServer.identity.address,
        'see that a program listens there on the port ("ss -lun"), and by which way its answers leave ("ip route get CLIENT from ADDRESS")',
      ),
    ],
  };
}

interface Sign {
  readonly lookedAt: string;
  readonly found: string;
}

/** What the packet rates say, or the counters of all time if nothing came in lately. */
function counted({ counters, rates }: RealServerView): Sign | undefined {
  if (counters.connections < leastConnections) return undefined;
  if (rates !== null && rates.inPackets >= 1) {
    return rates.outPackets * oneSided < rates.inPackets
      ? {
          lookedAt: 'its packet rates',
          found: `${Math.round(rates.inPackets)} packets a second go to it, and ${Math.round(rates.outPackets)} come back`,
        }
      : undefined;
  }
  return Number(counters.outPackets) * oneSided < Number(counters.inPackets)
    ? {
        lookedAt: 'its packet counters',
        found: `${counters.inPackets} packets of ${counters.connections} connections went to it, and ${counters.outPackets} came back`,
      }
    : undefined;
}

/** What the connections show when many of them are half open. */
function seen(handshakes: Handshakes, { rates }: RealServerView): Sign | undefined {
  const { stuck, others } = handshakes;
  const lately =
    rates === null
      ? ''
      : rates.inPackets > 0
        ? ', and no answer was counted in the last seconds'
        : ', and nothing went there or came back in the last seconds';
  return areStuck(handshakes)
    ? {
        lookedAt: '/proc/net/ip_vs_conn',
        found: `${stuck} of ${stuck + others} connections to it are half open (SYN_RECV)${lately}`,
      }
    : undefined;
}

/** A strict reverse path filter here may have dropped the real server's answers. */
function filterDoubt({ machine }: Evidence): Remedy[] {
  const drops = machine.counters().reversePathDrops ?? 0;
  return drops === 0
    ? []
    : [
        adviceForDirector(
          `${drops} packets were dropped here since boot by a strict reverse path filter (IPReversePathFilter): answers are, where they come in by another interface than the route to the real server. "tcpdump -ni any src ADDRESS" shows by which; rp_filter 2 on it lets them pass`,
        ),
      ];
}

function remedies(service: ServiceView, row: RealServerView, isNear: boolean): Remedy[] {
  const { address } = row.realServer.identity;
  return [
    ...(isNear ? [setUpRealServer(service, row)] : []),
    adviceForRealServer(
      address,
      isNear
        ? 'see that it runs, and that no firewall is in the way'
        : 'see that it runs, and that every router on its way to the clients sends its answers through the director',
    ),
  ];
}
