import type { Step } from '../steps/step.ts';
import type { Origin } from './origin.ts';
import {
  brokenOffReason,
  type EndRecord,
  type EndState,
  type IntentRecord,
  type JournalRecord,
  type RecordedEdit,
  type Verdict,
} from './record.ts';

/** A change as its records together tell it. */
export interface JournalledChange {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly origin: Origin;
  /** The change that this one took back; `null` when it took back none. */
  readonly undoes: string | null;
  /** The file that was edited with it; `null` where none was. */
  readonly file: RecordedEdit | null;
  readonly steps: readonly Step[];
  /** `under way`: its process still runs; `unfinished`: its process is gone, and no end was recorded yet. */
  readonly state: EndState | 'under way' | 'unfinished';
  /** Number of steps that were certainly written. The next ones of an unfinished change may have been written too. */
  readonly done: number;
  /**
   * lvstop itself saw what became of the first `seen` steps. If the change was cut off, later steps may be somebody
   * else's doing, whatever the table shows.
   */
  readonly seen: number;
  /** Indexes of steps that were not written though a later one was. */
  readonly skipped: readonly number[];
  /** Why it went no further; `null` when all was done, or the reason is unknown. */
  readonly reason: string | null;
  /** Sentences about objects that read back otherwise than they were written. */
  readonly deviations: readonly string[];
  /** The later change that took this one back and is itself in force; `null` when there is none. */
  readonly undoneBy: string | null;
  /** Whether it was made on the present table: not before a restart, nor in another network namespace. */
  readonly isOfThisTable: boolean;
  /** Set if the change had to be confirmed; `null` where it stays anyway. */
  readonly confirmation: Confirmation | null;
}

/** The confirmation of a change that is taken back without one. */
export interface Confirmation {
  /** Milliseconds since 1970. */
  readonly by: number;
  /** `null` while there is none. */
  readonly verdict: Verdict | null;
}

/** The steps of a change that were written, as far as its records tell. */
export function writtenSteps({
  steps,
  done,
  skipped,
}: Pick<JournalledChange, 'steps' | 'done' | 'skipped'>): readonly Step[] {
  return steps.slice(0, done + skipped.length).filter((_, place) => !skipped.includes(place));
}

/** What the records themselves cannot tell. */
export interface Present {
  /** The table that changes are made on now, as `tableIdentity` names it. */
  readonly table: string;
  /** Whether a process of a record still runs. */
  readonly isRunning: (process: string) => boolean;
}

/** Puts records together into changes, the newest first. Records whose intent is missing are left out. */
export function changesOf(records: readonly JournalRecord[], present: Present): JournalledChange[] {
  const intents = new Map<string, IntentRecord>();
  const progress = new Map<string, number>();
  const ends = new Map<string, EndRecord>();
  const verdicts = new Map<string, Verdict>();
  for (const record of records) {
    if (record.kind === 'intent') intents.set(record.id, record);
    else if (record.kind === 'progress') progress.set(record.id, record.done);
    else if (record.kind === 'end') ends.set(record.id, record);
    else if (!verdicts.has(record.id)) verdicts.set(record.id, record.verdict);
  }
  const undoneBy = new Map<string, string>();
  return [...intents.values()].reverse().map((intent) => {
    const { id, undoes, origin, steps } = intent;
    const end = ends.get(id);
    const change: JournalledChange = {
      id,
      time: Date.parse(intent.time),
      origin,
      undoes,
      file: intent.file ?? null,
      steps,
      state: end?.state ?? (present.isRunning(intent.process) ? 'under way' : 'unfinished'),
      done: Math.min(end?.done ?? progress.get(id) ?? 0, steps.length),
      seen: Math.min(seenBy(end, progress.get(id) ?? 0), steps.length),
      skipped: end?.skipped ?? [],
      reason: end?.reason ?? null,
      deviations: end?.deviations ?? [],
      undoneBy: undoneBy.get(id) ?? null,
      isOfThisTable: intent.table === present.table,
      confirmation:
        intent.confirmBy === undefined
          ? null
          : { by: Date.parse(intent.confirmBy), verdict: verdicts.get(id) ?? null },
    };
    // An undo that was itself taken back undid nothing.
    if (undoes !== null && change.state === 'done' && change.undoneBy === null && !undoneBy.has(undoes)) {
      undoneBy.set(undoes, id);
    }
    return change;
  });
}

/** `seen` of a change, by its end and its last note. */
function seenBy(end: EndRecord | undefined, noted: number): number {
  if (end === undefined) return noted;
  const isFound = end.state === 'interrupted' && end.reason !== brokenOffReason;
  return isFound ? noted : end.done + (end.skipped?.length ?? 0);
}
