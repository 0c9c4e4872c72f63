import { type Director, mostWrites } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import type { ServiceKey } from '../../ipvs/identity.ts';
import type { Work } from '../../system/turns.ts';
import type { Journal } from '../journal/journal.ts';
import type { JournalledChange } from '../journal/journalled-change.ts';
import { count } from '../steps/describe.ts';
import type { Picture } from '../steps/objects.ts';
import type { Step } from '../steps/step.ts';
import {
  describeStep,
  presentObject,
  removes,
  replaces,
  stepGroup,
  stepService,
} from '../steps/step-kinds.ts';
import { leftRealServers, lookAtService, lookAtSettings, neededRealServers } from '../write/look.ts';

/** A change that was cut off, compared with the table. */
export interface UnfinishedReport {
  readonly change: JournalledChange;
  /** Number of steps done: those noted, and those after them that the table shows as done, whoever did them. */
  readonly done: number;
  /** Indexes of steps that the table shows as not done though a later one is. */
  readonly skipped: readonly number[];
  /** The next step, if the table does not tell whether it is done; `null` when nothing is uncertain. */
  readonly uncertain: Step | null;
  /** How many steps are done, how that is known, and what is uncertain, in words. */
  readonly sentence: string;
}

/** The search for changes without an end covers at least this many of the newest. */
const lookedAt = 50;

/**
 * Changes of this table that were cut off before their end, for example by a crash of lvstop, and that nobody has
 * undone since. Never throws.
 */
export function* findUnfinished(director: Director, journal: Journal): Work<UnfinishedReport[]> {
  const reports: UnfinishedReport[] = [];
  for (const change of yield* journal.readUnfinished(lookedAt)) {
    if (change.state !== 'unfinished' || !change.isOfThisTable || change.undoneBy !== null) continue;
    reports.push(yield* reportUnfinished(director, change));
  }
  return reports;
}

/**
 * Compares a change that was cut off with the table, which shows what was written after the last note. Once as many
 * steps as fit in one request are not done, none after them is either.
 */
export function* reportUnfinished(director: Director, change: JournalledChange): Work<UnfinishedReport> {
  const steps = change.steps.slice(change.done);
  const verdictOf = tableReader(director, steps);
  const verdicts: Verdict[] = [];
  let reached = 0;
  for (const step of steps) {
    if (verdicts.length - reached >= mostWrites) break;
    yield 1;
    const verdict = verdictOf(step);
    verdicts.push(verdict);
    if (verdict === 'done') reached = verdicts.length;
  }
  const skipped = verdicts.flatMap((verdict, place) =>
    verdict === 'not done' && place < reached ? [change.done + place] : [],
  );
  const done = change.done + reached - skipped.length;
  const next = steps[reached];
  const uncertain = next !== undefined && verdicts[reached] === 'unclear' ? next : null;
  return { change, done, skipped, uncertain, sentence: sentenceOf(change, { done, skipped, uncertain }) };
}

/** Records in the journal what was found, so that it is told only once. */
export function settle(journal: Journal, { change, done, skipped, sentence }: UnfinishedReport): void {
  journal.settle(change.id, { done, skipped, reason: sentence });
}

function sentenceOf(
  change: JournalledChange,
  { done, skipped, uncertain }: Pick<UnfinishedReport, 'done' | 'skipped' | 'uncertain'>,
): string {
  const total = change.steps.length;
  const found = done - change.done;
  const notDone = total - done - (uncertain === null ? 0 : 1);
  const parts =
    found === 0
      ? [`${done} of ${count(total, 'step')} done`]
      : [
          `${change.done} of ${count(total, 'step')} seen done`,
          `the table shows ${found} more done, by this change or by another hand`,
        ];
  if (uncertain !== null) {
    parts.push(
      `step ${done + skipped.length + 1}, "${describeStep(uncertain)}", may be done or not: the table shows neither what was before nor what should be`,
    );
  }
  if (notDone > 0) parts.push(`${count(notDone, 'step')} ${notDone === 1 ? 'is' : 'are'} not done`);
  return parts.join('; ');
}

type Verdict = 'done' | 'not done' | 'unclear';

/** Judges steps by the table, reading each service only once. */
function tableReader(director: Director, steps: readonly Step[]): (step: Step) => Verdict {
  const groups = Map.groupBy(steps, stepGroup);
  const pictures = new Map<ServiceKey | '', Picture>();
  const look = (step: Step): Picture => {
    const service = stepService(step);
    if (service === null) return lookAtSettings(director);
    const own = groups.get(stepGroup(step)) ?? [];
    return lookAtService(director, service, [...neededRealServers(own), ...leftRealServers(own)]);
  };
  return (step) => {
    if (step.kind === 'zero') return 'unclear';
    try {
      const picture = pictures.get(stepGroup(step)) ?? look(step);
      pictures.set(stepGroup(step), picture);
      return verdictOn(picture, step);
    } catch (error) {
      if (error instanceof IpvsError) return 'unclear';
      throw error;
    }
  };
}

function verdictOn(picture: Picture, step: Step): Verdict {
  const now = presentObject(picture, step);
  if (now === undefined) return removes(step) ? 'done' : replaces(step) ? 'unclear' : 'not done';
  return now.isAsWritten ? 'done' : now.isAsPlanned ? 'not done' : 'unclear';
}
