import { count } from '../../changes/describe.ts';
import type { Plan } from '../../changes/plan.ts';
import { describeStep } from '../../changes/step-kinds.ts';

/** The first step, and how many there are more. */
export function planText({ steps: [first, ...others] }: Plan): string {
  if (first === undefined) return '';
  return `"${describeStep(first)}"${others.length === 0 ? '' : ` and ${count(others.length, 'step')} more`}`;
}
