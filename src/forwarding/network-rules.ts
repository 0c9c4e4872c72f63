import type { Diagnosis } from './diagnosis.ts';
import type { NetworkFacts } from './network-facts.ts';
import type { NetworkChoice, NetworkRule } from './network-rule.ts';
import { forwardingOff } from './network-rules/forwarding-off.ts';
import { loopbackRealServer } from './network-rules/loopback-real-server.ts';
import { loopbackService } from './network-rules/loopback-service.ts';
import { neighbourFailed } from './network-rules/neighbour-failed.ts';
import { nextHopLost } from './network-rules/next-hop-lost.ts';
import { noRoute } from './network-rules/no-route.ts';
import { notOnLink } from './network-rules/not-on-link.ts';
import { tunnelMtu } from './network-rules/tunnel-mtu.ts';
import { tunnelSource } from './network-rules/tunnel-source.ts';
import { vipMissing } from './network-rules/vip-missing.ts';

/** The network rules, in the order in which they are told; the doctor makes a check of each. */
export const networkRules: readonly NetworkRule[] = [
  vipMissing,
  loopbackService,
  loopbackRealServer,
  noRoute,
  notOnLink,
  neighbourFailed,
  nextHopLost,
  forwardingOff,
  tunnelMtu,
  tunnelSource,
];

/** A network rule that is broken, and how. */
export interface BrokenNetworkRule {
  readonly rule: NetworkRule;
  readonly diagnosis: Diagnosis;
}

/** Every rule that a real server in its service breaks, including those about the service. */
export function brokenNetworkRules(choice: NetworkChoice, network: NetworkFacts): BrokenNetworkRule[] {
  return networkRules.flatMap((rule) => {
    const diagnosis =
      rule.about === 'service' ? rule.find(choice.service, network) : rule.find(choice, network);
    return diagnosis === undefined ? [] : [{ rule, diagnosis }];
  });
}
