import type { Plan } from '../../changes/plan/plan.ts';
import { count } from '../../changes/steps/describe.ts';
import type { Step } from '../../changes/steps/step.ts';
import { describeStep } from '../../changes/steps/step-kinds.ts';
import type { Director } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import type { CommandConsole } from '../context/console.ts';
import { planText } from './plan-text.ts';

/** Says that nothing real was changed, where that is so. */
export function showSimulated(console: CommandConsole, { source }: Director): void {
  if (source !== 'simulated') return;
  console.err('SIMULATED: done on a director that ends with this command; nothing else was changed');
}

/** Prints the warnings of a plan or its outcome, one a line. */
export function showWarnings(console: CommandConsole, warnings: readonly string[]): void {
  for (const warning of warnings) console.err(`warning: ${warning}`);
}

/** Says what was done. */
export function showDone(console: CommandConsole, steps: readonly Step[]): void {
  console.out(steps.map((step) => `${describeStep(step)}\n`).join(''));
}

/** Most steps that are shown before a question. */
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
