import type { Director } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { type PlanOutcome, planWork } from '../perform-plan.ts';
import type { Plan, Step } from '../plan.ts';
import { allAtOnce, type Work } from '../slices.ts';
import type { ChangeEnd, Journal, OpenEntry } from './journal.ts';
import type { Origin } from './origin.ts';
import { recordSteps } from './recorded-step.ts';

/** Milliseconds from one note of progress to the next. */
const timeBetweenNotes = 10;

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

/** Does a plan as `journalledWork` does, all of it at once. */
export function performJournalled(director: Director, plan: Plan, journalling: Journalling): PlanOutcome {
  return allAtOnce(journalledWork(director, plan, journalling));
}

/**
 * Does a plan as `planWork` does, and keeps a record of it: what will be done is on disk before the kernel is
 * asked, and what came of it after it was read back. Throws a `JournalError` when the record cannot be written
 * beforehand; nothing was done then.
 */
export function* journalledWork(
  director: Director,
  plan: Plan,
  { journal, origin, undoes, onEnd }: Journalling,
): Work<PlanOutcome> {
  let entry: OpenEntry | undefined;
  let noted = 0;
  const end = (ended: ChangeEnd): string[] => {
    if (entry === undefined) return [];
    const failure = entry.end(ended);
    onEnd?.({ id: entry.id, origin, plan, end: ended });
    return failure === undefined ? [] : [failure];
  };
  let outcome: PlanOutcome;
  try {
    outcome = yield* planWork(director, plan, {
      begins() {
        entry = journal.begin({ origin, undoes: undoes ?? null, steps: recordSteps(director, plan.steps) });
        noted = performance.now();
      },
      hasWritten(steps) {
        // What is written after the last note is found in the table.
        if (performance.now() - noted < timeBetweenNotes) return;
        entry?.progress(steps);
        noted = performance.now();
      },
    });
  } catch (error) {
    // Nothing was written; of a defect nobody knows, so its entry stays without an end.
    if (error instanceof IpvsError) {
      end({ state: 'failed', done: 0, reason: error.message, deviations: [] });
    }
    throw error;
  }
  const { done, deviations } = outcome;
  const skipped = skippedPlaces(plan.steps, done);
  const failures = end({
    state: outcome.kind,
    done: done.length,
    ...(skipped.length > 0 && { skipped }),
    reason: outcome.kind === 'done' ? null : outcome.error.message,
    deviations,
  });
  return failures.length === 0 ? outcome : { ...outcome, deviations: [...deviations, ...failures] };
}

/** Places of steps that were not done, before the last one that was. */
function skippedPlaces(steps: readonly Step[], done: readonly Step[]): number[] {
  if (done.length === steps.length) return [];
  const isDone = new Set(done);
  const last = steps.findLastIndex((step) => isDone.has(step));
  return steps.flatMap((step, place) => (place < last && !isDone.has(step) ? [place] : []));
}
