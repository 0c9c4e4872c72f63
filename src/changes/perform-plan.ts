import type { Director } from '../director/director.ts';
import { IpvsError } from '../ipvs/error.ts';
import { formatRealServer, formatService, type ServiceIdentity } from '../ipvs/identity.ts';
import {
  count,
  describeRealServer,
  describeService,
  describeStep,
  stepObject,
  stepObjectText,
  stepOperation,
} from './describe.ts';
import type { Plan, Step } from './plan.ts';
import {
  draw,
  expectedRealServers,
  leftRealServers,
  lookAtService,
  presentObject,
  type ServicePicture,
  serviceFinder,
} from './service-picture.ts';

/** Steps of each kind that an error tells; the outcome has all. */
const stepsTold = 6;

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

/** Hears how far a plan comes; the journal does. */
export interface PlanListener {
  /** Nothing is written yet, and all is as the plan has seen it. What this throws ends the plan. */
  begins(): void;
  /** So many steps are written. */
  hasWritten(steps: number): void;
}

/**
 * Does the steps of a plan, one by one. Before anything is written, all objects of it are read and compared with
 * what they were when the plan was made. They are read again, service by service, before each stretch of steps of
 * the same kind, and all are read back at the end: a plan of thousands of steps reads a service a few times and
 * not once a step. Within a stretch the kernel itself refuses to add what is there and to change or delete what is
 * not.
 *
 * Throws an `IpvsError` as long as nothing was written: `conflict`, with both versions, when an object is not
 * any more what the plan has seen; `refused` or `unreachable` as the director says. What fails after a step was
 * written comes back in the outcome.
 */
export function performPlan(director: Director, plan: Plan, listener?: PlanListener): PlanOutcome {
  const stretches = stretchesOf(plan.steps);
  requireAllUnchanged(director, plan.steps);
  if (plan.steps.length > 0) listener?.begins();
  const done: Step[] = [];
  for (const [index, stretch] of stretches.entries()) {
    let picture: ServicePicture | undefined;
    for (const step of stretch.steps) {
      try {
        // A listener may have waited for the disk since all was looked at.
        const isOld = index > 0 || listener !== undefined;
        if (isOld && stretch.isToBeReadAgain) picture ??= lookAtAll(director, stretch);
        if (picture !== undefined) {
          requireUnchanged(picture, step, done.length === 0);
          draw(picture, step);
        }
        write(director, step);
      } catch (error) {
        if (done.length === 0 || !(error instanceof IpvsError)) throw error;
        const deviations = readBack(director, done);
        const notDone = plan.steps.slice(done.length);
        const failed = withProgress(error, done, notDone);
        return { kind: 'partly done', done, deviations, failedStep: step, notDone, error: failed };
      }
      done.push(step);
      listener?.hasWritten(done.length);
    }
  }
  return { kind: 'done', done, deviations: readBack(director, done) };
}

/** Steps of one kind and service that follow each other. */
interface Stretch {
  readonly service: ServiceIdentity | null;
  readonly kind: Step['kind'];
  /** The service was not made by this plan itself, so that others may have changed it. */
  readonly isToBeReadAgain: boolean;
  readonly steps: Step[];
}

function stretchesOf(steps: readonly Step[]): Stretch[] {
  const stretches: Stretch[] = [];
  const made = new Set<string>();
  let last: { readonly key: string; readonly stretch: Stretch } | undefined;
  for (const step of steps) {
    const service = stepObject(step)?.service ?? null;
    const key = service === null ? '' : formatService(service);
    if (step.kind === 'add service') made.add(key);
    if (last?.key !== key || last.stretch.kind !== step.kind) {
      const isToBeReadAgain = service !== null && !made.has(key);
      last = { key, stretch: { service, kind: step.kind, isToBeReadAgain, steps: [] } };
      stretches.push(last.stretch);
    }
    last.stretch.steps.push(step);
  }
  return stretches;
}

function lookAtAll(director: Director, { service, steps }: Stretch): ServicePicture | undefined {
  if (service === null) return undefined;
  return lookAtService(director, service, steps.flatMap(expectedRealServers));
}

function requireAllUnchanged(director: Director, steps: readonly Step[]): void {
  const expected = new Map<string, string[]>();
  const keyOf = (step: Step) => {
    const service = stepObject(step)?.service;
    return service === undefined ? '' : formatService(service);
  };
  for (const step of steps) {
    const key = keyOf(step);
    const list = expected.get(key);
    if (list === undefined) expected.set(key, expectedRealServers(step));
    else list.push(...expectedRealServers(step));
  }
  const find = serviceFinder(director, expected.size);
  const pictures = new Map<string, ServicePicture>();
  for (const step of steps) {
    const service = stepObject(step)?.service;
    if (service === undefined) continue;
    const key = keyOf(step);
    const picture =
      pictures.get(key) ??
      lookAtService(director, service, expected.get(key) ?? [], step.kind !== 'add service', find);
    pictures.set(key, picture);
    requireUnchanged(picture, step, true);
    draw(picture, step);
  }
}

/** The same error, which also says how far the plan came. */
function withProgress(error: IpvsError, done: readonly Step[], notDone: readonly Step[]): IpvsError {
  const list = (steps: readonly Step[]) => {
    const told = steps.slice(0, stepsTold).map(describeStep).join('; ');
    return steps.length > stepsTold ? `${told}; and ${count(steps.length - stepsTold, 'step')} more` : told;
  };
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

function requireUnchanged(picture: ServicePicture, step: Step, first: boolean): void {
  if (step.kind === 'zero') return;
  const was = planned(step);
  const now = presentObject(picture, step);
  if (was === undefined ? now === undefined : now?.isAsPlanned === true) return;
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

/** A sentence for each object that is not what the steps have left it as; somebody else is at work then. */
function readBack(director: Director, done: readonly Step[]): string[] {
  const services = lastSteps(done);
  const find = serviceFinder(director, services.length);
  const deviations: string[] = [];
  for (const { service, steps } of services) {
    try {
      const left = steps.flatMap(leftRealServers);
      const isExpected = steps.every(({ kind }) => kind !== 'delete service');
      const hasRealServers = steps.some((step) => stepObject(step)?.realServer !== undefined);
      const picture = hasRealServers
        ? lookAtService(director, service, left, isExpected, find)
        : { service: find(service, isExpected), realServers: new Map() };
      deviations.push(...steps.flatMap((step) => deviation(picture, step)));
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      deviations.push(`${formatService(service)} was written but not read back: ${error.message}`);
      // What cannot be read now cannot be read for the next ones either.
      if (error.kind === 'unreachable') return deviations;
    }
  }
  return deviations;
}

function deviation(picture: ServicePicture, step: Step): string[] {
  const wanted = written(step);
  const now = presentObject(picture, step);
  if (wanted === null ? now === undefined : now?.isAsWritten === true) return [];
  return [
    `${stepObjectText(step)} was written as ${wanted ?? 'deleted'} and reads back as ${now?.words ?? 'not there'}: somebody else changes it too`,
  ];
}

/** Of each object the last step, service by service: an earlier one says nothing about the end. */
function lastSteps(done: readonly Step[]): { readonly service: ServiceIdentity; readonly steps: Step[] }[] {
  const services = new Map<string, { readonly service: ServiceIdentity; readonly last: Map<string, Step> }>();
  for (const step of done) {
    const object = stepObject(step);
    if (object === null || step.kind === 'zero') continue;
    const key = formatService(object.service);
    const entry = services.get(key) ?? { service: object.service, last: new Map<string, Step>() };
    services.set(key, entry);
    if (step.kind === 'delete service') entry.last.clear();
    entry.last.set(object.realServer === undefined ? '' : formatRealServer(object.realServer), step);
  }
  return [...services.values()].map(({ service, last }) => ({ service, steps: [...last.values()] }));
}

/** What the object shall be after a step, in words; `null` when it shall be gone. */
function written(step: Step): string | null {
  switch (step.kind) {
    case 'add service':
    case 'set service':
      return describeService(step.after);
    case 'add real server':
    case 'set real server':
      return describeRealServer(step.after);
    case 'delete service':
    case 'delete real server':
    case 'zero':
      return null;
  }
}
