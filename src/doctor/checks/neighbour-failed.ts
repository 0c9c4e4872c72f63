import { adviceForDirector } from '../../forwarding/diagnosis.ts';
import { neighbourFailed as rule } from '../../forwarding/network-rules/neighbour-failed.ts';
import type { PublicRealServerView, PublicServiceView } from '../../sampling/view.ts';
import type { PublicEvidence } from '../evidence/evidence.ts';
import { connectionsOf, isOwnCall } from '../evidence/sampled-connections.ts';
import type { Finding } from '../finding.ts';
import { askIt } from '../judgement/ask-it.ts';
import type { PublicCheck } from '../judgement/check.ts';
import { ruleCheck } from '../judgement/rule-check.ts';

const ofRule = ruleCheck(rule);

/** The network rule, made milder where the director's own call to its virtual address may be all that got no answer. */
export const neighbourFailed: PublicCheck = {
  ...ofRule,
  restsOn: [
    ...ofRule.restsOn,
    "net/ipv4/arp.c, arp_solicit: short of arp_announce=2 the question bears the source of the packet that waits, which is the virtual address in the director's own calls; seen",
  ],
  find: (evidence) => ofRule.find(evidence).map((finding) => milder(evidence, finding) ?? finding),
};

function milder(evidence: PublicEvidence, finding: Finding): Finding | undefined {
  const { subject } = finding;
  if (subject.kind !== 'real server' || subject.realServer.family !== 'inet') return undefined;
  const found = rowOf(evidence, subject);
  if (found === undefined || finding.severity !== 'error') return undefined;
  const { service, row } = found;
  const { forwarding, identity } = row.realServer;
  if (forwarding !== 'dr' || asksInItsOwnName(evidence, identity.address)) return undefined;
  const waiting = connectionsOf(evidence, service, row).filter(({ state }) => state === 'SYN_RECV');
  const own = waiting.filter((connection) => isOwnCall(evidence, connection));
  const [call] = own;
  // Others wait, too, and for them the director asks in its own name.
  if (call === undefined || own.length < waiting.length) return undefined;
  const vip = call.client.address;
  return {
    ...finding,
    severity: 'warning',
    found: `${finding.found}; this machine calls ${call.virtual.address} itself, and asks in the name of ${vip} then`,
    matters:
      'a real server that has that address, too, does not answer such a question, and may be well: for other clients the director asks in its own name. It may be down as well',
    mend: [
      askIt(service, row),
      adviceForDirector(
        '"sysctl -w net.ipv4.conf.all.arp_announce=2" has the director always ask in its own name',
      ),
      ...finding.mend,
    ],
  };
}

type OfRealServer = Extract<Finding['subject'], { kind: 'real server' }>;

function rowOf(
  { services }: PublicEvidence,
  { service, realServer }: OfRealServer,
): { readonly service: PublicServiceView; readonly row: PublicRealServerView } | undefined {
  for (const view of services) {
    if (view.service.identity !== service) continue;
    const row = view.realServers.find(({ realServer: { identity } }) => identity === realServer);
    if (row !== undefined) return { service: view, row };
  }
  return undefined;
}

/** Whether the director asks for a real server by an address of its own whatever packet waits. */
function asksInItsOwnName({ network }: PublicEvidence, address: string): boolean {
  const route = network.routes.get(address);
  const links = ['all', ...(route?.kind === 'unicast' ? [route.link] : [])];
  return links.some((link) => network.sysctl(`net/ipv4/conf/${link}/arp_announce`) === '2');
}
