import type { NetworkChoice } from '../forwarding/network-rule.ts';
import { brokenNetworkRules } from '../forwarding/network-rules.ts';
import type { RealServerView, ServiceView } from '../sampling/view.ts';
import type { Evidence } from './evidence.ts';

/** Whether a rule of the network finds a fault that stops a real server's traffic: what else fails then, fails by that. */
export function isCutOff(
  { network }: Evidence,
  { service }: ServiceView,
  { realServer }: RealServerView,
): boolean {
  const { identity, forwarding, tunnel } = realServer;
  const choice: NetworkChoice = { service: service.identity, realServer: identity, forwarding, tunnel };
  return brokenNetworkRules(choice, network).some(({ diagnosis }) => diagnosis.severity === 'error');
}
