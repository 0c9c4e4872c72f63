import type { NetworkChoice } from '../forwarding/network-rule.ts';
import { brokenNetworkRules } from '../forwarding/network-rules.ts';
import { isWholeRealServer } from '../ipvs/real-server.ts';
import type { PublicRealServerView, PublicServiceView } from '../sampling/view.ts';
import type { PublicEvidence } from './evidence.ts';

/** Whether a rule of the network finds a fault that stops a real server's traffic: what else fails then, fails by that. */
export function isCutOff(
  { network }: PublicEvidence,
  { service }: PublicServiceView,
  { realServer }: PublicRealServerView,
): boolean {
  const { identity, forwarding } = realServer;
  const tunnel = isWholeRealServer(realServer) ? realServer.tunnel : null;
  const choice: NetworkChoice = { service: service.identity, realServer: identity, forwarding, tunnel };
  return brokenNetworkRules(choice, network).some(({ diagnosis }) => diagnosis.severity === 'error');
}
