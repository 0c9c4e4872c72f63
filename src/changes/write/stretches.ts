import { mostWrites } from '../../director/director.ts';
import type { Step } from '../steps/step.ts';
import { stepGroup } from '../steps/step-kinds.ts';

/** One step or more. */
export type Steps = readonly [Step, ...Step[]];

/** Consecutive steps that do the same thing in one service. */
export interface Stretch {
  /** Whether the service existed before this plan, so that others may have changed it. */
  readonly isToBeReadAgain: boolean;
  readonly steps: Steps;
  /**
   * Whether all steps go in one request. Only additions do: if one is refused, the others are done anyway, and one
   * real server more does no harm. If a weight is lowered or a real server deleted although its substitute was
   * refused, that could end a service.
   */
  readonly isTogether: boolean;
}

/** Divides the steps of a plan, in their order, into stretches, as they are asked for. */
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
