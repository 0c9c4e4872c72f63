import { doubtSentences } from './network-doubts.ts';
import type { Plan, Step } from './plan.ts';
import { removes, stepLine } from './step-kinds.ts';
import type { planWarnings } from './warnings.ts';

/** A plan of steps, with what was found about each of the services that they touch. */
export function judgedPlan(steps: readonly Step[], judged: readonly ReturnType<typeof planWarnings>[]): Plan {
  const doubts = judged.flatMap((found) => found.doubts);
  let lines: readonly string[] | undefined;
  return {
    steps,
    // Ten thousand lines that nobody may ask for.
    get lines() {
      lines ??= steps.map(stepLine);
      return lines;
    },
    warnings: [...new Set([...doubtSentences(doubts), ...judged.flatMap(({ warnings }) => warnings)])],
    destructive:
      judged.some(({ interrupts }) => interrupts) ||
      steps.some((step) => removes(step) || step.kind === 'zero'),
    doubtful: doubts.length > 0,
  };
}
