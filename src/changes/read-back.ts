import type { Director } from '../director/director.ts';
import { IpvsError } from '../ipvs/error.ts';
import { formatRealServer, formatService, type ServiceIdentity } from '../ipvs/identity.ts';
import type { Work } from '../system/turns.ts';
import {
  describeRealServer,
  describeService,
  describeSyncDaemon,
  describeTimeouts,
  stepObjectText,
  stepRealServer,
  stepService,
} from './describe.ts';
import { isSettingStep, presentSetting, readDirectorSettings, settingName } from './director-settings.ts';
import type { Step } from './plan.ts';
import {
  leftRealServers,
  lookAtService,
  type PresentObject,
  presentObject,
  type ServicePicture,
  serviceFinder,
} from './service-picture.ts';

/**
 * Reads what steps have written, service by service, and gives a sentence for each object that is not as they have
 * left it: somebody else is at work then.
 */
export function* readBack(director: Director, done: readonly Step[]): Work<string[]> {
  const services = yield* lastSteps(done);
  const find = serviceFinder(director, services.length);
  const deviations = settingDeviations(director, done);
  for (const { service, steps } of services) {
    try {
      const left = steps.flatMap(leftRealServers);
      const isExpected = steps.every(({ kind }) => kind !== 'delete service');
      const hasRealServers = steps.some((step) => stepRealServer(step) !== null);
      const picture = hasRealServers
        ? lookAtService(director, service, left, isExpected, find)
        : { service: find(service, isExpected), realServers: new Map() };
      deviations.push(...steps.flatMap((step) => deviation(picture, step)));
      yield picture.realServers.size + 1;
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      deviations.push(`${formatService(service)} was written but not read back: ${error.message}`);
      // What cannot be read now cannot be read for the next ones either.
      if (error.kind === 'unreachable') return deviations;
    }
  }
  return deviations;
}

/** Those of some steps on one service that the table shows done; none where it cannot be read. */
export function shownDone(director: Director, steps: readonly Step[]): Step[] {
  const service = steps.map((step) => stepService(step)).find((found) => found !== null);
  if (service == null) return [];
  try {
    const picture = lookAtService(director, service, steps.flatMap(leftRealServers));
    return steps.filter((step) => step.kind !== 'zero' && deviation(picture, step).length === 0);
  } catch (error) {
    if (error instanceof IpvsError) return [];
    throw error;
  }
}

/** The same for what is not of the table: the last step on each counts. */
function settingDeviations(director: Director, done: readonly Step[]): string[] {
  const last = new Map(done.filter(isSettingStep).map((step) => [settingName(step), step]));
  if (last.size === 0) return [];
  try {
    const settings = readDirectorSettings(director);
    return [...last.values()].flatMap((step) => deviationOf(presentSetting(settings, step), step));
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    return [`${[...last.keys()].join(', ')}: written but not read back: ${error.message}`];
  }
}

function deviation(picture: ServicePicture, step: Step): string[] {
  return deviationOf(presentObject(picture, step), step);
}

function deviationOf(now: PresentObject | undefined, step: Step): string[] {
  if ('after' in step ? now?.isAsWritten === true : now === undefined) return [];
  const wanted = written(step);
  return [
    `${isSettingStep(step) ? settingName(step) : stepObjectText(step)} was written as ${wanted ?? 'deleted'} and reads back as ${now?.words() ?? 'not there'}: somebody else changes it too`,
  ];
}

/** Of each object the last step, service by service: an earlier one says nothing about the end. */
function* lastSteps(
  done: readonly Step[],
): Work<{ readonly service: ServiceIdentity; readonly steps: Step[] }[]> {
  const services = new Map<string, { readonly service: ServiceIdentity; readonly last: Map<string, Step> }>();
  for (const step of done) {
    yield 1;
    const service = stepService(step);
    if (service === null || step.kind === 'zero') continue;
    const key = formatService(service);
    let entry = services.get(key);
    if (entry === undefined) {
      entry = { service, last: new Map() };
      services.set(key, entry);
    }
    if (step.kind === 'delete service') entry.last.clear();
    const realServer = stepRealServer(step);
    entry.last.set(realServer === null ? '' : formatRealServer(realServer), step);
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
    case 'stop sync daemon':
      return null;
    case 'set time-outs':
      return describeTimeouts(step.after);
    case 'start sync daemon':
      return describeSyncDaemon(step.after);
  }
}
