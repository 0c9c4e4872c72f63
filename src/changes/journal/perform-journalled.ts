import type { Director } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import type { Wait, Work } from '../../system/turns.ts';
import type { Plan } from '../plan/plan.ts';
import type { Step } from '../steps/step.ts';
import { type PlanListener, type PlanOutcome, performPlan } from '../write/perform-plan.ts';
import type { ChangeEnd, Journal, OpenEntry } from './journal.ts';
import type { Origin } from './origin.ts';
import { brokenOffReason } from './record.ts';

/** Milliseconds from one note of progress to the next. */
const timeBetweenNotes = 10;

/** Where a change is recorded, and what of it the plan does not know. */
export interface Journalling {
  readonly journal: Journal;
  readonly origin: Origin;
  /** The change that the plan takes back. */
  readonly undoes?: string;
  /** It is taken back unless it is confirmed. */
  readonly trial?: Trial;
  /** Breaks the change off when it is aborted; its record gets its end all the same. */
  readonly stop?: AbortSignal;
  /** Hears of a change that has ended, to tell the system's log. */
  readonly onEnd?: (ended: EndedChange) => void;
}

/** How a change is made that is taken back unless it is confirmed. */
export interface Trial {
  /** Its name; one is made where it is left out. */
  readonly id?: string;
  /** Milliseconds since 1970. */
  readonly confirmBy: number;
  /** Sees to it that the change of that name is taken back. What it throws ends the change before it is written. */
  readonly arm: (id: string) => Wait;
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
export function* performJournalled(
  director: Director,
  plan: Plan,
  { journal, origin, undoes, trial, onEnd, stop }: Journalling,
): Work<PlanOutcome> {
  let entry: OpenEntry | undefined;
  let noted = 0;
  let acknowledged = 0;
  const end = function* (ended: ChangeEnd): Work<string[]> {
    if (entry === undefined) return [];
    const failure = yield* entry.end(ended);
    onEnd?.({ id: entry.id, origin, plan, end: ended });
    return failure === undefined ? [] : [failure];
  };
  let outcome: PlanOutcome;
  try {
    const listener: PlanListener = {
      *begins(steps) {
        entry = yield* journal.begin({
          ...(trial?.id !== undefined && { id: trial.id }),
          origin,
          undoes: undoes ?? null,
          ...(trial !== undefined && { confirmBy: trial.confirmBy }),
          steps,
        });
        if (trial !== undefined) yield trial.arm(entry.id);
        noted = performance.now();
      },
      hasWritten(steps) {
        acknowledged = steps;
        // What is written after the last note is found in the table.
        if (performance.now() - noted < timeBetweenNotes) return;
        entry?.progress(steps);
        noted = performance.now();
      },
    };
    outcome = yield* performPlan(director, plan, listener, stop);
  } catch (error) {
    // Nothing was written. Of a defect, and of a kernel that gave no answer, nobody knows: the entry stays without an
    // end, and the next start compares it with the table.
    if (error instanceof IpvsError && error.kind !== 'unreachable') {
      yield* end({ state: 'failed', done: 0, reason: error.message, deviations: [] });
    }
    throw error;
  }
  const { done, deviations } = outcome;
  const isUnanswered = outcome.kind === 'partly done' && outcome.error.kind === 'unreachable';
  // What only the table shows done may be another hand's.
  if (isUnanswered) entry?.progress(acknowledged);
  const skipped = skippedPlaces(plan.steps, done);
  const failures = yield* end({
    state: outcome.kind === 'broken off' || isUnanswered ? 'interrupted' : outcome.kind,
    done: done.length,
    ...(skipped.length > 0 && { skipped }),
    reason: reasonOf(outcome),
    deviations,
  });
  const told = { deviations: [...deviations, ...failures] };
  return { ...outcome, ...told, record: entry?.id ?? null };
}

/** Why it went no further; `null` when all was done. */
function reasonOf(outcome: PlanOutcome): string | null {
  switch (outcome.kind) {
    case 'done':
      return null;
    case 'partly done':
      return outcome.error.message;
    case 'broken off':
      return brokenOffReason;
  }
}

/** Places of steps that were not done, before the last one that was. */
function skippedPlaces(steps: readonly Step[], done: readonly Step[]): number[] {
  if (done.length === steps.length) return [];
  const isDone = new Set(done);
  const last = steps.findLastIndex((step) => isDone.has(step));
  return steps.flatMap((step, place) => (place < last && !isDone.has(step) ? [place] : []));
}
