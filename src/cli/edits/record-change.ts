import { type Journal, JournalError } from '../../changes/journal/journal.ts';
import type { Origin } from '../../changes/journal/origin.ts';
import { type Journalling, performJournalled, type Trial } from '../../changes/journal/perform-journalled.ts';
import { originOf, processOriginFacts } from '../../changes/journal/process-origin.ts';
import type { Plan } from '../../changes/plan/plan.ts';
import { count } from '../../changes/steps/describe.ts';
import { formatTime } from '../../changes/undo/change-words.ts';
import { changeName, planUndo } from '../../changes/undo/plan-undo.ts';
import { findUnfinished, settle, type UnfinishedReport } from '../../changes/undo/unfinished.ts';
import { type PlanOutcome, performPlan } from '../../changes/write/perform-plan.ts';
import type { Director } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { allAtOnce, inTurns, type Work } from '../../system/turns.ts';
import { interruptible } from '../context/clock.ts';
import type { CommandContext } from '../context/context.ts';
import { CommandEnd } from '../context/exit-code.ts';
import { openJournal, systemLogOf } from './open-journal.ts';
import { type TrialOptions, trialOf } from './trial.ts';

/** Whether and how a command's change is recorded. */
export interface RecordOptions extends TrialOptions {
  /** `false` with `--no-journal`. */
  readonly journal?: boolean;
  /** The change that is taken back. */
  readonly undoes?: string;
}

/**
 * Performs and records a plan that can be long: Ctrl-C breaks it off after the request under way. `tell` gets the
 * outcome first. Then this throws a `CommandEnd` where the plan was broken off, or the error of the step that failed,
 * after saying what takes back what was done.
 */
export async function performInterruptibly(
  context: CommandContext,
  director: Director,
  plan: Plan,
  options: RecordOptions,
  tell: (outcome: PlanOutcome) => void,
): Promise<void> {
  const trial = trialOf(context, director, options);
  const { outcome, exitCode } = await interruptible(async (stop) => {
    const ended = await inTurns(performRecorded(context, director, plan, options, stop, trial));
    // Told in here, where a signal that comes when all is done does not end the process yet.
    tell(ended);
    return { outcome: ended, exitCode: Number(stop.reason) };
  });
  if (outcome.kind === 'done') {
    if (trial !== undefined) tellTrial(context, trial);
    return;
  }
  const canBeUndone = director.source === 'kernel' && outcome.record !== null && outcome.done.length > 0;
  const wayBack = canBeUndone ? `what was done is taken back by: lvstop undo ${outcome.record}` : null;
  if (outcome.kind === 'partly done') {
    if (wayBack !== null) context.console.err(wayBack);
    throw outcome.error;
  }
  throw new CommandEnd('broken-off', exitCode, brokenOffSentence(outcome, wayBack));
}

function tellTrial({ console }: CommandContext, { id, confirmBy }: Trial & { readonly id: string }): void {
  console.err(`taken back at ${formatTime(confirmBy)} unless you say before: lvstop confirm ${id}`);
}

function brokenOffSentence(
  { done, notDone }: Extract<PlanOutcome, { kind: 'broken off' }>,
  wayBack: string | null,
): string {
  if (done.length === 0) return 'broken off: nothing was done';
  const amount = `${done.length} of ${count(done.length + notDone.length, 'change')}`;
  const rest = 'the same command again does the rest';
  return `broken off: ${amount} done; ${wayBack === null ? rest : `${rest}; ${wayBack}`}`;
}

/**
 * Does a plan and keeps a record of it. Throws an `IpvsError` as `performPlan` does, and an input one when the
 * journal cannot be written; nothing was done then.
 */
export function* performRecorded(
  context: CommandContext,
  director: Director,
  plan: Plan,
  options: RecordOptions,
  stop?: AbortSignal,
  trial?: Trial,
): Work<PlanOutcome> {
  const { journal: isRecorded, undoes } = options;
  if (isRecorded === false) return yield* performPlan(director, plan, undefined, stop);
  const journalling = openJournalling(context, director, 'command');
  tellUnfinished(context, director, journalling.journal);
  return yield* performOrRefuse(
    director,
    plan,
    {
      ...journalling,
      ...(trial && { trial }),
      ...(undoes !== undefined && { undoes }),
      ...(stop !== undefined && { stop }),
    },
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
    journal: openJournal(context, director.source, director.clock.time),
    origin: originOf(processOriginFacts(), by),
    ...(onEnd !== undefined && { onEnd }),
  };
}

/** Does and records a plan; where it cannot be recorded nothing is done, and an input `IpvsError` gives the advice. */
export function* performOrRefuse(
  director: Director,
  plan: Plan,
  journalling: Journalling,
  advice: string,
): Work<PlanOutcome> {
  try {
    return yield* performJournalled(director, plan, journalling);
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    throw IpvsError.input(
      'journal-unwritable',
      'record the change in',
      error.place,
      error.reason,
      `this change was not made; ${advice}`,
    );
  }
}

/**
 * Tells of changes that were cut off before their end, compared with the table. Where somebody sits at a terminal, or
 * nothing of a change is in force, the journal notes that it was told, so that it is told once; a warning in a script
 * may have been read by nobody, so it is repeated.
 */
export function tellUnfinished({ console }: CommandContext, director: Director, journal: Journal): void {
  for (const report of allAtOnce(findUnfinished(director, journal))) {
    const { advice, isOver } = undoAdvice(director, report);
    console.err(
      `warning: ${changeName(report.change)} was cut off before its end: ${report.sentence}${advice}`,
    );
    if (console.confirm === null && !isOver) continue;
    try {
      settle(journal, report);
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      // Not noted, so the change is told again the next time.
    }
  }
}

/**
 * The advice behind a report, and whether the report need not be repeated: nothing is in force, or an undo is complete.
 */
function undoAdvice(
  director: Director,
  { change, done, uncertain }: UnfinishedReport,
): { readonly advice: string; readonly isOver: boolean } {
  if (done === 0 && uncertain === null) return { advice: '', isOver: true };
  try {
    const { steps, unseen } = allAtOnce(planUndo(director, change));
    if (steps.length === 0) return { advice: '; all is as it was before it', isOver: true };
    const asking = unseen === null ? '' : ', and asks first';
    const isOver = change.undoes !== null && done === change.steps.length;
    return { advice: `; "lvstop undo ${change.id}" takes it back${asking}`, isOver };
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    // The table does not allow the undo; `lvstop undo` says why.
    return { advice: '', isOver: false };
  }
}
