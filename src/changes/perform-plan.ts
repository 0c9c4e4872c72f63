import type { Director } from '../director/director.ts';
import { IpvsError } from '../ipvs/error.ts';
import { sameRealServerSettings } from '../ipvs/real-server.ts';
import { sameServiceSettings } from '../ipvs/service.ts';
import {
  count,
  describeRealServer,
  describeService,
  describeStep,
  stepObjectText,
  stepOperation,
} from './describe.ts';
import type { Plan, Step } from './plan.ts';
import { findRealServer, readServiceState } from './table-state.ts';

/** What became of a plan of which at least one step was written, or that had none. */
export type PlanOutcome =
  | {
      readonly kind: 'done';
      /** Steps that were written, in order. */
      readonly done: readonly Step[];
      /** Sentences about objects that read back otherwise than they were written; somebody else was at work. */
      readonly deviations: readonly string[];
    }
  | {
      readonly kind: 'partly done';
      readonly done: readonly Step[];
      readonly deviations: readonly string[];
      readonly failedStep: Step;
      /** The failed step and those after it. */
      readonly notDone: readonly Step[];
      /** Why it failed; the message says what was done and what was not. */
      readonly error: IpvsError;
    };

/**
 * Does the steps of a plan, one by one. Before anything is written, and again before each step, the object is
 * read and compared with what it was when the plan was made; afterwards it is read back.
 *
 * Throws an `IpvsError` as long as nothing was written: `conflict`, with both versions, when an object is not
 * any more what the plan has seen; `refused` or `unreachable` as the director says. What fails after a step was
 * written comes back in the outcome.
 */
export function performPlan(director: Director, plan: Plan): PlanOutcome {
  for (const step of plan.steps) requireUnchanged(director, step, true);
  const done: Step[] = [];
  const deviations: string[] = [];
  for (const [index, step] of plan.steps.entries()) {
    try {
      if (index > 0) requireUnchanged(director, step, false);
      write(director, step);
    } catch (error) {
      if (done.length === 0 || !(error instanceof IpvsError)) throw error;
      const notDone = plan.steps.slice(index);
      return {
        kind: 'partly done',
        done,
        deviations,
        failedStep: step,
        notDone,
        error: withProgress(error, done, notDone),
      };
    }
    done.push(step);
    deviations.push(...readBack(director, step));
  }
  return { kind: 'done', done, deviations };
}

/** The same error, which also says how far the plan came. */
function withProgress(error: IpvsError, done: readonly Step[], notDone: readonly Step[]): IpvsError {
  const list = (steps: readonly Step[]) => steps.map(describeStep).join('; ');
  return new IpvsError(
    {
      kind: error.kind,
      operation: error.operation,
      object: error.object,
      reason: error.reason,
      advice: `${error.advice}. Done: ${list(done)}. Not done: ${list(notDone)}`,
      ...(error.errno !== undefined && { errno: error.errno }),
    },
    { cause: error },
  );
}

/** The object of a step as it is in the table now, in words; `undefined` when it is not there. */
function present(director: Director, step: Step): { words: string; same: boolean } | undefined {
  switch (step.kind) {
    case 'zero':
      return undefined;
    case 'add service':
    case 'set service': {
      const now = director.findService(step.after.identity)?.service;
      return (
        now && {
          words: describeService(now),
          same: step.kind === 'set service' && sameServiceSettings(now, step.before),
        }
      );
    }
    case 'delete service': {
      const now = readServiceState(director, step.before.identity);
      return (
        now && {
          words: `${describeService(now.service)}, ${count(now.realServers.length, 'real server')}`,
          same: sameServiceSettings(now.service, step.before) && now.realServers.length === step.realServers,
        }
      );
    }
    case 'add real server': {
      const now = findRealServer(director, step.service, step.after.identity)?.realServer;
      return now && { words: describeRealServer(now), same: false };
    }
    case 'set real server':
    case 'delete real server': {
      const now = findRealServer(director, step.service, step.before.identity)?.realServer;
      return now && { words: describeRealServer(now), same: sameRealServerSettings(now, step.before) };
    }
  }
}

/** What the plan saw, in words; `undefined` when the object was not there. */
function planned(step: Step): string | undefined {
  switch (step.kind) {
    case 'set service':
      return describeService(step.before);
    case 'delete service':
      return `${describeService(step.before)}, ${count(step.realServers, 'real server')}`;
    case 'set real server':
    case 'delete real server':
      return describeRealServer(step.before);
    default:
      return undefined;
  }
}

function requireUnchanged(director: Director, step: Step, first: boolean): void {
  if (step.kind === 'zero') return;
  const was = planned(step);
  const now = present(director, step);
  if (was === undefined ? now === undefined : now?.same === true) return;
  throw new IpvsError({
    kind: 'conflict',
    operation: stepOperation(step),
    object: stepObjectText(step),
    reason: `it was changed meanwhile: it was ${was ?? 'not there'}, and is ${now?.words ?? 'not there any more'}`,
    advice: `${first ? 'nothing was written' : 'this step was not done'}; look at it again and repeat the change`,
  });
}

function write(director: Director, step: Step): void {
  switch (step.kind) {
    case 'add service':
      director.addService(step.after);
      break;
    case 'set service':
      director.setService(step.after);
      break;
    case 'delete service':
      director.deleteService(step.before.identity);
      break;
    case 'add real server':
      director.addRealServer(step.service, step.after);
      break;
    case 'set real server':
      director.setRealServer(step.service, step.after);
      break;
    case 'delete real server':
      director.deleteRealServer(step.service, step.before.identity);
      break;
    case 'zero':
      director.zero(step.service ?? undefined);
  }
}

/** A sentence when the object is not what was written; none when it is, or when it cannot be read any more. */
function readBack(director: Director, step: Step): string[] {
  const wanted = written(step);
  if (wanted === undefined) return [];
  try {
    const now = present(director, step);
    const same = wanted === null ? now === undefined : now?.words === wanted;
    return same
      ? []
      : [
          `${stepObjectText(step)} was written as ${wanted ?? 'deleted'} and reads back as ${now?.words ?? 'not there'}: somebody else changes it too`,
        ];
  } catch (error) {
    if (error instanceof IpvsError)
      return [`${stepObjectText(step)} was written but not read back: ${error.message}`];
    throw error;
  }
}

/** What the object shall be after a step, in words; `null` when it shall be gone, `undefined` when there is none. */
function written(step: Step): string | null | undefined {
  switch (step.kind) {
    case 'add service':
    case 'set service':
      return describeService(step.after);
    case 'add real server':
    case 'set real server':
      return describeRealServer(step.after);
    case 'delete service':
    case 'delete real server':
      return null;
    case 'zero':
      return undefined;
  }
}
