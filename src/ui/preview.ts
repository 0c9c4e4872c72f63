import type { Intention } from '../changes/intention.ts';
import { makeJointPlan } from '../changes/make-plan.ts';
import type { Plan } from '../changes/plan.ts';
import type { Director } from '../director/director.ts';
import { IpvsError } from '../ipvs/error.ts';

/** What an edit would do, or why it cannot be done. */
export type Preview =
  | {
      readonly kind: 'plan';
      readonly plan: Plan;
      /** The change that the plan takes back. */
      readonly undoes?: string;
    }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refusal'; readonly error: IpvsError };

/** Plans the intentions in order without doing anything; several become one plan. */
export function previewOf(director: Director, intentions: () => readonly Intention[]): Preview {
  return previewOfPlan(() => makeJointPlan(director, intentions()));
}

/** What a plan would do, or why it cannot be made; `undoes` is the change that it takes back. */
export function previewOfPlan(makePlan: () => Plan, undoes?: string): Preview {
  try {
    const plan = makePlan();
    if (plan.steps.length === 0) return { kind: 'nothing' };
    return { kind: 'plan', plan, ...(undoes !== undefined && { undoes }) };
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    return { kind: 'refusal', error };
  }
}
