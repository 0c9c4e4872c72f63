import { adviceForRealServer } from '../../forwarding/diagnosis.ts';
import { isTemplate } from '../../ipvs/connection.ts';
import type { RealServerView, ServiceView } from '../../sampling/view.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { connectionsOf } from '../evidence/sampled-connections.ts';
import type { Finding } from '../finding.ts';
import type { PrivilegedCheck } from '../judgement/check.ts';
import { isCutOff } from '../judgement/cut-off.ts';
import { isProbeFault, probedAnswer, probeFinding } from '../judgement/probed.ts';
import { eachRealServer, ofRealServer } from '../judgement/subjects.ts';

/** With fewer connections that end at once, or datagrams that come back, nothing is concluded. */
const several = 4;

/** Bytes of an IP packet with a bare TCP header, such as a RST; a SYN-ACK has options and is longer. */
const bareHeader = { inet: 40, inet6: 60 } as const;

/** Under NAT the director sees that a real server refuses its clients. */
export const refused: PrivilegedCheck = {
  id: 'refused',
  title: 'a real server under NAT refuses connections: nothing listens there on the port',
  restsOn: [
    'net/netfilter/ipvs/ip_vs_proto_tcp.c, tcp_states: a RST ends a connection at once (CLOSE)',
    'net/netfilter/ipvs/ip_vs_core.c, handle_response_icmp: what tells that a port is unreachable is counted as going out',
    'RFC 9293, 3.10.7.1: a SYN to a port on which nobody listens is answered with RST, which is a header alone',
  ],
  needsRight: 'counters',
  byService: true,
  find: (evidence) =>
    eachRealServer(evidence, (service, row) => {
      const { forwarding, identity } = row.realServer;
      const { identity: owner } = service.service;
      if (forwarding === 'nat' && isProbeFault(evidence, row))
        return probedAnswer(evidence, row)?.word === 'refused'
          ? probeFinding(refused.id, evidence, service, row)
          : undefined;
      if (forwarding === 'nat' && owner.kind === 'address' && owner.protocol === 'udp')
        return refusedDatagrams(evidence, service, row);
      if (forwarding !== 'nat' || evidence.network.routes.get(identity.address)?.kind === 'local')
        return undefined;
      const own = connectionsOf(evidence, service, row).filter(
        ({ protocol, client, state }) => protocol === 'tcp' && !isTemplate(client.port, state),
      );
      const closed = own.filter(({ state }) => state === 'CLOSE').length;
      const isAll = own.every(({ state }) => state === 'CLOSE' || state === 'SYN_RECV');
      if (closed < several || !isAll || !areBare(row) || isCutOff(evidence, service, row)) return undefined;
      return {
        check: 'refused',
        severity: 'error',
        subject: ofRealServer(service, row),
        lookedAt: '/proc/net/ip_vs_conn, and its packets and bytes',
        found: `${closed} of ${own.length} connections were closed at once (CLOSE), and what came back are headers without anything in them`,
        matters:
          'this is how a machine answers that is up and on which nothing listens on the port, or whose firewall refuses it',
        mend: [
          adviceForRealServer(
            identity.address,
            `see that the program runs and listens on ${identity.port === 0 ? 'the port' : `port ${identity.port}`} of that address ("ss -ltn")`,
          ),
        ],
      };
    }),
};

/** Bytes of IP and ICMP headers before the returned datagram in a "port unreachable" message. */
const unreachableHeaders = { inet: 28, inet6: 48 } as const;

/** A hint where the answers are on average just as long as messages that give each datagram back. */
function refusedDatagrams(
  evidence: Evidence,
  service: ServiceView,
  row: RealServerView,
): Finding | undefined {
  const { counters, rates, realServer } = row;
  const seen = rates !== null && rates.outPackets > 0 ? rates : counters;
  const [inPackets, outPackets] = [Number(seen.inPackets), Number(seen.outPackets)];
  if (Number(counters.outPackets) < several || outPackets === 0 || outPackets > inPackets) return undefined;
  const longer = Number(seen.outBytes) / outPackets - Number(seen.inBytes) / inPackets;
  if (Math.abs(longer - unreachableHeaders[realServer.identity.family]) > 0.5) return undefined;
  if (isCutOff(evidence, service, row)) return undefined;
  return {
    check: 'refused',
    severity: 'hint',
    subject: ofRealServer(service, row),
    lookedAt: 'its packets and bytes',
    found: `what comes back is longer than the datagrams that went there by the headers of an ICMP message (${unreachableHeaders[realServer.identity.family]} bytes)`,
    matters:
      'this is how a machine answers on which nothing listens on the port: it gives each datagram back (port unreachable). Answers of a program can be as long by chance',
    mend: [
      adviceForRealServer(
        realServer.identity.address,
        `see that the program runs and listens on ${realServer.identity.port === 0 ? 'the port' : `port ${realServer.identity.port}`} of that address ("ss -lun")`,
      ),
    ],
  };
}

/** Whether only bare headers come back: in the last seconds, or ever if nothing came back in these. */
function areBare({ realServer: { identity }, counters, rates }: RealServerView): boolean {
  const { outPackets, outBytes } = rates !== null && rates.outPackets > 0 ? rates : counters;
  return (
    Number(outPackets) > 0 && Number(outBytes) <= bareHeader[identity.family] * Number(outPackets) * 1.02
  );
}
