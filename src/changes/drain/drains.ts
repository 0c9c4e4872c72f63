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

/** Keeps drains so that they are found at the next start. */
export interface DrainStore {
  /** Keeps these drains of this process instead of all it kept before. Gives a sentence when that failed. */
  save(drains: readonly KeptDrain[]): string | undefined;
}

/** A drain as it is kept. */
export interface KeptDrain {
  readonly order: DrainOrder;
  /** The greatest number of connections that was left. */
  readonly greatest: number;
  /** `null` where the real server could not be read when its drain began. */
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
  /** The journal of changes, which tells a later run what was changed after a drain began. */
  readonly journal?: Journal;
  /**
   * Drains of a former run whose real servers nobody has touched since. Those that write when they end wait for
   * `release`.
   */
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
    // Drains in the store that are not continued are dropped from it.
    if (store !== undefined) this.#save();
  }

  /** The drains under way, the oldest first. */
  get all(): readonly Drain[] {
    return [...this.#drains.values()];
  }

  /** Whether drains are kept for the next start. */
  get isKept(): boolean {
    return this.#store !== undefined;
  }

  /** The drain of a real server by its `realServerKey`. */
  find(key: RealServerKey): Drain | undefined {
    return this.#drains.get(key);
  }

  /**
   * Begins to watch real servers whose weight was just set to 0. Gives a sentence when the drains could not be kept.
   */
  begin(orders: readonly DrainOrder[]): string | undefined {
    const marks = drainMarks(this.#director, this.#journal, orders);
    orders.forEach((order, place) => {
      this.#drains.set(drainKey(order), beginDrain(order, marks[place] ?? null));
    });
    return this.#save();
  }

  /** Lets drains of a former run end as they were ordered to, now that an operator has said so. */
  release(keys: readonly RealServerKey[]): void {
    for (const key of keys) {
      const drain = this.#drains.get(key);
      if (drain !== undefined) this.#drains.set(key, { ...drain, isHeld: false });
    }
  }

  /** Stops watching real servers; their weights stay as they are. */
  forget(...keys: readonly RealServerKey[]): void {
    if (keys.filter((key) => this.#drains.delete(key)).length > 0) this.#save();
  }

  /** What decides how the connections of a drain end; `null` when its service does not exist. */
  surroundings({ order }: Drain): DrainSurroundings | null {
    return drainSurroundings(this.#director, order.service);
  }

  /**
   * Reads all drained real servers from the director, ends drains that are empty, and gives those that have ended.
   * `time` is milliseconds by the clock of `beganAt`.
   */
  read(time: number): DrainEnd[] {
    return this.take(time, ({ order }) => readDrain(this.#director, order, time));
  }

  /** Does the same with readings that were made already. */
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

  /** How a drain ended; `undefined` while it goes on. */
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
        // The plan has read it once more: a weight or a connection may have come meanwhile.
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

/** The key of a drain, which is that of its real server's row. */
export function drainKey({ service, realServer }: DrainOrder): RealServerKey {
  return realServerKey(service, realServer);
}

/** Reads the real server of an order; `null` when it does not exist. */
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
