import type { Director } from '../director/director.ts';
import { IpvsError } from '../ipvs/error.ts';
import { formatService } from '../ipvs/identity.ts';
import { count, describeStep, stepObjectText, stepOperation, stepService } from './describe.ts';
import {
  type DirectorSettings,
  drawSetting,
  isSettingStep,
  presentSetting,
  readDirectorSettings,
  writeSetting,
} from './director-settings.ts';
import type { Plan, Step } from './plan.ts';
import { readBack, shownDone } from './read-back.ts';
import {
  draw,
  expectedRealServers,
  lookAtService,
  type PresentObject,
  planned,
  presentObject,
  type ServicePicture,
  serviceFinder,
} from './service-picture.ts';
import { allAtOnce, stepsAtOnce, type Work } from './slices.ts';
import { type Stretch, stretchesOf, tableWrite } from './stretches.ts';
import { mostLookedAt, writeWatched } from './watched-write.ts';

/** Steps of each kind that an error tells; the outcome has all. */
const stepsTold = 6;

/** What became of a plan of which at least one step was written, that had none, or that was broken off. */
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
      /** The failed step and all others that were not done. */
      readonly notDone: readonly Step[];
      /** Why it failed; the message says what was done and what was not. */
      readonly error: IpvsError;
      /** Name of the record that takes it back; `null` where there is none. */
      readonly record: string | null;
    }
  | {
      /** Before it was all written, the caller's signal ended it. */
      readonly kind: 'broken off';
      /** Possibly none. */
      readonly done: readonly Step[];
      readonly deviations: readonly string[];
      readonly notDone: readonly Step[];
      /** As above. */
      readonly record: string | null;
    };

/** Hears how far a plan comes; the journal does. */
export interface PlanListener {
  /** Nothing is written yet, and all is as the plan has seen it. What this throws ends the plan. */
  begins(): Work<void>;
  /** The first so many steps are written. */
  hasWritten(steps: number): void;
}

/** Does a plan as `planWork` does, all of it at once. */
export function performPlan(director: Director, plan: Plan, listener?: PlanListener): PlanOutcome {
  return allAtOnce(planWork(director, plan, listener));
}

/**
 * Does the steps of a plan in their order and stops at the first that fails; of additions to one service those
 * behind it that went out in the same request are done by then, and told.
 *
 * Before anything is written, all objects are read and compared with what they were when the plan was made. They
 * are read again, service by service, before each stretch of steps of the same kind, and edits and deletions once
 * more in the very request that writes them. The kernel itself refuses to add what is there and to change or delete
 * what is not. All is read back at the end.
 *
 * Throws an `IpvsError` as long as nothing was written: `conflict`, with both versions, when an object is not
 * any more what the plan has seen; `refused` or `unreachable` as the director says. What fails after a step was
 * written comes back in the outcome. Once `stop` is aborted, the request under way is the last one.
 */
export function* planWork(
  director: Director,
  plan: Plan,
  listener?: PlanListener,
  stop?: AbortSignal,
): Work<PlanOutcome> {
  const done: Step[] = [];
  const brokenOff = function* (): Work<PlanOutcome> {
    const deviations = yield* readBack(director, done);
    return { kind: 'broken off', done, deviations, notDone: notIn(done, plan.steps), record: null };
  };
  yield* requireAllUnchanged(director, plan.steps);
  if (stop?.aborted) return yield* brokenOff();
  if (plan.steps.length > 0 && listener !== undefined) yield* listener.begins();
  // A listener may have waited for the disk since all was looked at.
  let isOld = listener !== undefined;
  for (const stretch of stretchesOf(plan.steps)) {
    try {
      const picture = isOld ? requireStretchUnchanged(director, stretch, done.length === 0) : undefined;
      isOld = true;
      const isWatched = stretch.steps.length === 1 || (picture?.realServers.size ?? 0) <= mostLookedAt;
      for (const steps of stretch.isTogether ? [stretch.steps] : stretch.steps.map((step) => [step])) {
        if (stop?.aborted) return yield* brokenOff();
        const { written, failure } = write(director, steps, isWatched);
        done.push(...written);
        if (failure !== undefined) throw failure;
        listener?.hasWritten(done.length);
        yield;
      }
    } catch (error) {
      if (done.length === 0 || !(error instanceof IpvsError)) throw error;
      const deviations = yield* readBack(director, done);
      const notDone = notIn(done, plan.steps);
      const failedStep =
        notDone.find((step) => stepObjectText(step) === error.object) ?? (notDone[0] as Step);
      const told = withProgress(error, done, notDone);
      return { kind: 'partly done', done, deviations, failedStep, notDone, error: told, record: null };
    }
  }
  return { kind: 'done', done, deviations: yield* readBack(director, done) };
}

function notIn(done: readonly Step[], steps: readonly Step[]): Step[] {
  const isDone = new Set(done);
  return steps.filter((step) => !isDone.has(step));
}

/** Reads all that the steps touch, and throws a `conflict` when something is not as they have seen it. */
function* requireAllUnchanged(director: Director, steps: readonly Step[]): Work<void> {
  const expected = new Map<string, string[]>();
  const keyOf = (step: Step) => {
    const service = stepService(step);
    return service === null ? '' : formatService(service);
  };
  let place = 0;
  for (const step of steps) {
    if (++place % stepsAtOnce === 0) yield;
    const key = keyOf(step);
    const list = expected.get(key);
    if (list === undefined) expected.set(key, [...expectedRealServers(step)]);
    else list.push(...expectedRealServers(step));
  }
  const find = serviceFinder(director, expected.size);
  const pictures = new Map<string, ServicePicture>();
  let settings: DirectorSettings | undefined;
  for (const step of steps) {
    if (isSettingStep(step)) {
      settings ??= readDirectorSettings(director);
      requireAsPlanned(presentSetting(settings, step), step, true);
      drawSetting(settings, step);
    }
    const service = stepService(step);
    if (service === null) continue;
    const key = keyOf(step);
    const picture =
      pictures.get(key) ??
      lookAtService(director, service, expected.get(key) ?? [], step.kind !== 'add service', find);
    if (!pictures.has(key)) {
      pictures.set(key, picture);
      yield;
    }
    requireUnchanged(picture, step, true);
    draw(picture, step);
  }
}

/** The same for a stretch, just before it is written. Gives its service as the stretch will leave it. */
function requireStretchUnchanged(
  director: Director,
  { service, steps, isToBeReadAgain }: Stretch,
  first: boolean,
): ServicePicture | undefined {
  const [step] = steps;
  if (step !== undefined && isSettingStep(step)) {
    requireAsPlanned(presentSetting(readDirectorSettings(director), step), step, first);
  }
  if (service === null || !isToBeReadAgain) return undefined;
  const picture = lookAtService(director, service, steps.flatMap(expectedRealServers));
  for (const step of steps) {
    requireUnchanged(picture, step, first);
    draw(picture, step);
  }
  return picture;
}

/** Writes steps in one request: several additions, or one of another kind. */
function write(
  director: Director,
  steps: readonly Step[],
  isWatched: boolean,
): { readonly written: readonly Step[]; readonly failure?: IpvsError } {
  const [step] = steps;
  try {
    if (step?.kind === 'zero') {
      director.zero(step.service ?? undefined);
    } else if (step !== undefined && isSettingStep(step)) {
      writeSetting(director, step);
    } else if (step !== undefined && isWatched && replaces(step)) {
      writeWatched(director, step);
    } else {
      const { refusals } = director.write(steps.flatMap((one) => tableWrite(one) ?? []));
      const failure = refusals.find((refusal) => refusal !== null);
      if (failure) return { written: steps.filter((_, index) => refusals[index] === null), failure };
    }
    return { written: steps };
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    // An answer that never came says nothing; the table does, if it can still be read.
    return { written: error.kind === 'unreachable' ? shownDone(director, steps) : [], failure: error };
  }
}

/** Whether a step could write over what another hand has made; additions cannot. */
function replaces({ kind }: Step): boolean {
  return kind.startsWith('set ') || kind.startsWith('delete ');
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

function requireUnchanged(picture: ServicePicture, step: Step, first: boolean): void {
  if (step.kind !== 'zero') requireAsPlanned(presentObject(picture, step), step, first);
}

function requireAsPlanned(now: PresentObject | undefined, step: Step, first: boolean): void {
  if ('before' in step ? now?.isAsPlanned === true : now === undefined) return;
  throw new IpvsError({
    kind: 'conflict',
    operation: stepOperation(step),
    object: stepObjectText(step),
    reason: `it was changed meanwhile: it was ${planned(step) ?? 'not there'}, and is ${now?.words() ?? 'not there any more'}`,
    advice: `${first ? 'nothing was written' : 'this step was not done'}; look at it again and repeat the change`,
  });
}
