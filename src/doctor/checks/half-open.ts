import { adviceForRealServer } from '../../forwarding/diagnosis.ts';
import type { PrivilegedCheck } from '../check.ts';
import { isCutOff } from '../cut-off.ts';
import { areStuck, connectionsOf, handshakesOf } from '../sampled-connections.ts';
import { setUpRealServer } from '../set-up.ts';
import { eachRealServer, ofRealServer } from '../subjects.ts';

/**
 * Under DR and TUN the director sees no response, but it sees the client's next packet: without one, the client got
 * none.
 */
export const halfOpen: PrivilegedCheck = {
  id: 'half-open',
  title: 'connections to a real server under DR or TUN stay half open',
  restsOn: [
    'the source: under TUN and DR the real server needs the virtual address, and answers clients itself',
    "net/netfilter/ipvs/ip_vs_proto_tcp.c, tcp_states: SYN_RECV until the client's ACK is seen, which needs the real server's answer",
    'practice: seen with the virtual address missing on lo, and with nothing listening on the port',
  ],
  needsRight: 'time-outs',
  byService: true,
  find: (evidence) =>
    eachRealServer(evidence, (service, row) => {
      const { realServer } = row;
      if (realServer.forwarding !== 'dr' && realServer.forwarding !== 'tun') return undefined;
      const handshakes = handshakesOf(connectionsOf(evidence, service, row), evidence.timeouts);
      if (!areStuck(handshakes) || isCutOff(evidence, service, row)) return undefined;
      const { stuck, others } = handshakes;
      return {
        check: halfOpen.id,
        severity: others === 0 ? 'error' : 'warning',
        subject: ofRealServer(service, row),
        lookedAt: '/proc/net/ip_vs_conn',
        found: `${stuck} of ${stuck + others} connections to it are half open (SYN_RECV)`,
        matters:
          "the clients' requests go there and no answer reaches them: the real server does not take the virtual address as its own, nothing listens there on the port, or its answers are lost",
        mend: [
          // Which addresses a firewall mark stands for is not known here.
          ...(service.service.identity.kind === 'address' ? [setUpRealServer(service, row)] : []),
          adviceForRealServer(
            realServer.identity.address,
            'see that a program listens there on the port, and that no firewall is in the way',
          ),
        ],
      };
    }),
};
