import type { Director } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { sameRealServerSettings } from '../../ipvs/real-server.ts';
import { sameServiceSettings } from '../../ipvs/service.ts';
import { describeRealServer, describeService } from '../steps/describe.ts';
import type { Picture } from '../steps/objects.ts';
import type { Step } from '../steps/step.ts';
import {
  draw,
  planned,
  presentObject,
  realServerStep,
  serviceAdditions,
  stepObjectText,
  stepOperation,
  stepRealServerKey,
  stepService,
  stepWrite,
} from '../steps/step-kinds.ts';
import { neededRealServers, pictureOfLook } from './look.ts';

/**
 * At most how often something overwritten is put back; if somebody else still goes on then, they have the last word.
 */
const mostTries = 5;

/** A step that was not done, or not as planned, and why. */
export interface FailedStep {
  readonly step: Step;
  readonly error: IpvsError;
}

/** The result of steps that were written in one request. */
export interface Written {
  readonly written: readonly Step[];
  /** The first step that was refused, or in which somebody else was faster. */
  readonly failure?: FailedStep;
  /** Sentences about what somebody else did at the same moment that was neither prevented nor put back. */
  readonly deviations: readonly string[];
}

/**
 * Writes edits or deletions in one service in one request, and looks within it at what they replace. The kernel
 * cannot be told to write only if nothing has changed. So if somebody else was faster by a moment, what they wrote is
 * put back, and that is a `conflict`. Only what the look has certainly shown is put back: of a deleted service all
 * that it had, if the look is whole; otherwise what is known to be lost is told. `seen` is the service as read just
 * before. Throws an `IpvsError` when it is unknown what was written.
 */
export function writeWatched(director: Director, steps: readonly Step[], seen: Picture): Written {
  const outcomes = writeAndCompare(director, steps, seen);
  const written: Step[] = [];
  const deviations: string[] = [];
  let failure: FailedStep | undefined;
  for (const outcome of outcomes) {
    switch (outcome.kind) {
      case 'done':
        written.push(outcome.step);
        break;
      case 'refused':
        failure ??= { step: outcome.step, error: outcome.error };
        break;
      case 'told':
        written.push(outcome.step);
        deviations.push(outcome.sentence);
        break;
      case 'overtaken': {
        const end = putBack(director, outcome.step, outcome.replaced);
        // A step that could not be reverted is in force, and belongs in the journal.
        if (end.kind === 'failed') written.push(outcome.step);
        failure ??= { step: outcome.step, error: conflictOf(outcome.step, end) };
      }
    }
  }
  return { written, deviations, ...(failure !== undefined && { failure }) };
}

/** The result of one step. */
type Outcome =
  | { readonly kind: 'done'; readonly step: Step }
  | { readonly kind: 'refused'; readonly step: Step; readonly error: IpvsError }
  /** Something else was there than planned, and it is known completely. */
  | { readonly kind: 'overtaken'; readonly step: Step; readonly replaced: Picture }
  /** Something else was there than planned, and perhaps not all of it is known. */
  | { readonly kind: 'told'; readonly step: Step; readonly sentence: string };

function writeAndCompare(director: Director, steps: readonly Step[], seen: Picture): Outcome[] {
  const service = steps.map(stepService).find((identity) => identity !== null) ?? undefined;
  const { refusals, before } = director.write(
    steps.map(stepWrite).filter((write) => typeof write !== 'function'),
    service,
    lastPlace(steps, seen),
  );
  const picture = before && pictureOfLook(before);
  return steps.map((step, index) => {
    const error = refusals[index];
    if (error != null) return { kind: 'refused', step, error };
    if (picture === null) return { kind: 'done', step };
    const outcome =
      step.kind === 'delete service'
        ? outcomeOfDeletion(step, picture, before?.isWhole === true, seen)
        : outcomeOfEdit(step, picture);
    // Later steps of the request find the service as this one left it.
    draw(picture, step);
    return outcome;
  });
}

/** The place of the last real server that the steps touch, counted from the newest at 0. */
function lastPlace(steps: readonly Step[], { realServers }: Picture): number {
  const touched = new Set(neededRealServers(steps));
  let last = 0;
  let place = 0;
  for (const key of realServers.keys()) {
    if (touched.has(key)) last = place;
    place++;
  }
  return last;
}

/**
 * The result of an edit. An object that the look does not show existed all the same, or the kernel would have
 * refused.
 */
function outcomeOfEdit(step: Step, picture: Picture): Outcome {
  const found = presentObject(picture, step);
  return found === undefined || found.isAsPlanned
    ? { kind: 'done', step }
    : { kind: 'overtaken', step, replaced: copyOf(picture) };
}

function outcomeOfDeletion(
  step: Extract<Step, { kind: 'delete service' }>,
  look: Picture,
  isWhole: boolean,
  seen: Picture,
): Outcome {
  const differences = differencesOf(look, seen, isWhole);
  if (differences.length === 0) return { kind: 'done', step };
  if (isWhole) return { kind: 'overtaken', step, replaced: copyOf(look) };
  return {
    kind: 'told',
    step,
    sentence: `${stepObjectText(step)}: another hand changed it at the moment in which it was deleted: ${differences.join('; ')}; undo brings back what was there before that`,
  };
}

function copyOf(picture: Picture): Picture {
  return { ...picture, realServers: new Map(picture.realServers) };
}

/**
 * How a look differs from what was seen before, in clauses. A missing real server counts only if the look is whole.
 */
function differencesOf(look: Picture, seen: Picture, isWhole: boolean): string[] {
  const clauses: string[] = [];
  const { service } = look;
  if (service !== undefined && seen.service !== undefined && !sameServiceSettings(service, seen.service))
    clauses.push(`it was ${describeService(service)}`);
  for (const [key, { realServer }] of look.realServers) {
    const before = seen.realServers.get(key)?.realServer;
    if (before === undefined) clauses.push(`${key} had been added: ${describeRealServer(realServer)}`);
    else if (!sameRealServerSettings(before, realServer))
      clauses.push(`${key} was ${describeRealServer(realServer)}, and before ${describeRealServer(before)}`);
  }
  if (isWhole) {
    for (const key of seen.realServers.keys())
      if (!look.realServers.has(key)) clauses.push(`${key} had been deleted`);
  }
  return clauses;
}

/** The result of putting something back; `was` is what was last overwritten, in words. */
type PutBack = { readonly was: string } & (
  | { readonly kind: 'put back' }
  /** Somebody else has deleted it or added it anew, and so has the last word. */
  | { readonly kind: 'changed again' }
  | { readonly kind: 'failed'; readonly reason: string }
);

function conflictOf(step: Step, end: PutBack): IpvsError {
  return new IpvsError({
    code: 'changed-at-once',
    operation: stepOperation(step),
    object: stepObjectText(step),
    reason: `another hand changed it at the same moment: it was ${planned(step) ?? 'not there'}, and was ${end.was} when it was written over`,
    advice: adviceOf(end),
  });
}

function adviceOf(end: PutBack): string {
  switch (end.kind) {
    case 'put back':
      return 'what the other hand made was put back; look at it again and repeat the change';
    case 'changed again':
      return 'the other hand has changed it once more since, and that stands; look at it again and repeat the change';
    case 'failed':
      return `what the other hand made could not be put back: ${end.reason}; look at it and set it right`;
  }
}

function putBack(director: Director, step: Step, replaced: Picture): PutBack {
  let target: { step: Step; replaced: Picture } = { step, replaced };
  for (let tries = 0; tries < mostTries; tries++) {
    const was = presentObject(target.replaced, target.step)?.words ?? 'not there';
    let next: typeof target | undefined;
    for (const back of stepsBack(target.step, target.replaced)) {
      const outcome = writeBack(director, back, target.replaced);
      if (outcome.kind === 'overtaken') next = { step: back, replaced: outcome.replaced };
      if (outcome.kind !== 'refused') continue;
      const { errno, message } = outcome.error;
      if (errno === undefined || !lastWords.has(errno)) return { kind: 'failed', was, reason: message };
      // When a service is restored, the real servers that somebody else has not added anew are still missing.
      const isOneOfMany = target.step.kind === 'delete service' && back.kind === 'add real server';
      if (!isOneOfMany || errno !== 'EEXIST') return { kind: 'changed again', was };
    }
    if (next === undefined) return { kind: 'put back', was };
    target = next;
  }
  return { kind: 'failed', was: 'changed again and again', reason: 'the other hand goes on' };
}

/** The kernel's errors where somebody else has added anew, or deleted, what is to be put back. */
const lastWords: ReadonlySet<string> = new Set(['EEXIST', 'ENOENT', 'ESRCH']);

function writeBack(director: Director, back: Step, replaced: Picture): Outcome {
  try {
    const [outcome] = writeAndCompare(director, [back], replaced);
    return outcome ?? { kind: 'done', step: back };
  } catch (error) {
    if (error instanceof IpvsError) return { kind: 'refused', step: back, error };
    throw error;
  }
}

/** The steps that turn an object that a step has written back into what it was just before. */
function stepsBack(step: Step, { service, realServers }: Picture): Step[] {
  const key = stepRealServerKey(step);
  const found = key === '' ? undefined : realServers.get(key);
  switch (step.kind) {
    case 'set service':
      return service === undefined ? [] : [{ kind: 'set service', before: step.after, after: service }];
    case 'delete service': {
      // The newest comes first here, so it is added last, to be the newest again.
      const former = [...realServers.values()].reverse().map(({ realServer }) => realServer);
      return service === undefined ? [] : serviceAdditions(service, former);
    }
    case 'set real server':
      return found === undefined ? [] : [{ ...step, before: step.after, after: found.realServer }];
    case 'delete real server':
      return found === undefined ? [] : realServerStep(step.service, null, found.realServer);
    default:
      return [];
  }
}
