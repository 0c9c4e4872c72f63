import type { Director } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { formatRealServer, formatService, type RealServerKey, realServerKey } from '../../ipvs/identity.ts';
import { allAtOnce } from '../../system/turns.ts';
import type { Journal } from '../journal/journal.ts';
import type { Intention } from '../plan/intention.ts';
import { makePlan } from '../plan/make-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { spanText } from '../steps/describe.ts';
import { findRealServer } from '../steps/table-state.ts';
import { type PlanOutcome, performPlan } from '../write/perform-plan.ts';
import {
  beginDrain,
  type Drain,
  type DrainMark,
  type DrainOrder,
  type DrainReading,
  observeDrain,
  resumeDrain,
  takeUpDrain,
} from './drain.ts';
import { drainMarks } from './drain-marks.ts';
import { type DrainSurroundings, drainSurroundings, persistentStillCome } from './drain-obstacles.ts';

/** Keeps drains for the next start. */
export interface DrainStore {
  /** Keeps these and no others of this process. Gives a sentence when they could not be kept. */
  save(drains: readonly KeptDrain[]): string | undefined;
}

/** A drain as it is kept. */
export interface KeptDrain {
  readonly order: DrainOrder;
  /** The greatest number that was left. */
  readonly greatest: number;
  /** `null` where nothing was noted of it. */
  readonly mark: DrainMark | null;
}

/** How a drain ended, in a sentence. */
export interface DrainEnd {
  readonly drain: Drain;
  readonly kind: 'done' | 'failed';
  readonly text: string;
}

/** What drains work with. */
export interface DrainsOptions {
  readonly director: Director;
  /** Nothing is kept where it is left out. */
  readonly store?: DrainStore;
  /** Carries out a plan; by `performPlan` where it is left out. */
  readonly perform?: (plan: Plan) => PlanOutcome;
  /** Where changes are recorded, so that a later run knows which of them came after a drain began. */
  readonly journal?: Journal;
  /** Drains of a former run that nobody has touched since. Those whose ending would write wait for `release`. */
  readonly found?: readonly KeptDrain[];
}

/** The drains under way: takes readings of them and ends each as it was ordered. It has no clock of its own. */
export class Drains {
  readonly #director: Director;
  readonly #store: DrainStore | undefined;
  readonly #perform: (plan: Plan) => PlanOutcome;
  readonly #journal: Journal | undefined;
  readonly #drains = new Map<RealServerKey, Drain>();

  constructor({ director, store, perform, journal, found = [] }: DrainsOptions) {
    this.#director = director;
    this.#store = store;
    this.#perform = perform ?? ((plan) => allAtOnce(performPlan(director, plan)));
    this.#journal = journal;
    for (const { order, greatest, mark } of found) {
      this.#drains.set(drainKey(order), takeUpDrain(order, mark, greatest));
    }
    // Those that were found and are not taken up are not found again.
    if (store !== undefined) this.#save();
  }

  /** Those under way, the oldest first. */
  get all(): readonly Drain[] {
    return [...this.#drains.values()];
  }

  /** They are found again at the next start. */
  get isKept(): boolean {
    return this.#store !== undefined;
  }

  /** The drain of a real server by its `realServerKey`. */
  find(key: RealServerKey): Drain | undefined {
    return this.#drains.get(key);
  }

  /** Watches real servers whose weight was just set to 0. Gives a sentence when they could not be kept. */
  begin(orders: readonly DrainOrder[]): string | undefined {
    const marks = drainMarks(this.#director, this.#journal, orders);
    orders.forEach((order, place) => {
      this.#drains.set(drainKey(order), beginDrain(order, marks[place] ?? null));
    });
    return this.#save();
  }

  /** An operator's word for drains that were found: they end as they were ordered to. */
  release(keys: readonly RealServerKey[]): void {
    for (const key of keys) {
      const drain = this.#drains.get(key);
      if (drain !== undefined) this.#drains.set(key, { ...drain, isHeld: false });
    }
  }

  /** Watches no more; the weight stays as it is. */
  forget(...keys: readonly RealServerKey[]): void {
    if (keys.filter((key) => this.#drains.delete(key)).length > 0) this.#save();
  }

  /** What decides how the connections of a drain end; `null` when its service is not there. */
  surroundings({ order }: Drain): DrainSurroundings | null {
    return drainSurroundings(this.#director, order.service);
  }

  /** Reads all drains from the director, ends those that are empty, and tells which have ended. */
  read(time: number): DrainEnd[] {
    return this.take(time, ({ order }) => readDrain(this.#director, order, time));
  }

  /** Takes readings that were made already, ends the drains that are empty, and tells which have ended. */
  take(time: number, readingOf: (drain: Drain) => DrainReading | null): DrainEnd[] {
    const ends: DrainEnd[] = [];
    let isToBeKept = false;
    for (const [key, drain] of this.#drains) {
      const reading = readingOf(drain);
      const observed = observeDrain(drain, reading, time);
      isToBeKept ||= observed.mark !== drain.mark;
      this.#drains.set(key, observed);
      const end = this.#endOf(observed);
      if (end === undefined) {
        if (observed.state === 'empty') this.#drains.set(key, resumeDrain(observed));
        continue;
      }
      this.#drains.delete(key);
      ends.push(end);
    }
    if (isToBeKept || ends.length > 0) this.#save();
    return ends;
  }

  /** How a drain ends that has come to an end; `undefined` when it goes on. */
  #endOf(drain: Drain): DrainEnd | undefined {
    const name = nameOf(drain.order);
    switch (drain.state) {
      case 'draining':
        return undefined;
      case 'gone':
        return { drain, kind: 'failed', text: `${name} is not there any more: it was deleted meanwhile` };
      case 'overtaken':
        return {
          drain,
          kind: 'failed',
          text: `${name} was given a weight again meanwhile: it is not drained any more`,
        };
      case 'timed out':
        return {
          drain,
          kind: 'failed',
          text: `${name} is not empty after ${spanText(drain.order.timeout ?? 0)}; it stays at weight 0`,
        };
      case 'empty':
        return drain.isHeld ? undefined : this.#finish(drain);
    }
  }

  #finish(drain: Drain): DrainEnd | undefined {
    const { order, latest } = drain;
    const name = nameOf(order);
    const after = `after ${spanText((latest?.time ?? order.beganAt) - order.beganAt)}`;
    const { service, realServer, formerWeight, ending } = order;
    if (ending === 'leave') {
      return { drain, kind: 'done', text: `${name} is empty ${after} and stays at weight 0` };
    }
    const intention: Intention =
      ending === 'delete'
        ? { kind: 'delete real server', service, realServer }
        : { kind: 'edit real server', service, realServer, change: { weight: formerWeight } };
    try {
      const plan = allAtOnce(makePlan(this.#director, [intention]));
      const [step] = plan.steps;
      if (step?.kind === 'delete real server') {
        // It was read once more for the plan: a weight or a connection may have come meanwhile.
        if (step.before.weight !== 0) return undefined;
        const { active, inactive } = step.connections;
        if (active + (order.until === 'all' ? inactive : 0) > 0) return undefined;
      }
      const outcome = this.#perform(plan);
      if (outcome.kind === 'partly done') throw outcome.error;
      const [deviation] = outcome.deviations;
      if (deviation !== undefined) return { drain, kind: 'failed', text: deviation };
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      // The next reading tries again: the drain is kept until the director can be asked.
      if (error.kind === 'unreachable') return undefined;
      return { drain, kind: 'failed', text: `${name} is empty, but ${error.message}` };
    }
    const text =
      ending === 'delete'
        ? `${name} is empty ${after} and deleted`
        : `${name} is empty ${after} and has its weight ${formerWeight} back`;
    return { drain, kind: 'done', text };
  }

  #save(): string | undefined {
    return this.#store?.save(this.all.map(({ order, greatest, mark }) => ({ order, greatest, mark })));
  }
}

/** The name of a drain: that of its real server among those of all services. */
export function drainKey({ service, realServer }: DrainOrder): RealServerKey {
  return realServerKey(service, realServer);
}

/** What is left by an order at this moment, read from the director; `null` when the real server is not there. */
function readDrain(
  director: Director,
  { service, realServer }: DrainOrder,
  time: number,
): DrainReading | null {
  const surroundings = drainSurroundings(director, service);
  const entry = surroundings === null ? undefined : findRealServer(director, service, realServer);
  if (surroundings === null || entry === undefined) return null;
  const { active, inactive, persistent, counters } = entry;
  return {
    time,
    weight: entry.realServer.weight,
    numbers: { active, inactive, persistent },
    connections: counters.connections,
    persistentStillCome: persistentStillCome(surroundings),
  };
}

function nameOf({ service, realServer }: DrainOrder): string {
  return `${formatRealServer(realServer)} of ${formatService(service)}`;
}
