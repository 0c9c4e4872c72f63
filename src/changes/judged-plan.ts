import type { Plan, Step } from './plan.ts';
import { stepLine } from './step-line.ts';
import type { planWarnings } from './warnings.ts';

/** A plan of steps, with what was found about each of the services that they touch. */
export function judgedPlan(steps: readonly Step[], judged: readonly ReturnType<typeof planWarnings>[]): Plan {
  return {
    steps,
    lines: steps.map(stepLine),
    warnings: [...new Set(judged.flatMap(({ warnings }) => warnings))],
    destructive:
      judged.some(({ interrupts }) => interrupts) ||
      steps.some(({ kind }) => kind.startsWith('delete') || kind === 'zero'),
  };
}
