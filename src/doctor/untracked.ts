import { adviceForDirector, onDirector, type Remedy } from '../forwarding/diagnosis.ts';
import type { Firewall } from '../forwarding/firewall/firewall.ts';
import { tableOf, takes } from '../forwarding/firewall/verdict.ts';
import type { AddressServiceIdentity } from '../ipvs/identity.ts';
import type { PublicServiceView } from '../sampling/view.ts';
import type { PublicEvidence } from './evidence.ts';
import { iptables, requestVerdict } from './firewall-ways.ts';
import { serviceRequest } from './service-request.ts';

/** Whether a rule of `raw` leaves the packets of a service's clients untracked. */
export function leavesUntracked(firewall: Firewall, identity: AddressServiceIdentity): boolean {
  const rules = tableOf(firewall, identity.family, 'raw')?.chains.get('PREROUTING')?.rules ?? [];
  return rules.some(
    (rule) => rule.target.kind === 'notrack' && takes(rule, serviceRequest(identity)) === true,
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

/** Leaves a service's packets untracked, and lets them in before the rules that look at connections. */
export function untrackRemedies(identity: AddressServiceIdentity): Remedy[] {
  const ip = iptables(identity);
  const { address, protocol, port } = identity;
  const to = `-d ${address} -p ${protocol}${port === 0 ? '' : ` --dport ${port}`}`;
  return [
    onDirector(`${ip} -t raw -A PREROUTING ${to} -j CT --notrack`),
    onDirector(`${ip} -I INPUT ${to} -j ACCEPT`, 'it lets in whoever calls the service'),
    adviceForDirector('both are gone after a reboot: put them where the rules are kept'),
  ];
}
