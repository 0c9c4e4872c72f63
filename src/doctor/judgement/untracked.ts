import { adviceForDirector, onDirector, type Remedy } from '../../forwarding/diagnosis.ts';
import type { Firewall } from '../../forwarding/firewall/firewall.ts';
import { chainsAt, type RulePlace, takes } from '../../forwarding/firewall/verdict.ts';
import type { AddressServiceIdentity } from '../../ipvs/identity.ts';
import type { PublicServiceView } from '../../sampling/view.ts';
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
  return evidence.services.filter(({ service: { identity }, realServers }) => {
    if (identity.kind !== 'address' || identity.protocol !== 'tcp') return false;
    const isOneWay = realServers.some(
      ({ realServer: { forwarding } }) => forwarding === 'dr' || forwarding === 'tun',
    );
    return (
      isOneWay &&
      !leavesUntracked(firewall, identity) &&
      requestVerdict(evidence, identity, 'invalid').kind !== 'accept'
    );
  });
}

/** Leaves a service's packets untracked, and lets them in before the rules that look at connections and drop them. */
export function untrackRemedies(identity: AddressServiceIdentity, dropping: RulePlace): Remedy[] {
  const packets = requestsTo(identity);
  return [
    onDirector(untrackCommand(dropping.table, packets)),
    onDirector(acceptCommand(dropping, packets), 'it lets in whoever calls the service'),
    adviceForDirector('both are gone after a reboot: put them where the rules are kept'),
  ];
}
