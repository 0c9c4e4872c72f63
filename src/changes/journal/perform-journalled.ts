import type { Director } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { type PlanOutcome, performPlan } from '../perform-plan.ts';
import type { Plan } from '../plan.ts';
import type { ChangeEnd, Journal, OpenEntry } from './journal.ts';
import type { Origin } from './origin.ts';
import { recordSteps } from './recorded-step.ts';

/** Where a change is recorded, and what of it the plan does not know. */
export interface Journalling {
  readonly journal: Journal;
  readonly origin: Origin;
  /** The change that the plan takes back. */
  readonly undoes?: string;
  /** Hears of a change that has ended, to tell the system's log. */
  readonly onEnd?: (ended: EndedChange) => void;
}

/** A change that has ended, one way or the other. */
export interface EndedChange {
  readonly id: string;
  readonly origin: Origin;
  readonly plan: Plan;
  readonly end: ChangeEnd;
}

/**
 * Does a plan as `performPlan` does, and keeps a record of it: what will be done is on disk before the kernel is
 * asked, and what came of it after it was read back. Throws a `JournalError` when the record cannot be written
 * beforehand; nothing was done then.
 */
export function performJournalled(
  director: Director,
  plan: Plan,
  { journal, origin, undoes, onEnd }: Journalling,
): PlanOutcome {
  let entry: OpenEntry | undefined;
  const end = (ended: ChangeEnd): string[] => {
    if (entry === undefined) return [];
    const failure = entry.end(ended);
    onEnd?.({ id: entry.id, origin, plan, end: ended });
    return failure === undefined ? [] : [failure];
  };
  let outcome: PlanOutcome;
  try {
    outcome = performPlan(director, plan, {
      begins() {
        entry = journal.begin({ origin, undoes: undoes ?? null, steps: recordSteps(director, plan.steps) });
      },
      hasWritten: (steps) => entry?.progress(steps),
    });
  } catch (error) {
    // Nothing was written; of a defect nobody knows, so its entry stays without an end.
    if (error instanceof IpvsError) {
      end({ state: 'failed', done: 0, reason: error.message, deviations: [] });
    }
    throw error;
  }
  const failures = end({
    state: outcome.kind,
    done: outcome.done.length,
    reason: outcome.kind === 'done' ? null : outcome.error.message,
    deviations: outcome.deviations,
  });
  return failures.length === 0 ? outcome : { ...outcome, deviations: [...outcome.deviations, ...failures] };
}
