import type { Intention } from '../changes/intention.ts';
import { makeJointPlan } from '../changes/make-plan.ts';
import type { Plan } from '../changes/plan.ts';
import type { Director } from '../director/director.ts';
import { IpvsError } from '../ipvs/error.ts';

/** What an edit would do, or why it cannot be done. */
export type Preview =
  | { readonly kind: 'plan'; readonly plan: Plan }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refusal'; readonly error: IpvsError };

/** Plans the intentions in order without doing anything; several become one plan. */
export function previewOf(director: Director, intentions: () => readonly Intention[]): Preview {
  try {
    const plan = makeJointPlan(director, intentions());
    return plan.steps.length === 0 ? { kind: 'nothing' } : { kind: 'plan', plan };
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    return { kind: 'refusal', error };
  }
}
