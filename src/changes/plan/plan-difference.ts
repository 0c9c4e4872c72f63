import type { Director } from '../../director/director.ts';
import type { NetworkFacts } from '../../forwarding/network-facts.ts';
import { formatService } from '../../ipvs/identity.ts';
import type { Work } from '../../system/turns.ts';
import { isSettingStep, stepGroup } from '../steps/step-kinds.ts';
import type { ServiceState } from '../steps/table-state.ts';
import type { Difference } from './difference.ts';
import { judgedPlan } from './judged-plan.ts';
import type { Plan } from './plan.ts';

/** What a plan for a difference depends on. */
export interface DifferencePlanContext {
  readonly present: readonly ServiceState[];
  /** Whether to remove what is not in the configuration. */
  readonly prune: boolean;
  /**
   * This machine's network with the routes concerned; where it is left out, the plan says nothing about the network.
   */
  readonly network?: NetworkFacts | undefined;
}

/**
 * The smallest plan that makes a table what a configuration says. In all services, everything is added and changed
 * before anything is removed; real servers are removed before whole services.
 */
export function* planDifference(
  director: Director,
  { changes, surplus }: Difference,
  { present, prune, network }: DifferencePlanContext,
): Work<Plan> {
  const removals = prune ? surplus : [];
  const steps = [
    ...changes.map(({ step }) => step),
    ...removals.filter(({ kind }) => kind === 'delete real server'),
    ...removals.filter(({ kind }) => kind !== 'delete real server'),
  ];
  const before = new Map(present.map((state) => [formatService(state.service.identity), state]));
  const parts = Map.groupBy(
    steps.filter((step) => !isSettingStep(step)),
    stepGroup,
  )
    .entries()
    .map(([key, own]) => ({ before: key === '' ? undefined : before.get(key), steps: own }));
  return yield* judgedPlan(director, steps, parts, network);
}
