import { type Journal, JournalError } from '../changes/journal/journal.ts';
import type { Origin } from '../changes/journal/origin.ts';
import { type Journalling, performJournalled } from '../changes/journal/perform-journalled.ts';
import { changeName } from '../changes/journal/plan-undo.ts';
import { findUnfinished, settle } from '../changes/journal/unfinished.ts';
import { type PlanOutcome, performPlan } from '../changes/perform-plan.ts';
import type { Plan } from '../changes/plan.ts';
import type { Director } from '../director/director.ts';
import { IpvsError } from '../ipvs/error.ts';
import type { CommandContext } from './context.ts';
import { openJournal, systemLogOf } from './open-journal.ts';
import { originOf, processOriginFacts } from './process-origin.ts';

/** Whether and how a command's change is recorded. */
export interface RecordOptions {
  /** `false` with `--no-journal`. */
  readonly journal?: boolean;
  /** The change that is taken back. */
  readonly undoes?: string;
}

/**
 * Does a plan and keeps a record of it. Throws an `IpvsError` as `performPlan` does, and an input one when the
 * journal cannot be written; nothing was done then.
 */
export function performRecorded(
  context: CommandContext,
  director: Director,
  plan: Plan,
  { journal: isRecorded, undoes }: RecordOptions,
): PlanOutcome {
  if (isRecorded === false) return performPlan(director, plan);
  const journalling = openJournalling(context, director, 'command');
  tellUnfinished(context, director, journalling.journal);
  return performOrRefuse(
    director,
    plan,
    { ...journalling, ...(undoes !== undefined && { undoes }) },
    'set that right, or give --no-journal to do it without a record',
  );
}

/** Everything that a record of changes takes: the journal, who makes them, and the system's log. */
export function openJournalling(
  context: CommandContext,
  director: Director,
  by: Origin['by'],
): Omit<Journalling, 'undoes'> {
  const onEnd = systemLogOf(director);
  return {
    journal: openJournal(context, director.source),
    origin: originOf(processOriginFacts(), by),
    ...(onEnd !== undefined && { onEnd }),
  };
}

/** Does and records a plan; where it cannot be recorded nothing is done, and an input `IpvsError` gives the advice. */
export function performOrRefuse(
  director: Director,
  plan: Plan,
  journalling: Journalling,
  advice: string,
): PlanOutcome {
  try {
    return performJournalled(director, plan, journalling);
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    throw IpvsError.input('record the change in', error.place, error.reason, `nothing was done; ${advice}`);
  }
}

/**
 * Tells of changes that were cut off before their end, compared with the table. Where somebody sits at a terminal
 * that is noted too, so that they are told once; a script's warning may have been read by nobody.
 */
export function tellUnfinished({ console }: CommandContext, director: Director, journal: Journal): void {
  for (const report of findUnfinished(director, journal)) {
    console.err(
      `warning: ${changeName(report.change)} was cut off before its end: ${report.sentence}; "lvstop undo ${report.change.id}" takes it back`,
    );
    if (console.confirm === null) continue;
    try {
      settle(journal, report);
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      // It stays as it is, and is told again.
    }
  }
}
