import { createHash } from 'node:crypto';
import { newChangeId } from '../../changes/journal/memory-journal.ts';
import type { Trial } from '../../changes/journal/perform-journalled.ts';
import type { Plan } from '../../changes/plan/plan.ts';
import type { Step } from '../../changes/steps/step.ts';
import { describeStep, stepLine, stepObjectText, stepService } from '../../changes/steps/step-kinds.ts';
import type { Director } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import type { CommandContext } from '../context/context.ts';
import type { ValuesOf } from '../options/option-entry.ts';
import type { ProgramValues, trialOptions } from '../options/option-table.ts';
import { armUndo } from './arm-undo.ts';
import { planText } from './plan-text.ts';

/** The options of a change that is taken back unless it is confirmed. */
export type TrialOptions = Partial<ValuesOf<typeof trialOptions>> &
  Pick<ProgramValues, 'config'> & { readonly journal?: boolean };

/**
 * How a change is made that is taken back unless it is confirmed; `undefined` where it was not asked for. Throws an
 * input `IpvsError` where it cannot be.
 */
export function trialOf(
  context: CommandContext,
  director: Director,
  options: TrialOptions,
): (Trial & { readonly id: string }) | undefined {
  const { confirmWithin, changeName: id = newChangeId() } = options;
  if (confirmWithin === undefined) return undefined;
  const obstacle = obstacleTo(context, director, options);
  if (obstacle !== undefined)
    throw IpvsError.input(
      'bad-usage',
      'have a change confirmed',
      '',
      obstacle,
      'leave --confirm-within out, or the other',
    );
  const confirmBy = (context.now ?? Date.now)() + confirmWithin * 1000;
  const { config } = options;
  return { id, confirmBy, arm: (name) => armUndo(context, { id: name, confirmBy, config }) };
}

function obstacleTo(
  context: CommandContext,
  director: Director,
  { journal }: TrialOptions,
): string | undefined {
  if (journal === false) return '--confirm-within goes by the journal, and --no-journal writes none';
  if (director.source === 'simulated' && context.armUndo === undefined)
    return 'the simulated director ends with this command';
  return undefined;
}

/** Refuses a plan that differs from the one that was shown, named by `--planned`: throws a `conflict`. */
export function requireSamePlan(plan: Plan, { planned }: TrialOptions): void {
  if (planned === undefined || planned === identityOf(plan)) return;
  throw new IpvsError({
    code: 'changed-meanwhile',
    operation: 'do',
    object: planText(plan),
    reason: 'the table has changed since the plan was shown, so that another one would be needed',
    advice: 'nothing was written; look at it again and repeat the change',
  });
}

/** A plan as JSON, for whoever shows it elsewhere; `identity` is the same for the same plan. */
export function jsonOfPlan(plan: Plan): object {
  return {
    version: 1,
    identity: identityOf(plan),
    lines: plan.lines,
    steps: plan.steps.map((step) => ({
      object: stepObjectText(step),
      text: describeStep(step),
      ipvsadm: stepLine(step),
    })),
    addresses: addressesOf(plan),
    warnings: plan.warnings,
    destructive: plan.destructive,
    doubtful: plan.doubtful,
  };
}

/** Addresses of the services that it changes. */
function addressesOf({ steps }: Plan): readonly string[] {
  const services = steps.map(stepService).filter((service) => service?.kind === 'address');
  return [...new Set(services.map(({ address }) => address))];
}

/**
 * A hash that is the same for the same steps on the same objects. It leaves out the connections of what is deleted,
 * which come and go.
 */
function identityOf({ steps }: Plan): string {
  const settled = steps.map((step: Step) =>
    step.kind === 'delete real server' ? { ...step, connections: null } : step,
  );
  return createHash('sha256').update(JSON.stringify(settled)).digest('hex').slice(0, 16);
}
