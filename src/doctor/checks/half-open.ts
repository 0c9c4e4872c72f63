import { adviceForRealServer, onRealServer, type Remedy } from '../../forwarding/diagnosis.ts';
import { formatRealServer, formatService, type ServiceIdentity } from '../../ipvs/identity.ts';
import type { RealServer } from '../../ipvs/real-server.ts';
import type { Check } from '../check.ts';
import { isCutOff } from '../cut-off.ts';
import { hushArp } from '../hush-arp.ts';
import { areStuck, connectionsOf, handshakesOf } from '../sampled-connections.ts';
import { eachRealServer, ofRealServer } from '../subjects.ts';

/**
 * Under DR and TUN the director sees no response, but it sees the client's next packet: without one, the client got
 * none.
 */
export const halfOpen: Check = {
  id: 'half-open',
  title: 'connections to a real server under DR or TUN stay half open',
  restsOn: [
    'the source: under TUN and DR the real server needs the virtual address, and answers clients itself',
    "net/netfilter/ipvs/ip_vs_proto_tcp.c, tcp_states: SYN_RECV until the client's ACK is seen, which needs the real server's answer",
    'practice: seen with the virtual address missing on lo, and with nothing listening on the port',
  ],
  byService: true,
  find: (evidence) =>
    eachRealServer(evidence, (service, row) => {
      const { realServer } = row;
      if (realServer.forwarding !== 'dr' && realServer.forwarding !== 'tun') return undefined;
      const handshakes = handshakesOf(connectionsOf(evidence, service, row));
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
        mend: remedies(service.service.identity, realServer),
      };
    }),
};

function remedies(service: ServiceIdentity, realServer: RealServer): Remedy[] {
  const { address } = realServer.identity;
  const advice = adviceForRealServer(
    address,
    `see that a program listens there on the port, and that no firewall is in the way; "lvstop setup ${formatService(service)} ${formatRealServer(realServer.identity)} --check" on the director prints a script that looks after all the rest`,
  );
  if (service.kind === 'fwmark') return [advice];
  const isInet = service.family === 'inet';
  const ip = isInet ? 'ip' : 'ip -6';
  const host = `${service.address}/${isInet ? 32 : 128}`;
  if (realServer.forwarding === 'dr') {
    return [
      // Before the address is there, so that it is never answered for.
      ...(isInet ? [onRealServer(address, hushArp)] : []),
      onRealServer(address, `${ip} address replace ${host} dev lo`),
      advice,
    ];
  }
  return [onRealServer(address, `${ip} address replace ${host} dev lo`), advice];
}
