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
  /** The change that this one took back; `null` when it is one of its own. */
  readonly undoes: string | null;
  /** The file that was edited with it; `null` where none was. */
  readonly file: RecordedEdit | null;
  readonly steps: readonly Step[];
  /** `under way` by a process that still runs; `unfinished` when that process is gone and nobody has told of it yet. */
  readonly state: EndState | 'under way' | 'unfinished';
  /** Steps that were written for sure. Of an unfinished change the next ones may be written or not. */
  readonly done: number;
  /**
   * What was written of the first so many steps lvstop has seen done itself. Of a change that was cut off those behind
   * them may be another hand's, whatever the table shows.
   */
  readonly seen: number;
  /** Places of steps before the last written one that were not. */
  readonly skipped: readonly number[];
  /** Why it went no further; `null` when all was done, or nobody knows. */
  readonly reason: string | null;
  /** What read back otherwise than it was written. */
  readonly deviations: readonly string[];
  /** The later change that took this one back and is itself in force; `null` when there is none. */
  readonly undoneBy: string | null;
  /** It was made on the table of now, and not before a restart or in another network namespace. */
  readonly isOfThisTable: boolean;
  /** Where it had to be confirmed; `null` where it stays anyway. */
  readonly confirmation: Confirmation | null;
}

/** What a change waits for that is taken back unless it is confirmed. */
export interface Confirmation {
  /** Milliseconds since 1970. */
  readonly by: number;
  /** `null` as long as nothing was said. */
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

/** What the records cannot tell of themselves. */
export interface Present {
  /** The table that changes are made on now. */
  readonly table: string;
  /** Whether a process of a record still runs. */
  readonly isRunning: (process: string) => boolean;
}

/** Puts records together to changes, the newest first. Those without their intent tell nothing and are left out. */
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

/** How many steps a change has seen done, by its end and by its last note. */
function seenBy(end: EndRecord | undefined, noted: number): number {
  if (end === undefined) return noted;
  const isFound = end.state === 'interrupted' && end.reason !== brokenOffReason;
  return isFound ? noted : end.done + (end.skipped?.length ?? 0);
}
