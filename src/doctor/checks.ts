import { networkRules } from '../forwarding/network-rules.ts';
import type { Check } from './check.ts';
import { clientBesideRealServer } from './checks/client-beside-real-server.ts';
import { halfOpen } from './checks/half-open.ts';
import { noResponse } from './checks/no-response.ts';
import { pmtuDiscOff } from './checks/pmtu-disc-off.ts';
import { reversePathFilter } from './checks/reverse-path-filter.ts';
import { vipAnsweredElsewhere } from './checks/vip-answered-elsewhere.ts';
import { ruleCheck } from './rule-check.ts';

/** Everything that the doctor looks for, in the order in which it is told of one subject. */
export const checks: readonly Check[] = [
  ...networkRules.map(ruleCheck),
  reversePathFilter,
  pmtuDiscOff,
  noResponse,
  clientBesideRealServer,
  halfOpen,
  vipAnsweredElsewhere,
];
