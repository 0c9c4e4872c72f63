import { networkRules } from '../forwarding/network-rules.ts';
import type { Check } from './check.ts';
import { ruleCheck } from './rule-check.ts';

/** Everything that the doctor looks for, in the order in which it is told of one subject. */
export const checks: readonly Check[] = [...networkRules.map(ruleCheck)];
