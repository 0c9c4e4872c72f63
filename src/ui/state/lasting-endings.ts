import type { DrainEnding, DrainOrder } from '../../changes/drain/drain.ts';
import { type DrainEnd, drainKey } from '../../changes/drain/drains.ts';
import type { Intention } from '../../changes/plan/intention.ts';
import { makePlan } from '../../changes/plan/make-plan.ts';
import type { Plan } from '../../changes/plan/plan.ts';
import type { Director } from '../../director/director.ts';
import { formatRealServer, formatService, type RealServerKey } from '../../ipvs/identity.ts';
import type { LastingChange } from '../../manager/lasting/lasting-change.ts';
import { planLasting } from '../../manager/lasting/lasting-plan.ts';
import { planTracked } from '../../manager/lasting/tracked-plan.ts';
import type { ManagedConfiguration } from '../../manager/managed-configuration.ts';
import type { Work } from '../../system/turns.ts';

/** What a drain that is in keepalived's files ends with: that goes through the files, too. */
export interface LastingEnding {
  readonly order: DrainOrder;
  readonly ending: Exclude<DrainEnding, 'leave'>;
  /** How the weight of 0 was made lasting. */
  readonly way: LastingChange['way'];
}

/** Endings of drains that are in keepalived's files, until they are due. They are this screen's, and end with it. */
export class LastingEndings {
  readonly #awaited = new Map<RealServerKey, LastingEnding>();
  #due: readonly LastingEnding[] = [];

  /** Those that wait to be carried out, the oldest first. */
  get due(): readonly LastingEnding[] {
    return this.#due;
  }

  /** Whether a drain under way has one. */
  get areAwaited(): boolean {
    return this.#awaited.size > 0;
  }

  /** The ending of a drain; `undefined` where it is of the table only. */
  find(key: RealServerKey): LastingEnding | undefined {
    return this.#awaited.get(key);
  }

  /** Notes the endings of drains, and gives the drains that leave them to this. */
  take(orders: readonly DrainOrder[], way: LastingChange['way']): readonly DrainOrder[] {
    return orders.map((order): DrainOrder => {
      const { ending } = order;
      if (ending === 'leave') return order;
      this.#awaited.set(drainKey(order), { order, ending, way });
      return { ...order, ending: 'leave' };
    });
  }

  forget(keys: readonly RealServerKey[]): void {
    for (const key of keys) this.#awaited.delete(key);
  }

  /** Makes the endings of drains due that are over. */
  follow(ends: readonly DrainEnd[]): void {
    for (const { drain, kind } of ends) {
      const key = drainKey(drain.order);
      const ending = this.#awaited.get(key);
      this.#awaited.delete(key);
      if (ending !== undefined && kind === 'done') this.#due = [...this.#due, ending];
    }
  }

  /** One that is due is being written, or cannot be. */
  close(ending: LastingEnding): void {
    this.#due = this.#due.filter((other) => other !== ending);
  }
}

/** What an ending is of. */
export function endingName({ order: { service, realServer } }: LastingEnding): string {
  return `${formatRealServer(realServer)} of ${formatService(service)}`;
}

/**
 * Plans an ending; of the table only where keepalived's files say it already. Throws an `IpvsError` as `planLasting` and
 * `planTracked` do.
 */
export function* planEnding(
  director: Director,
  managed: ManagedConfiguration,
  { order: { service, realServer, formerWeight }, ending, way }: LastingEnding,
): Work<{ readonly lasting: LastingChange | null; readonly plan: Plan }> {
  const intentions: readonly Intention[] = [
    ending === 'delete'
      ? { kind: 'delete real server', service, realServer }
      : { kind: 'edit real server', service, realServer, change: { weight: formerWeight } },
  ];
  const lasting =
    ending === 'restore' && way === 'track_file'
      ? yield* planTracked(director, managed, intentions)
      : yield* planLasting(director, managed, intentions);
  return lasting === undefined
    ? { lasting: null, plan: yield* makePlan(director, intentions) }
    : { lasting, plan: lasting.plan };
}
