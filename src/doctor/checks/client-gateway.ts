import { adviceForDirector, onDirector, shellWord } from '../../forwarding/diagnosis.ts';
import type { Family } from '../../ipvs/family.ts';
import type { PublicServiceView } from '../../sampling/view.ts';
import type { PublicCheck } from '../check.ts';
import { elsewhere } from '../elsewhere.ts';
import type { PublicEvidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { director } from '../subjects.ts';
import { isStranger } from '../way-out.ts';

/** What the director answers itself, and what it passes on under NAT, takes its own way to the clients. */
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
      const client = strangerOf(evidence, family);
      const { network } = evidence;
      const route = network.routes.get(elsewhere[family]);
      const ip = family === 'inet' ? 'ip' : 'ip -6';
      if (route?.kind === 'none' && client !== undefined) {
        return [
          {
            check: 'client-gateway',
            severity: 'error',
            subject: director,
            lookedAt: `${ip} route get ${elsewhere[family]}`,
            found: `there is no default route (${route.reason}), and clients like ${client} are in none of the director's own subnets`,
            matters:
              'responses that come back through the director are dropped, unless a route of their own leads to the clients',
            mend: [adviceForDirector(`give it one: "${ip} route add default via GATEWAY"`)],
          },
        ];
      }
      if (route?.kind !== 'unicast' || route.via === null) return [];
      if (network.neighbour(route.link, route.via)?.state !== 'failed') return [];
      return [
        {
          check: 'client-gateway',
          severity: client === undefined ? 'warning' : 'error',
          subject: director,
          lookedAt: `${ip} neighbour show ${route.via} dev ${route.link}`,
          found: `the default gateway ${route.via} is FAILED: it does not answer on ${route.link}`,
          matters:
            'responses that come back through the director do not get further, so that clients time out',
          mend: [
            adviceForDirector(`see why ${route.via} is silent, or change the default route`),
            onDirector(`${ip} neighbour flush to ${route.via} dev ${shellWord(route.link)} nud failed`),
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

/** A client that only a gateway leads to; `undefined` where none is seen. */
function strangerOf(evidence: PublicEvidence, family: Family): string | undefined {
  return evidence.connections.connections.find(
    ({ client: { address } }) =>
      address.includes(':') === (family === 'inet6') && isStranger(evidence, address),
  )?.client.address;
}
