import type { Director } from '../director/director.ts';
import { IpvsError } from '../ipvs/error.ts';
import { formatRealServer } from '../ipvs/identity.ts';
import { stepObjectText, stepOperation, stepService } from './describe.ts';
import type { Step } from './plan.ts';
import { pictureOf, planned, presentObject, type ServicePicture } from './service-picture.ts';
import { tableWrite } from './stretches.ts';

/** Real servers of a service up to which the kernel tells of all of them in the request that writes. */
export const mostLookedAt = 64;

/** Tries to give back what was written over, after which the other hand is left alone with what it does. */
const mostTries = 5;

/**
 * Writes a step and looks, in the same request, at what it replaces. The kernel has no way to write only if nothing
 * has changed; so where another hand was faster by a hair, what it had written is put back, and that is a
 * `conflict`. Throws an `IpvsError`; nothing of the step is in force then.
 */
export function writeWatched(director: Director, step: Step): void {
  const replaced = replacedBy(director, step);
  if (replaced === null) return;
  const { was, failure } = putBack(director, step, replaced);
  throw new IpvsError({
    kind: 'conflict',
    operation: stepOperation(step),
    object: stepObjectText(step),
    reason: `another hand changed it at the same moment: it was ${planned(step) ?? 'not there'}, and was ${was} when it was written over`,
    advice:
      failure === null
        ? 'what the other hand made was put back; look at it again and repeat the change'
        : `what the other hand made could not be put back: ${failure}; look at it and set it right`,
  });
}

/** Does a step and gives the service as it was before it; `null` where the step's object was what it should be. */
function replacedBy(director: Director, step: Step): ServicePicture | null {
  const write = tableWrite(step);
  const service = stepService(step);
  if (write === null || service === null) return null;
  const { refusals, before } = director.write([write], service);
  const [refusal] = refusals;
  if (refusal) throw refusal;
  // Of a service with very many real servers not all could be looked at.
  if (before === null || (step.kind === 'delete service' && !before.isWhole)) return null;
  const picture = pictureOf(before);
  const found = presentObject(picture, step);
  return found === undefined || found.isAsPlanned ? null : picture;
}

/** Gives what was put back, in words, and why it could not be; `null` when it could. */
function putBack(
  director: Director,
  step: Step,
  replaced: ServicePicture,
): { readonly was: string; readonly failure: string | null } {
  let target: { step: Step; replaced: ServicePicture } = { step, replaced };
  for (let tries = 0; tries < mostTries; tries++) {
    const was = presentObject(target.replaced, target.step)?.words() ?? 'not there';
    try {
      let next: typeof target | undefined;
      for (const back of stepsBack(target.step, target.replaced)) {
        const overtaken = replacedBy(director, back);
        if (overtaken !== null) next = { step: back, replaced: overtaken };
      }
      if (next === undefined) return { was, failure: null };
      target = next;
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      // Who has made it anew himself has the last word.
      return { was, failure: error.errno === 'EEXIST' ? null : error.message };
    }
  }
  return { was: 'changed again and again', failure: 'the other hand goes on' };
}

/** What makes of an object that a step has written what it was just before. */
function stepsBack(step: Step, { service, realServers }: ServicePicture): Step[] {
  switch (step.kind) {
    case 'set service':
      return service === undefined ? [] : [{ kind: 'set service', before: step.after, after: service }];
    case 'set real server': {
      const after = realServers.get(formatRealServer(step.after.identity));
      return after === undefined ? [] : [{ ...step, before: step.after, after }];
    }
    case 'delete real server': {
      const after = realServers.get(formatRealServer(step.before.identity));
      return after === undefined ? [] : [{ kind: 'add real server', service: step.service, after }];
    }
    case 'delete service':
      if (service === undefined) return [];
      return [
        { kind: 'add service', after: service },
        // The newest comes first, and shall be the newest again.
        ...[...realServers.values()]
          .reverse()
          .map((after): Step => ({ kind: 'add real server', service: service.identity, after })),
      ];
    default:
      return [];
  }
}
