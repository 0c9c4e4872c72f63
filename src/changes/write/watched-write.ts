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

/** How often what was written over is put back at most; a hand that still goes on then has the last word. */
const mostTries = 5;

/** A step that is not done, or not as it was meant, and why. */
export interface FailedStep {
  readonly step: Step;
  readonly error: IpvsError;
}

/** What came of steps that were written in one request. */
export interface Written {
  readonly written: readonly Step[];
  /** The first that was refused, or in which another hand had been faster. */
  readonly failure?: FailedStep;
  /** Sentences about what another hand did at the same moment that was neither prevented nor put back. */
  readonly deviations: readonly string[];
}

/**
 * Writes edits or deletions of one service in one request, and looks in it at what they replace. The kernel has no
 * way to write only if nothing has changed; so where another hand was faster by a hair, what it had written is put
 * back, and that is a `conflict`. Put back is only what the look has shown for sure: of a deleted service all that it
 * had, where the look is whole; else what is known to be lost is told. `seen` is the service as it was read just
 * before. Throws an `IpvsError` when nothing is known of the writes.
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
        // What could not be put back is in force as it was written, and belongs into the journal.
        if (end.kind === 'failed') written.push(outcome.step);
        failure ??= { step: outcome.step, error: conflictOf(outcome.step, end) };
      }
    }
  }
  return { written, deviations, ...(failure !== undefined && { failure }) };
}

/** What came of one step. */
type Outcome =
  | { readonly kind: 'done'; readonly step: Step }
  | { readonly kind: 'refused'; readonly step: Step; readonly error: IpvsError }
  /** Something else was there, and all of it is known. */
  | { readonly kind: 'overtaken'; readonly step: Step; readonly replaced: Picture }
  /** Something else was there, and perhaps not all of it is known. */
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
    // A later step of the same request finds what this one left.
    draw(picture, step);
    return outcome;
  });
}

/** Among the real servers of the service, the newest being at 0, the place of the last one that steps touch. */
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

/** An object that the look does not show was there all the same, or the kernel would have refused. */
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

/** How a look differs from what was seen before, in clauses; what is missing counts only where the look is whole. */
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

/** How it ended to put something back, and what it was at last. */
type PutBack = { readonly was: string } & (
  | { readonly kind: 'put back' }
  /** The other hand has deleted it, or made it anew, and so has the last word. */
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
      // Of a service that comes back, those real servers that the other hand has not made anew are still missing.
      const isOneOfMany = target.step.kind === 'delete service' && back.kind === 'add real server';
      if (!isOneOfMany || errno !== 'EEXIST') return { kind: 'changed again', was };
    }
    if (next === undefined) return { kind: 'put back', was };
    target = next;
  }
  return { kind: 'failed', was: 'changed again and again', reason: 'the other hand goes on' };
}

/** What the kernel says where the other hand has made anew, or deleted, what is to be put back. */
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

/** What makes of an object that a step has written what it was just before. */
function stepsBack(step: Step, { service, realServers }: Picture): Step[] {
  const key = stepRealServerKey(step);
  const found = key === '' ? undefined : realServers.get(key);
  switch (step.kind) {
    case 'set service':
      return service === undefined ? [] : [{ kind: 'set service', before: step.after, after: service }];
    case 'delete service': {
      // The newest comes first, and shall be the newest again.
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
