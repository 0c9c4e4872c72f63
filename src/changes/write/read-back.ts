import type { Director } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import type { ServiceKey } from '../../ipvs/identity.ts';
import type { Work } from '../../system/turns.ts';
import { type Picture, servicePicture } from '../steps/objects.ts';
import type { Step } from '../steps/step.ts';
import {
  isSettingStep,
  presentObject,
  removes,
  settingName,
  stepGroup,
  stepObjectText,
  stepRealServerKey,
  stepService,
  written,
} from '../steps/step-kinds.ts';
import { leftRealServers, lookAtService, lookAtSettings, type ServiceFinder, serviceFinder } from './look.ts';

/**
 * Reads back what steps have written, service by service, and gives a sentence for each object that is not as they
 * left it, or could not be read.
 */
export function* readBack(director: Director, done: readonly Step[]): Work<string[]> {
  const groups = yield* lastSteps(done);
  const find = serviceFinder(director, groups.length);
  const deviations: string[] = [];
  for (const steps of groups) {
    try {
      const picture = lookAtLeft(director, steps, find);
      deviations.push(...steps.flatMap((step) => deviation(picture, step)));
      yield picture.realServers.size + 1;
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      const names = [
        ...new Set(steps.map((step) => (isSettingStep(step) ? settingName(step) : stepGroup(step)))),
      ];
      deviations.push(`${names.join(', ')} was written but not read back: ${error.message}`);
      // If the director cannot be reached now, the next services cannot be read either.
      if (error.kind === 'unreachable') return deviations;
    }
  }
  return deviations;
}

/** Those of some steps on one service that the table shows as done; none where it cannot be read. */
export function shownDone(director: Director, steps: readonly Step[]): Step[] {
  try {
    const service = steps.map(stepService).find((found) => found !== null);
    if (service == null) return [];
    const picture = lookAtService(director, service, leftRealServers(steps));
    return steps.filter((step) => step.kind !== 'zero' && deviation(picture, step).length === 0);
  } catch (error) {
    if (error instanceof IpvsError) return [];
    throw error;
  }
}

/** Reads what steps have written, in one service or in the settings. */
function lookAtLeft(director: Director, steps: readonly Step[], find: ServiceFinder): Picture {
  const service = steps.map(stepService).find((found) => found !== null);
  if (service == null) return lookAtSettings(director);
  const isExpected = steps.every(({ kind }) => kind !== 'delete service');
  return steps.some((step) => stepRealServerKey(step) !== '')
    ? lookAtService(director, service, leftRealServers(steps), isExpected, find)
    : servicePicture({ service: find(service, isExpected) });
}

function deviation(picture: Picture, step: Step): string[] {
  const now = presentObject(picture, step);
  if (removes(step) ? now === undefined : now?.isAsWritten === true) return [];
  const name = isSettingStep(step) ? settingName(step) : stepObjectText(step);
  return [
    `${name} was written as ${written(step) ?? 'deleted'} and reads back as ${now?.words ?? 'not there'}: another hand changes it too, or the kernel made that of it`,
  ];
}

/** The last step on each object, service by service: earlier ones say nothing about the final state. */
function* lastSteps(done: readonly Step[]): Work<Step[][]> {
  const groups = new Map<ServiceKey | '', Map<string, Step>>();
  for (const step of done) {
    yield 1;
    if (step.kind === 'zero') continue;
    const key = stepGroup(step);
    let last = groups.get(key);
    if (last === undefined) {
      last = new Map();
      groups.set(key, last);
    }
    if (step.kind === 'delete service') last.clear();
    last.set(isSettingStep(step) ? settingName(step) : stepRealServerKey(step), step);
  }
  return [...groups.values()].map((last) => [...last.values()]);
}
