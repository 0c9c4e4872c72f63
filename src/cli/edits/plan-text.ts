import type { Plan } from '../../changes/plan/plan.ts';
import { count } from '../../changes/steps/describe.ts';
import { describeStep } from '../../changes/steps/step-kinds.ts';

/** The first step of a plan in words, and how many more there are. */
export function planText({ steps: [first, ...others] }: Plan): string {
  if (first === undefined) return '';
  return `"${describeStep(first)}"${others.length === 0 ? '' : ` and ${count(others.length, 'step')} more`}`;
}
