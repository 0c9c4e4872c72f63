import { adviceForDirector } from '../../forwarding/diagnosis.ts';
import type { PublicServiceView } from '../../sampling/view.ts';
import type { PublicEvidence } from '../evidence/evidence.ts';
import { connectionsOf, isOwnCall, isStuck } from '../evidence/sampled-connections.ts';
import type { PublicCheck } from '../judgement/check.ts';
import { eachService, ofService } from '../judgement/subjects.ts';

/** Under DR and TUN no real server elsewhere can answer the director itself. */
export const ownCalls: PublicCheck = {
  id: 'own-calls',
  title: 'the director calls a service of its own under DR or TUN, and gets no answer',
  restsOn: [
    "net/ipv4/fib_frontend.c, __fib_validate_source: what comes in with an address of the machine's own as its source is dropped; so is the call, which bears the virtual address, by the real server that has it, and an answer from that address by the director",
  ],
  byService: true,
  find: (evidence) =>
    eachService(evidence, (service) => {
      const waiting = unansweredCalls(evidence, service);
      const [first] = waiting;
      if (first === undefined) return [];
      return [
        {
          check: 'own-calls',
          severity: 'warning',
          subject: ofService(service),
          lookedAt: '/proc/net/ip_vs_conn, and the addresses of this machine',
          found: `${waiting.length === 1 ? 'a connection' : `${waiting.length} connections`} of this machine itself (from ${first.client.address}) ${waiting.length === 1 ? 'is' : 'are'} half open (SYN_RECV)`,
          matters:
            'the real server has the virtual address, too, and drops what seems to come from itself, or its answer comes here from an address of this machine, which drops that: however well all is, the director itself gets no answer under DR and TUN. It says nothing of other clients',
          mend: [
            adviceForDirector(
              'call it from another machine; "lvstop probe" asks the real servers from here. A program of this machine that needs the service can call a real server by its own address',
            ),
          ],
        },
      ];
    }),
};

/** Connections of this machine itself to real servers elsewhere that wait for an answer. */
function unansweredCalls(evidence: PublicEvidence, service: PublicServiceView) {
  return service.realServers
    .filter(({ realServer: { forwarding } }) => forwarding === 'dr' || forwarding === 'tun')
    .flatMap((row) => connectionsOf(evidence, service, row))
    .filter((connection) => isStuck(connection) && isOwnCall(evidence, connection));
}
