import type { Intention } from '../../changes/plan/intention.ts';
import { makePlan } from '../../changes/plan/make-plan.ts';
import { addressesConcerned } from '../../changes/plan/network-doubts.ts';
import type { Plan } from '../../changes/plan/plan.ts';
import { count } from '../../changes/steps/describe.ts';
import type { Step } from '../../changes/steps/step.ts';
import { describeStep } from '../../changes/steps/step-kinds.ts';
import { readServiceState } from '../../changes/steps/table-state.ts';
import type { Director } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { allAtOnce } from '../../system/turns.ts';
import type { CommandConsole } from '../context/console.ts';
import { type CommandContext, withDirector } from '../context/context.ts';
import type { ValuesOf } from '../options/option-entry.ts';
import type { ProgramValues, writeOptions } from '../options/option-table.ts';
import { networkAround } from './network-around.ts';
import { planText } from './plan-text.ts';
import { requireHostName, requireWritableTable } from './read-only.ts';
import { performInterruptibly, type RecordOptions } from './record-change.ts';

/** Values of `writeOptions`, and what the program was called with. */
export type WriteOptions = ValuesOf<typeof writeOptions> & ProgramValues & RecordOptions;

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
    const plan = allAtOnce(makePlan(director, intentions, await networkAround(context, director, addresses)));
    if (plan.steps.length === 0) context.console.err('already so: nothing to do');
    else await carryOutPlan(context, director, plan, options);
  });
}

/**
 * Shows a plan, asks, does it and says what was done, on a director that is open. Tells whether it was done; it
 * is not when only its lines were wanted. `remarks` are lines to be said beside its warnings. Throws an `IpvsError` when it could not be done, or not all of it.
 */
export async function carryOutPlan(
  context: CommandContext,
  director: Director,
  plan: Plan,
  options: WriteOptions,
  remarks: readonly string[] = [],
): Promise<boolean> {
  const { console } = context;
  if (options.dryRun === true) {
    console.out(plan.lines.map((line) => `${line}\n`).join(''));
    showWarnings(console, plan.warnings);
    for (const remark of remarks) console.err(remark);
    return false;
  }
  await requireWritableTable(context, options, plan);
  for (const line of plan.lines) console.err(line);
  showWarnings(console, plan.warnings);
  for (const remark of remarks) console.err(remark);
  if (plan.destructive && options.yes !== true) await requireConfirmation(console, plan);
  await requireHostName(context, options);
  await performInterruptibly(context, director, plan, options, ({ done, deviations }) => {
    showDone(console, done);
    showWarnings(console, deviations);
    showSimulated(console, director);
  });
  return true;
}

/** Says that nothing real was changed, where that is so. */
export function showSimulated(console: CommandConsole, { source }: Director): void {
  if (source !== 'simulated') return;
  console.err('SIMULATED: done on a director that ends with this command; nothing else was changed');
}

/** Says what an operator should know. */
export function showWarnings(console: CommandConsole, warnings: readonly string[]): void {
  for (const warning of warnings) console.err(`warning: ${warning}`);
}

function showDone(console: CommandConsole, steps: readonly Step[]): void {
  console.out(steps.map((step) => `${describeStep(step)}\n`).join(''));
}

/** Steps that are shown before a question. */
const stepsShown = 40;

/** Shows the steps and asks; throws an input `IpvsError` unless the answer is a clear yes. */
export async function requireConfirmation(console: CommandConsole, plan: Plan): Promise<void> {
  const what = planText(plan);
  if (console.confirm === null) {
    throw IpvsError.input(
      'not-confirmed',
      'confirm',
      what,
      'it destroys or interrupts something, and there is no terminal to ask on',
      'give --yes if that is meant; nothing was done',
    );
  }
  for (const step of plan.steps.slice(0, stepsShown)) console.err(describeStep(step));
  if (plan.steps.length > stepsShown) {
    console.err(`and ${count(plan.steps.length - stepsShown, 'step')} more, which --dry-run shows`);
  }
  if (!(await console.confirm('Do this?'))) {
    throw IpvsError.input('not-confirmed', 'confirm', what, 'the answer was not yes', 'nothing was done');
  }
}
