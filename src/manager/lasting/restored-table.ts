import type { Plan } from '../../changes/plan/plan.ts';
import { realServerKind, serviceKind, servicePicture } from '../../changes/steps/objects.ts';
import type { Step } from '../../changes/steps/step.ts';
import { describeSteps, realServerStep, removes, stepLine } from '../../changes/steps/step-kinds.ts';
import { readServiceState } from '../../changes/steps/table-state.ts';
import { netEffect } from '../../changes/undo/net-effect.ts';
import { performPlan } from '../../changes/write/perform-plan.ts';
import type { Director } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import type { Work } from '../../system/turns.ts';

/**
 * The steps that make what a plan of edits touches as it was before it, whoever has changed it since. What has to be
 * added or deleted for that is among them; a service that is gone is not.
 */
export function* stepsToBefore(director: Director, { steps }: Pick<Plan, 'steps'>): Work<readonly Step[]> {
  const back: Step[] = [];
  for (const { identity, service, realServers } of yield* netEffect(steps)) {
    const present = servicePicture(readServiceState(director, identity));
    if (present.service === undefined) continue;
    for (const [key, { before }] of realServers) {
      const now = present.realServers.get(key) ?? null;
      const isAsBefore =
        now === null || before === null ? now === before : realServerKind.isSame(now.realServer, before);
      if (!isAsBefore) back.push(...realServerStep(identity, now, before));
    }
    const before = service?.before ?? null;
    if (before !== null && !serviceKind.isSame(present.service, before)) {
      back.push({ kind: 'set service', before: present.service, after: before });
    }
    yield realServers.size + 1;
  }
  return back;
}

/**
 * Writes to the kernel what is left to make the table as it was before a plan; gives a clause that says how it is then.
 * Where keepalived runs, it alone adds and deletes: a real server that its check holds out is not put in.
 */
export function* restoreTable(director: Director, plan: Pick<Plan, 'steps'>, isKept: boolean): Work<string> {
  try {
    const wanted = yield* stepsToBefore(director, plan);
    const own = wanted.filter((step) => !isKept || !(removes(step) || step.kind === 'add real server'));
    yield* performPlan(director, {
      steps: own,
      lines: own.map(stepLine),
      warnings: [],
      destructive: false,
      doubtful: false,
    });
    const left = yield* stepsToBefore(director, plan);
    return left.length === 0
      ? 'the table is as it was'
      : `the table is not as it was; left is to ${describeSteps(left)}`;
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    return `the table may not be as it was: ${error.reason}`;
  }
}
