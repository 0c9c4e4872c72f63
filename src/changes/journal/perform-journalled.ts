import type { Director } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import type { Wait, Work } from '../../system/turns.ts';
import type { Plan } from '../plan/plan.ts';
import type { Step } from '../steps/step.ts';
import { type PlanListener, type PlanOutcome, performPlan } from '../write/perform-plan.ts';
import type { ChangeEnd, Journal, OpenEntry } from './journal.ts';
import type { Origin } from './origin.ts';
import { brokenOffReason } from './record.ts';

/** Least milliseconds from one note of progress to the next. */
const timeBetweenNotes = 10;

/** Where a change is recorded, and what the plan does not say about it. */
export interface Journalling {
  readonly journal: Journal;
  readonly origin: Origin;
  /** The change that the plan takes back. */
  readonly undoes?: string;
  /** Set if the change is taken back unless it is confirmed. */
  readonly trial?: Trial;
  /** Breaks the change off when aborted; its end is still recorded. */
  readonly stop?: AbortSignal;
  /** Called when the change has ended, to write it to the system's log. */
  readonly onEnd?: (ended: EndedChange) => void;
}

/** What is needed for a change that is taken back unless it is confirmed. */
export interface Trial {
  /** The id of the change; one is made where it is left out. */
  readonly id?: string;
  /** Milliseconds since 1970. */
  readonly confirmBy: number;
  /**
   * Arranges that the change with that id is taken back. If it throws, the change ends before anything is written.
   */
  readonly arm: (id: string) => Wait;
}

/** A change that has ended, well or not. */
export interface EndedChange {
  readonly id: string;
  readonly origin: Origin;
  readonly plan: Plan;
  readonly end: ChangeEnd;
}

/**
 * Does a plan as `performPlan` does, and records it: what will be done is on disk before the kernel is asked, and the
 * outcome after it was read back. Throws a `JournalError` when the record cannot be written beforehand; then nothing
 * was done.
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
        // Steps written after the last note can be found in the table.
        if (performance.now() - noted < timeBetweenNotes) return;
        entry?.progress(steps);
        noted = performance.now();
      },
    };
    outcome = yield* performPlan(director, plan, listener, stop);
  } catch (error) {
    // Nothing was written. After a defect, or when the kernel gave no answer, nobody knows that: the entry stays
    // without an end, and the next start compares it with the table.
    if (error instanceof IpvsError && error.kind !== 'unreachable') {
      yield* end({ state: 'failed', done: 0, reason: error.message, deviations: [] });
    }
    throw error;
  }
  const { done, deviations } = outcome;
  const isUnanswered = outcome.kind === 'partly done' && outcome.error.kind === 'unreachable';
  // Steps that only the table shows as done may be somebody else's, so only acknowledged ones are noted.
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

/** Why a plan went no further; `null` when all was done. */
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

/** Indexes of steps that were not done though a later one was. */
function skippedPlaces(steps: readonly Step[], done: readonly Step[]): number[] {
  if (done.length === steps.length) return [];
  const isDone = new Set(done);
  const last = steps.findLastIndex((step) => isDone.has(step));
  return steps.flatMap((step, place) => (place < last && !isDone.has(step) ? [place] : []));
}
