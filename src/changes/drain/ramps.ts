import type { Director } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import {
  formatRealServer,
  formatService,
  type RealServerIdentity,
  type RealServerKey,
  realServerKey,
  type ServiceIdentity,
} from '../../ipvs/identity.ts';
import { allAtOnce } from '../../system/turns.ts';
import { makePlan } from '../plan/make-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { findRealServer } from '../steps/table-state.ts';
import { type PlanOutcome, performPlan } from '../write/perform-plan.ts';
import type { RampStep } from './ramp.ts';

/** Number of steps of a ramp where none is given. */
export const usualRampSteps = 10;

/** A weight that is changed in steps, the first of which is done. */
export interface Ramp {
  readonly service: ServiceIdentity;
  readonly realServer: RealServerIdentity;
  /** The weights still to come; at least one, and the last is the target. */
  readonly steps: readonly RampStep[];
  /** The weight that the previous step has set. */
  readonly present: number;
  /** When the first step was done, milliseconds since the epoch. */
  readonly beganAt: number;
}

/** How a ramp ended, in a sentence. */
export interface RampEnd {
  readonly ramp: Ramp;
  readonly kind: 'done' | 'failed';
  readonly text: string;
}

/** What ramps work with. */
export interface RampsOptions {
  readonly director: Director;
  /** Carries out a plan; by `performPlan` where it is left out. */
  readonly perform?: ((plan: Plan) => PlanOutcome) | undefined;
  /** Told of each weight just before it is written. */
  readonly onStep?: (key: RealServerKey, weight: number) => void;
}

/**
 * The ramps under way. They end with the process, however far they are. A ramp also ends when anybody else, the
 * operator included, gives the real server another weight.
 */
export class Ramps {
  readonly #options: RampsOptions;
  readonly #ramps = new Map<RealServerKey, Ramp>();

  constructor(options: RampsOptions) {
    this.#options = options;
  }

  /** The ramps under way, the oldest first. */
  get all(): readonly Ramp[] {
    return [...this.#ramps.values()];
  }

  /** Takes on ramps whose first step was just done. */
  begin(ramps: readonly Ramp[]): void {
    for (const ramp of ramps) this.#ramps.set(rampKey(ramp), ramp);
  }

  /** Does the steps that are due at `time`, milliseconds since the epoch, and gives the ramps that have ended. */
  take(time: number): RampEnd[] {
    const ends: RampEnd[] = [];
    for (const [key, ramp] of this.#ramps) {
      const end = this.#goOn(key, ramp, time);
      if (end === undefined) continue;
      this.#ramps.delete(key);
      ends.push(end);
    }
    return ends;
  }

  #goOn(key: RealServerKey, ramp: Ramp, time: number): RampEnd | undefined {
    const { director } = this.#options;
    const { service, realServer, steps, present, beganAt } = ramp;
    const due = steps.findLastIndex(({ at }) => beganAt + at <= time);
    const step = steps[due];
    if (step === undefined) return undefined;
    const name = rampName(ramp);
    try {
      const weight = findRealServer(director, service, realServer)?.realServer.weight;
      if (weight === undefined)
        return {
          ramp,
          kind: 'failed',
          text: `${name} is not there any more: its weight is raised no further`,
        };
      if (weight !== present)
        return {
          ramp,
          kind: 'failed',
          text: `${name} was given weight ${weight} meanwhile, where the last step made it ${present}: the steps end here`,
        };
      const plan = allAtOnce(
        makePlan(director, [
          { kind: 'edit real server', service, realServer, change: { weight: step.weight } },
        ]),
      );
      this.#options.onStep?.(key, step.weight);
      const perform = this.#options.perform ?? ((wanted) => allAtOnce(performPlan(director, wanted)));
      const outcome = perform(plan);
      if (outcome.kind === 'partly done') throw outcome.error;
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      return { ramp, kind: 'failed', text: `${name} stays at weight ${present}: ${error.message}` };
    }
    const left = steps.slice(due + 1);
    if (left.length === 0) return { ramp, kind: 'done', text: `${name} has reached weight ${step.weight}` };
    this.#ramps.set(key, { ...ramp, steps: left, present: step.weight });
    return undefined;
  }
}

/** The real server and service of a ramp, as text. */
export function rampName({ service, realServer }: Pick<Ramp, 'service' | 'realServer'>): string {
  return `${formatRealServer(realServer)} of ${formatService(service)}`;
}

/** The key of a ramp, which is that of its real server's row. */
export function rampKey({ service, realServer }: Pick<Ramp, 'service' | 'realServer'>): RealServerKey {
  return realServerKey(service, realServer);
}
