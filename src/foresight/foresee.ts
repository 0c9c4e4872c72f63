import type { Step } from '../changes/steps/step.ts';
import { stepService } from '../changes/steps/step-kinds.ts';
import type { Director } from '../director/director.ts';
import { formatService, type ServiceIdentity, type ServiceKey } from '../ipvs/identity.ts';
import type { WholeView } from '../sampling/view.ts';
import type { Work } from '../system/turns.ts';
import { arrivalsOf } from './arrivals.ts';
import { sampleConnections } from './connection-sample.ts';
import { courseOfService } from './course-of-service.ts';
import type { Forecast } from './forecast.ts';
import { foretell } from './foretell.ts';

/** The question that a forecast answers. */
export interface ForesightQuestion {
  readonly director: Director;
  /** The view of the last reading, which has the load of the last minutes. */
  readonly view: WholeView;
  readonly steps: readonly Step[];
  /** Seconds to run forward. */
  readonly seconds: number;
}

/**
 * Forecasts, for each service that the steps change, how it fares with and without them. Throws the director's
 * `IpvsError`.
 */
export function* foresee({ director, view, steps, seconds }: ForesightQuestion): Work<Forecast[]> {
  const forecasts: Forecast[] = [];
  const changed = stepsByService(steps);
  const samples = yield* sampleConnections(director, view, new Set(changed.keys()));
  for (const [key, { identity, steps: own }] of changed) {
    const service = view.services.find((candidate) => candidate.key === key);
    if (service === undefined) continue;
    const course = courseOfService(director, {
      identity,
      arrivals: arrivalsOf(service),
      sample: samples.get(key) ?? null,
      seconds,
    });
    if (course === undefined) continue;
    yield course.servers.length;
    const forecast = yield* foretell(course, own);
    if (forecast !== null) forecasts.push(forecast);
  }
  return forecasts;
}

/**
 * The services that steps change, with the steps of each. Steps beside the table, and those that zero counters, are
 * left out.
 */
export function stepsByService(
  steps: readonly Step[],
): ReadonlyMap<ServiceKey, { readonly identity: ServiceIdentity; readonly steps: readonly Step[] }> {
  const services = new Map<ServiceKey, { identity: ServiceIdentity; steps: Step[] }>();
  for (const step of steps) {
    const identity = stepService(step);
    if (identity === null || step.kind === 'zero') continue;
    const key = formatService(identity);
    const known = services.get(key);
    if (known === undefined) services.set(key, { identity, steps: [step] });
    else known.steps.push(step);
  }
  return services;
}
