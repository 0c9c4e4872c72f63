import type { Intention } from '../../changes/plan/intention.ts';
import { makePlan } from '../../changes/plan/make-plan.ts';
import { addressesConcerned } from '../../changes/plan/network-doubts.ts';
import type { Plan } from '../../changes/plan/plan.ts';
import { readServiceState } from '../../changes/steps/table-state.ts';
import type { Director } from '../../director/director.ts';
import { allAtOnce } from '../../system/turns.ts';
import { type CommandContext, withDirector } from '../context/context.ts';
import { requireAnswers, showAnswers } from './ask-before.ts';
import { carryOutLasting, isLasting, lastingRemarks } from './carry-out-lasting.ts';
import { networkAround } from './network-around.ts';
import { requireHostName, requireWritableTable } from './read-only.ts';
import { performInterruptibly } from './record-change.ts';
import { requireConfirmation, showDone, showSimulated, showWarnings } from './tell-plan.ts';
import { jsonOfPlan, requireSamePlan } from './trial.ts';
import type { WriteOptions } from './write-options.ts';

/**
 * Plans what a command intends, shows the ipvsadm lines and warnings, asks where something would be destroyed
 * or interrupted, does it, and says what was done. Throws an `IpvsError` when it was not, or not all of it.
 */
export async function carryOut(
  context: CommandContext,
  options: WriteOptions,
  intend: (director: Director) => Intention | readonly Intention[],
): Promise<void> {
  await withDirector(context, { demo: options.demo ?? false }, async (director) => {
    const wanted = intend(director);
    const intentions = Array.isArray(wanted) ? wanted : [wanted];
    const addresses = intentions.flatMap((intention) => [
      ...addressesConcerned(intention, (service) => readServiceState(director, service)),
    ]);
    const network = await networkAround(context, director, addresses, options.demo);
    const planned = () => allAtOnce(makePlan(director, intentions, network));
    if (isLasting(options)) {
      if (options.probe === true) await requireAnswers(context, director, planned(), options);
      if (await carryOutLasting(context, director, intentions, options, network)) return;
    }
    const plan = planned();
    if (plan.steps.length === 0 && options.planJson !== true && options.planned === undefined)
      context.console.err('already so: nothing to do');
    else {
      await carryOutPlan(context, director, plan, options, lastingRemarks(context, options, intentions));
    }
  });
}

/**
 * Shows a plan, asks, does it and says what was done, on a director that is open. Tells whether it was done; it was not
 * when only its lines were wanted. `remarks` are lines to print beside the plan's warnings. Throws an `IpvsError` when
 * the plan could not be done, or not all of it.
 */
export async function carryOutPlan(
  context: CommandContext,
  director: Director,
  plan: Plan,
  options: WriteOptions,
  remarks: readonly string[] = [],
): Promise<boolean> {
  const { console } = context;
  if (context.foresee !== undefined) {
    await context.foresee(director, plan);
    return false;
  }
  requireSamePlan(plan, options);
  if (options.planJson === true) {
    console.out(`${JSON.stringify(jsonOfPlan(plan))}\n`);
    return false;
  }
  if (options.dryRun === true) {
    console.out(plan.lines.map((line) => `${line}\n`).join(''));
    showWarnings(console, plan.warnings);
    for (const remark of remarks) console.err(remark);
    await showAnswers(context, director, plan, options);
    await requireAnswers(context, director, plan, options);
    return false;
  }
  await requireWritableTable(context, options, plan);
  for (const line of plan.lines) console.err(line);
  showWarnings(console, plan.warnings);
  for (const remark of remarks) console.err(remark);
  await requireAnswers(context, director, plan, options);
  if (plan.destructive && options.yes !== true) {
    await showAnswers(context, director, plan, options);
    await requireConfirmation(console, plan);
  }
  await requireHostName(context, options);
  await performInterruptibly(context, director, plan, options, ({ done, deviations }) => {
    showDone(console, done);
    showWarnings(console, deviations);
    showSimulated(console, director);
  });
  return true;
}
