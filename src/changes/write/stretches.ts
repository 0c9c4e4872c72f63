import { mostWrites } from '../../director/director.ts';
import type { Step } from '../steps/step.ts';
import { stepGroup } from '../steps/step-kinds.ts';

/** One step or more. */
export type Steps = readonly [Step, ...Step[]];

/** Steps that follow each other, belong to one service and do the same to it. */
export interface Stretch {
  /** The service was not made by this plan itself, so that others may have changed it. */
  readonly isToBeReadAgain: boolean;
  readonly steps: Steps;
  /**
   * All in one request, or one request each. Only additions go together: those behind one that is refused are done
   * all the same, and one more real server does no harm, where a weight that is lowered or a real server that is
   * deleted after its substitute was refused could end a service.
   */
  readonly isTogether: boolean;
}

/** Divides the steps of a plan, in their order, as they are asked for. */
export function* stretchesOf(steps: readonly Step[]): Generator<Stretch, void, void> {
  const made = new Set<string>();
  let last:
    | (Stretch & { readonly key: string; readonly kind: string; readonly steps: [Step, ...Step[]] })
    | undefined;
  for (const step of steps) {
    const key = stepGroup(step);
    const isTogether = step.kind === 'add service' || step.kind === 'add real server';
    const kind = isTogether ? 'additions' : step.kind;
    if (step.kind === 'add service') made.add(key);
    if (key !== '' && last?.key === key && last.kind === kind && last.steps.length < mostWrites) {
      last.steps.push(step);
    } else {
      if (last !== undefined) yield last;
      last = { key, kind, isToBeReadAgain: !made.has(key), isTogether, steps: [step] };
    }
  }
  if (last !== undefined) yield last;
}
