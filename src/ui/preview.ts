import type { Intention } from '../changes/intention.ts';
import { makeJointPlan } from '../changes/make-plan.ts';
import { addressesConcerned } from '../changes/network-doubts.ts';
import type { Plan } from '../changes/plan.ts';
import { readServiceState } from '../changes/table-state.ts';
import type { Director } from '../director/director.ts';
import type { RecentNetwork } from '../doctor/recent-network.ts';
import { IpvsError } from '../ipvs/error.ts';
import type { ServiceIdentity } from '../ipvs/identity.ts';

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

/**
 * Plans the intentions in order without doing anything; several become one plan. With `network` it warns of what
 * speaks against them there, as far as the routes are known, and has those looked up that are not.
 */
export function previewOf(
  director: Director,
  intentions: () => readonly Intention[],
  network?: RecentNetwork,
): Preview {
  return previewOfPlan(() => {
    const wanted = intentions();
    if (network === undefined) return makeJointPlan(director, wanted);
    const read = (service: ServiceIdentity) => readServiceState(director, service);
    network.lookUp(wanted.flatMap((intention) => addressesConcerned(intention, read)));
    return makeJointPlan(director, wanted, network.facts);
  });
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
