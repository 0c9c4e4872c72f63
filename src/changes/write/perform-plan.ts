import type { Director } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { formatRealServer, type ServiceKey } from '../../ipvs/identity.ts';
import { type RealServer, sameRealServerSettings } from '../../ipvs/real-server.ts';
import type { Work } from '../../system/turns.ts';
import type { Plan } from '../plan/plan.ts';
import { count, describeRealServer } from '../steps/describe.ts';
import { type Picture, realServersIn } from '../steps/objects.ts';
import type { Step } from '../steps/step.ts';
import {
  describeStep,
  draw,
  planned,
  presentObject,
  replaces,
  stepGroup,
  stepObjectText,
  stepOperation,
  stepRealServerKey,
  stepWrite,
} from '../steps/step-kinds.ts';
import { lookAtObjects, serviceFinder } from './look.ts';
import { readBack, shownDone } from './read-back.ts';
import { StepError } from './step-error.ts';
import { type Steps, type Stretch, stretchesOf } from './stretches.ts';
import { type FailedStep, type Written, writeWatched } from './watched-write.ts';

/** At most this many done, and as many undone steps are named in an error; the outcome has all. */
const stepsTold = 6;

/**
 * In a service with at most this many real servers, each edit or deletion of one is a request of its own, which also
 * looks at what it replaces. In larger services neighbours share a request, because each look goes through all real
 * servers before them.
 */
const mostLookedAt = 64;

/** The outcome of a plan that was written at least in part, had no steps, or was broken off. */
export type PlanOutcome =
  | {
      readonly kind: 'done';
      /** Steps that were written, in order. */
      readonly done: readonly Step[];
      /**
       * Sentences about objects that read back otherwise than they were written, because somebody else was at work.
       */
      readonly deviations: readonly string[];
      /** Id of the change in the journal, by which it can be taken back; `null` where there is none. */
      readonly record: string | null;
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
      /** Id of the change in the journal; `null` where there is none. */
      readonly record: string | null;
    }
  | {
      /** The caller's signal ended it before all was written. */
      readonly kind: 'broken off';
      /** Possibly none. */
      readonly done: readonly Step[];
      readonly deviations: readonly string[];
      readonly notDone: readonly Step[];
      /** Id of the change in the journal; `null` where there is none. */
      readonly record: string | null;
    };

/** Is told how far a plan has come; used by the journal. */
export interface PlanListener {
  /**
   * Called when nothing is written yet, and all is as the plan expects. `steps` are those of the plan; deletions hold
   * all that they will remove. If it throws, the plan ends.
   */
  begins(steps: readonly Step[]): Work<void>;
  /** Called when the first `steps` steps are written. */
  hasWritten(steps: number): void;
}

/**
 * Does the steps of a plan in their order and stops at the first that fails. Steps after it that were in the same
 * request are done by then, and reported: additions to one service, or edits or deletions of real servers of a large
 * one.
 *
 * Before anything is written, all objects are read and compared with what they were when the plan was made. They are
 * read again, service by service, before each stretch of steps of the same kind, and edits and deletions once more in
 * the very request that writes them, or just before it (`Director.write`). The kernel itself refuses to add what
 * exists and to change or delete what does not. At the end everything is read back.
 *
 * Throws an `IpvsError` if nothing was written, a `StepError` if it is about one step: `conflict`, with both
 * versions, when an object is no longer as the plan has it; `refused` or `unreachable` as the director says. What
 * fails after a step was written is in the outcome. Once `stop` is aborted, the request under way is the last one.
 */
export function* performPlan(
  director: Director,
  plan: Plan,
  listener?: PlanListener,
  stop?: AbortSignal,
): Work<PlanOutcome> {
  const done: Step[] = [];
  const told: string[] = [];
  const allDeviations = function* (): Work<readonly string[]> {
    return [...told, ...(yield* readBack(director, done))];
  };
  const brokenOff = function* (): Work<PlanOutcome> {
    const deviations = yield* allDeviations();
    return { kind: 'broken off', done, deviations, notDone: notIn(done, plan.steps), record: null };
  };
  const partlyDone = function* (failure: FailedStep): Work<PlanOutcome> {
    const deviations = yield* allDeviations();
    const notDone = notIn(done, plan.steps);
    const error = withProgress(failure.error, done, notDone);
    return { kind: 'partly done', done, deviations, failedStep: failure.step, notDone, error, record: null };
  };
  const deletions = yield* requireAllUnchanged(director, plan.steps);
  if (stop?.aborted) return yield* brokenOff();
  if (plan.steps.length > 0 && listener !== undefined)
    yield* listener.begins(plan.steps.map((step) => deletions.get(step) ?? step));
  for (const stretch of stretchesOf(plan.steps)) {
    try {
      const seen = requireStretchUnchanged(director, stretch, deletions, done.length === 0);
      for (const steps of requestsOf(stretch, seen)) {
        if (stop?.aborted) return yield* brokenOff();
        const outcome = write(director, steps, seen);
        done.push(...outcome.written);
        told.push(...outcome.deviations);
        if (outcome.failure !== undefined) {
          if (done.length === 0) throw new StepError(outcome.failure.step, outcome.failure.error);
          return yield* partlyDone(outcome.failure);
        }
        yield steps.length + (seen?.realServers.size ?? 0);
      }
      // Only told between stretches: within one, the steps written need not be the first ones.
      listener?.hasWritten(done.length);
    } catch (error) {
      if (done.length === 0 || !(error instanceof IpvsError)) throw error;
      return yield* partlyDone({ error, step: stretch.steps[0] });
    }
  }
  return { kind: 'done', done, deviations: yield* allDeviations(), record: null };
}

/**
 * Divides the steps of a stretch into requests. Steps on a large service go together with their neighbours in it, so
 * that the look in each request covers only one part of the service.
 */
function requestsOf({ steps, isTogether }: Stretch, seen: Picture | undefined): Steps[] {
  if (isTogether) return [steps];
  if (seen === undefined || seen.realServers.size <= mostLookedAt) return steps.map((step) => [step]);
  const places = new Map([...seen.realServers.keys()].map((key, place) => [key, place]));
  const partOf = (step: Step) => {
    const key = stepRealServerKey(step);
    return key === '' ? -1 : Math.floor((places.get(key) ?? 0) / mostLookedAt);
  };
  return [...Map.groupBy(steps, partOf).values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [[first, ...others] as const],
  );
}

function notIn(done: readonly Step[], steps: readonly Step[]): Step[] {
  const isDone = new Set(done);
  return steps.filter((step) => !isDone.has(step));
}

/** The plan's deletions of services, each with the real servers that the service has now. */
type Deletions = ReadonlyMap<Step, Extract<Step, { readonly kind: 'delete service' }>>;

/**
 * Reads all that the steps of a plan touch. Throws a `conflict` `StepError`, with both versions, when something is not as
 * it was when they were planned.
 */
export function* requireAsPlanned(director: Director, steps: readonly Step[]): Work<void> {
  yield* requireAllUnchanged(director, steps);
}

/** The same, and gives the deletions of services with what they will remove. */
function* requireAllUnchanged(director: Director, steps: readonly Step[]): Work<Deletions> {
  const deletions = new Map<Step, Extract<Step, { readonly kind: 'delete service' }>>();
  const groups = new Map<ServiceKey | '', Step[]>();
  for (const step of steps) {
    yield 1;
    const group = groups.get(stepGroup(step));
    if (group === undefined) groups.set(stepGroup(step), [step]);
    else group.push(step);
  }
  const find = serviceFinder(director, groups.size);
  const pictures = new Map<ServiceKey | '', Picture>();
  for (const step of steps) {
    if (step.kind === 'zero') continue;
    const key = stepGroup(step);
    let picture = pictures.get(key);
    if (picture === undefined) {
      picture = lookAtObjects(director, groups.get(key) ?? [], find);
      pictures.set(key, picture);
      yield picture.realServers.size;
    }
    requireUnchanged(picture, step, true);
    if (step.kind === 'delete service') deletions.set(step, { ...step, realServers: realServersIn(picture) });
    draw(picture, step);
    yield 1;
  }
  return deletions;
}

/**
 * Reads what a stretch of steps touches once more, just before it is written, and throws a `conflict` where it has
 * changed. Gives the service as it is now; `undefined` where the stretch need not be read again.
 */
function requireStretchUnchanged(
  director: Director,
  { steps, isToBeReadAgain }: Stretch,
  deletions: Deletions,
  first: boolean,
): Picture | undefined {
  const [step] = steps;
  if (step.kind === 'zero' || !(isToBeReadAgain || replaces(step))) return undefined;
  const picture = lookAtObjects(director, steps);
  const seen = { ...picture, realServers: new Map(picture.realServers) };
  const deletion = deletions.get(step);
  if (deletion !== undefined) requireSameRealServers(seen, step, deletion.realServers, first);
  for (const one of steps) {
    requireUnchanged(picture, one, first);
    draw(picture, one);
  }
  return seen;
}

/** The record of a deletion must be true: a real server that was edited since it was made is a conflict too. */
function requireSameRealServers(
  { realServers }: Picture,
  step: Step,
  recorded: readonly RealServer[],
  first: boolean,
): void {
  for (const before of recorded) {
    const key = formatRealServer(before.identity);
    const now = realServers.get(key)?.realServer;
    if (now !== undefined && sameRealServerSettings(now, before)) continue;
    const is = now === undefined ? 'not there any more' : describeRealServer(now);
    throw changedMeanwhile(step, `its ${key} was ${describeRealServer(before)}, and is ${is}`, first);
  }
}

/** Writes steps in one request. `seen` is their service as read just before, where they replace something. */
function write(director: Director, steps: Steps, seen: Picture | undefined): Written {
  const [step] = steps;
  try {
    const writes = steps.map(stepWrite);
    if (typeof writes[0] === 'function') {
      writes[0](director);
    } else if (seen !== undefined && replaces(step)) {
      return writeWatched(director, steps, seen);
    } else {
      const { refusals } = director.write(writes.filter((one) => typeof one !== 'function'));
      const failed = refusals.findIndex((refusal) => refusal !== null);
      const [error, failedStep] = [refusals[failed], steps[failed]];
      if (error != null && failedStep !== undefined) {
        const written = steps.filter((_, index) => refusals[index] === null);
        return { written, deviations: [], failure: { error, step: failedStep } };
      }
    }
    return { written: steps, deviations: [] };
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    // Without an answer, only the table can tell what was done, if it can still be read.
    const written = error.kind === 'unreachable' ? shownDone(director, steps) : [];
    const isDone = new Set(written);
    return {
      written,
      deviations: [],
      failure: { error, step: steps.find((one) => !isDone.has(one)) ?? step },
    };
  }
}

/** The same error, with advice that also says how far the plan came. */
function withProgress(error: IpvsError, done: readonly Step[], notDone: readonly Step[]): IpvsError {
  const list = (steps: readonly Step[]) => {
    if (steps.length === 0) return 'nothing';
    const told = steps.slice(0, stepsTold).map(describeStep).join('; ');
    return steps.length > stepsTold ? `${told}; and ${count(steps.length - stepsTold, 'step')} more` : told;
  };
  return new IpvsError(
    { ...error, advice: `${error.advice}. Done: ${list(done)}. Not done: ${list(notDone)}` },
    { cause: error },
  );
}

function requireUnchanged(picture: Picture, step: Step, first: boolean): void {
  const now = presentObject(picture, step);
  if (replaces(step) ? now?.isAsPlanned === true : now === undefined) return;
  const words = `it was ${planned(step) ?? 'not there'}, and is ${now?.words ?? 'not there any more'}`;
  throw changedMeanwhile(step, words, first);
}

function changedMeanwhile(step: Step, words: string, first: boolean): IpvsError {
  return new StepError(step, {
    code: 'changed-meanwhile',
    operation: stepOperation(step),
    object: stepObjectText(step),
    reason: `it was changed meanwhile: ${words}`,
    advice: `${first ? 'nothing was written' : 'this step was not done'}; look at it again and repeat the change`,
  });
}
