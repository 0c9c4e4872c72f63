import { closedRoute } from '../../forwarding/closed-route.ts';
import { adviceForDirector, onDirector, shellWord } from '../../forwarding/diagnosis.ts';
import type { Family } from '../../ipvs/family.ts';
import type { PublicServiceView } from '../../sampling/view.ts';
import { elsewhere } from '../evidence/elsewhere.ts';
import type { PublicEvidence } from '../evidence/evidence.ts';
import type { Finding } from '../finding.ts';
import type { PublicCheck } from '../judgement/check.ts';
import { director } from '../judgement/subjects.ts';
import { isBroken, isCutOffHere } from '../judgement/way-out.ts';

/**
 * Responses under NAT, and those of a real server on this machine, leave by the director's own route to the client.
 */
export const clientGateway: PublicCheck = {
  id: 'client-gateway',
  title: "the director's own way to its clients is missing or dead, by which responses under NAT go",
  restsOn: [
    'net/ipv4/ip_forward.c and route.c: a response that the director cannot send on is dropped, before IPVS sees it where there is no route',
    'net/core/neighbour.c: what is sent to a gateway that does not answer waits, then is dropped',
  ],
  byService: false,
  find(evidence) {
    return (['inet', 'inet6'] as const).flatMap((family): Finding[] => {
      if (
        !evidence.services.some(
          (service) => service.service.identity.family === family && answersHere(service, evidence),
        )
      )
        return [];
      const client = cutOffClient(evidence, family);
      const way = evidence.network.routes.get(client ?? elsewhere[family]);
      const ip = family === 'inet' ? 'ip' : 'ip -6';
      if (way?.kind === 'none' && client !== undefined) {
        const closed = closedRoute(client, way);
        return [
          {
            check: 'client-gateway',
            severity: 'error',
            subject: director,
            lookedAt: `${ip} route get ${client}`,
            found:
              closed === undefined
                ? `there is no route to ${client}, which is a client (${way.reason})`
                : `${client}, which is a client, is ${closed.found}`,
            matters: 'responses to it that come back through the director are dropped',
            mend: [
              closed?.mend ??
                adviceForDirector(
                  `give the director a way to its clients: "${ip} route add default via GATEWAY"`,
                ),
            ],
          },
        ];
      }
      if (way?.kind !== 'unicast' || way.via === null) return [];
      const isFailed = isBroken(evidence, way);
      if (!isFailed && client === undefined) return [];
      return [
        {
          check: 'client-gateway',
          severity: client === undefined ? 'warning' : 'error',
          subject: director,
          lookedAt: `${ip} neighbour show ${way.via} dev ${way.link}`,
          found: `the gateway ${way.via}, by which the way to ${client ?? 'strangers'} goes, ${isFailed ? 'is FAILED: it does not answer' : 'is INCOMPLETE: it is asked for while that client waits, and has not answered'} on ${way.link}`,
          matters:
            'responses that come back through the director do not get further, so that clients time out',
          mend: [
            adviceForDirector(`see why ${way.via} is silent, or change the route`),
            ...(evidence.machine.sysctl('net/ipv4/vs/snat_reroute') === '0'
              ? [
                  adviceForDirector(
                    'net.ipv4.vs.snat_reroute is 0, so that responses under NAT go by the way of the real server\'s address: where a rule has another way for the virtual one, "sysctl -w net.ipv4.vs.snat_reroute=1" has them take it',
                  ),
                ]
              : []),
            ...(isFailed
              ? [onDirector(`${ip} neighbour flush to ${way.via} dev ${shellWord(way.link)} nud failed`)]
              : []),
          ],
        },
      ];
    });
  },
};

/** Whether responses of a service pass the director: under NAT, or since it is a real server itself. */
function answersHere({ realServers }: PublicServiceView, { network }: PublicEvidence): boolean {
  return realServers.some(
    ({ realServer: { forwarding, identity } }) =>
      forwarding === 'nat' ||
      forwarding === 'local' ||
      network.routes.get(identity.address)?.kind === 'local',
  );
}

/** A client that the director cannot reach, among those whose route was looked up; `undefined` if there is none. */
function cutOffClient(evidence: PublicEvidence, family: Family): string | undefined {
  return evidence.connections.connections.find(
    (connection) =>
      connection.client.address.includes(':') === (family === 'inet6') && isCutOffHere(evidence, connection),
  )?.client.address;
}
