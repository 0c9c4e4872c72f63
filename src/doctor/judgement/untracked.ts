import { adviceForDirector, onDirector, type Remedy } from '../../forwarding/diagnosis.ts';
import type { Firewall } from '../../forwarding/firewall/firewall.ts';
import type { Verdict } from '../../forwarding/firewall/verdict.ts';
import { chainsAt, type RulePlace, takes } from '../../forwarding/firewall/verdict.ts';
import type { AddressServiceIdentity } from '../../ipvs/identity.ts';
import type { PublicServiceView } from '../../sampling/view.ts';
import { type CalledAddress, calledAddresses } from '../evidence/called-address.ts';
import type { PublicEvidence } from '../evidence/evidence.ts';
import { acceptCommand, requestsTo, requestVerdict, untrackCommand } from '../evidence/firewall-ways.ts';
import { serviceRequest } from '../evidence/service-request.ts';

/** `NF_IP_PRI_CONNTRACK`: a rule that leaves packets untracked must come before this priority. */
const trackingPriority = -200;

/** Whether a rule leaves the packets of a service's clients untracked. */
export function leavesUntracked(firewall: Firewall, identity: AddressServiceIdentity): boolean {
  return chainsAt(firewall, identity.family, 'prerouting').some(
    ({ priority, chain: { rules } }) =>
      priority < trackingPriority &&
      rules.some((rule) => rule.target.kind === 'notrack' && takes(rule, serviceRequest(identity)) === true),
  );
}

/** Services under DR or TUN whose clients a firewall takes for invalid as soon as IPVS tracks its connections. */
export function harmedByTracking(evidence: PublicEvidence): PublicServiceView[] {
  const firewall = evidence.machine.firewall();
  return evidence.services.filter(
    ({ service: { identity }, realServers }) =>
      realServers.some(({ realServer: { forwarding } }) => forwarding === 'dr' || forwarding === 'tun') &&
      calledAddresses(evidence, identity).some(
        (called) =>
          called.protocol === 'tcp' &&
          !leavesUntracked(firewall, called) &&
          requestVerdict(evidence, called, 'invalid').kind !== 'accept',
      ),
  );
}

/** What clients call, and the rule that drops their packets. */
export interface DroppedRequests {
  readonly called: CalledAddress;
  readonly verdict: Verdict & RulePlace;
}

/** Those of a service's clients whose packets are dropped once they are taken for invalid, and not before. */
export function droppedAsInvalid(
  evidence: PublicEvidence,
  { service: { identity } }: PublicServiceView,
): DroppedRequests[] {
  return calledAddresses(evidence, identity).flatMap((called) => {
    if (called.protocol !== 'tcp' || leavesUntracked(evidence.machine.firewall(), called)) return [];
    const verdict = requestVerdict(evidence, called, 'invalid');
    // A rule that drops every request is reported by the check firewall-drops.
    if (verdict.kind !== 'drop' || requestVerdict(evidence, called, 'new').kind === 'drop') return [];
    return [{ called, verdict }];
  });
}

/** Leaves packets untracked, and lets them in before the rules that look at connections and drop them. */
export function untrackRemedies(dropped: readonly DroppedRequests[]): Remedy[] {
  return [
    ...dropped.flatMap(({ called, verdict }) => {
      const packets = requestsTo(called);
      return [
        onDirector(untrackCommand(verdict.table, packets)),
        onDirector(acceptCommand(verdict, packets), 'it lets in whoever calls the service'),
      ];
    }),
    adviceForDirector('they are gone after a reboot: put them where the rules are kept'),
  ];
}
