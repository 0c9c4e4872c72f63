import type { TrackingState } from '../forwarding/firewall/firewall.ts';
import { ruleText } from '../forwarding/firewall/rule-text.ts';
import { type Verdict, verdictOf } from '../forwarding/firewall/verdict.ts';
import type { AddressServiceIdentity } from '../ipvs/identity.ts';
import { protocolNumber } from '../ipvs/protocol.ts';
import type { PublicRealServerView } from '../sampling/view.ts';
import type { PublicEvidence } from './evidence.ts';

/** Whether IPVS lets the firewall see its connections. */
export function isTracked({ machine }: PublicEvidence): boolean {
  return machine.sysctl('net/ipv4/vs/conntrack') === '1';
}

/** What the director's firewall does with a client's packet to a service, which it sees before IPVS does. */
export function requestVerdict(
  { machine }: PublicEvidence,
  { family, protocol, address, port }: AddressServiceIdentity,
  state: TrackingState,
): Verdict {
  return verdictOf(machine.firewall(), 'INPUT', {
    family,
    source: null,
    destination: address,
    protocol: protocolNumber(protocol),
    sourcePort: null,
    destinationPort: port === 0 ? null : port,
    inLink: null,
    outLink: null,
    state,
    mark: null,
  });
}

/** What it does with a real server's response under NAT, before IPVS gives it the virtual address back. */
export function responseVerdict(
  { machine, network }: PublicEvidence,
  { protocol }: AddressServiceIdentity,
  { realServer: { identity } }: PublicRealServerView,
  state: TrackingState,
): Verdict {
  const route = network.routes.get(identity.address);
  return verdictOf(machine.firewall(), 'FORWARD', {
    family: identity.family,
    source: identity.address,
    destination: null,
    protocol: protocolNumber(protocol),
    sourcePort: identity.port === 0 ? null : identity.port,
    destinationPort: null,
    inLink: route?.kind === 'unicast' ? route.link : null,
    outLink: null,
    state,
    mark: null,
  });
}

/** What a response under NAT is to the firewall: one of a connection that it knows, or of none. */
export function responseState(evidence: PublicEvidence): TrackingState {
  return isTracked(evidence) ? 'established' : 'invalid';
}

/** What drops a packet, as words: `its rule "-p tcp -j DROP" (12 packets so far)`. */
export function dropWords(chain: string, verdict: Extract<Verdict, { kind: 'drop' }>): string {
  const { rule } = verdict;
  return rule === null
    ? `the policy of ${chain} drops them`
    : `${chain} drops them: "${ruleText(rule)}", ${rule.packets} packets so far`;
}

/** `iptables` of a family. */
export function iptables({ family }: Pick<AddressServiceIdentity, 'family'>): string {
  return family === 'inet' ? 'iptables' : 'ip6tables';
}
