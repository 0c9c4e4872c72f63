import type { NetworkRule } from './network-rule.ts';
import { forwardingOff } from './network-rules/forwarding-off.ts';
import { neighbourFailed } from './network-rules/neighbour-failed.ts';
import { noRoute } from './network-rules/no-route.ts';
import { notOnLink } from './network-rules/not-on-link.ts';
import { tunnelMtu } from './network-rules/tunnel-mtu.ts';
import { tunnelSource } from './network-rules/tunnel-source.ts';
import { vipMissing } from './network-rules/vip-missing.ts';

/** The rules of the network, in the order in which they are told; the doctor makes a check of each. */
export const networkRules: readonly NetworkRule[] = [
  vipMissing,
  noRoute,
  notOnLink,
  neighbourFailed,
  forwardingOff,
  tunnelMtu,
  tunnelSource,
];
