import type { Director } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { count, describeStep, stepObject } from '../describe.ts';
import type { Step } from '../plan.ts';
import { expectedRealServers, leftRealServers, lookAtService, presentObject } from '../service-picture.ts';
import type { Journal } from './journal.ts';
import type { JournalledChange } from './journalled-change.ts';
import { planStep } from './recorded-step.ts';

/** A change that was cut off, compared with the table. */
export interface UnfinishedReport {
  readonly change: JournalledChange;
  /** Steps that are done: those that were noted, and the one after them when the table shows it. */
  readonly done: number;
  /** What the table says of the step that may have been written or not; `null` when all steps were noted. */
  readonly uncertain: {
    readonly step: Step;
    readonly verdict: 'done' | 'not done' | 'unclear';
  } | null;
  /** In words: how many steps are done, which one is uncertain and what was found. */
  readonly sentence: string;
}

/** Changes of which at most so many of the newest are looked at. */
const lookedAt = 50;

/** Changes of this table that were cut off before their end, by a crash of lvstop for one. Never throws. */
export function findUnfinished(director: Director, journal: Journal): UnfinishedReport[] {
  return journal
    .read(lookedAt)
    .changes.filter(({ state, isOfThisTable }) => state === 'unfinished' && isOfThisTable)
    .map((change) => reportUnfinished(director, change));
}

/** Compares a change that was cut off with the table. */
export function reportUnfinished(director: Director, change: JournalledChange): UnfinishedReport {
  const recorded = change.steps[change.done];
  const step = recorded === undefined ? undefined : planStep(recorded);
  const uncertain = step === undefined ? null : { step, verdict: verdictOf(director, step) };
  const done = change.done + (uncertain?.verdict === 'done' ? 1 : 0);
  return { change, done, uncertain, sentence: sentenceOf(change, done, uncertain) };
}

/** Writes into the journal what was found, so that it is told once. */
export function settle(journal: Journal, { change, done, sentence }: UnfinishedReport): void {
  journal.settle(change.id, { done, reason: sentence });
}

function sentenceOf(
  change: JournalledChange,
  done: number,
  uncertain: UnfinishedReport['uncertain'],
): string {
  const total = change.steps.length;
  const notDone = total - done - (uncertain?.verdict === 'unclear' ? 1 : 0);
  const parts = [`${done} of ${total} steps done`];
  if (uncertain !== null) {
    const { step, verdict } = uncertain;
    const found =
      verdict === 'done'
        ? 'was being written, and the table shows it done'
        : verdict === 'not done'
          ? 'was being written, and the table shows that it is not done'
          : 'may be done or not: the table shows neither what was before nor what should be';
    parts.push(`step ${change.done + 1}, "${describeStep(step)}", ${found}`);
  }
  if (notDone > 0) parts.push(`${count(notDone, 'step')} ${notDone === 1 ? 'is' : 'are'} not done`);
  return parts.join('; ');
}

function verdictOf(director: Director, step: Step): 'done' | 'not done' | 'unclear' {
  const service = stepObject(step)?.service;
  if (service === undefined || step.kind === 'zero') return 'unclear';
  try {
    const expected = [...expectedRealServers(step), ...leftRealServers(step)];
    const now = presentObject(lookAtService(director, service, expected), step);
    const isDeletion = step.kind === 'delete service' || step.kind === 'delete real server';
    const isAddition = step.kind === 'add service' || step.kind === 'add real server';
    if (now === undefined) return isDeletion ? 'done' : isAddition ? 'not done' : 'unclear';
    return now.isAsWritten ? 'done' : now.isAsPlanned ? 'not done' : 'unclear';
  } catch (error) {
    if (error instanceof IpvsError) return 'unclear';
    throw error;
  }
}
