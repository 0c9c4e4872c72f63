import type { Hunk } from '../../formats/settings/line-edits.ts';
import type { Step } from '../steps/step.ts';
import type { Origin } from './origin.ts';

/** What a change has made of a file of the program that keeps the table. */
export interface RecordedEdit {
  readonly path: string;
  readonly hunks: readonly Hunk[];
}

/** On disk before the kernel is asked: everything that will be done, with what was before. */
export interface IntentRecord {
  readonly kind: 'intent';
  /** Eight hexadecimal digits. */
  readonly id: string;
  /** ISO 8601. */
  readonly time: string;
  readonly origin: Origin;
  /** Which table was changed: a restart and another network namespace have another one. */
  readonly table: string;
  /** The process that does it, so that a change under way is not taken for one that was cut off. */
  readonly process: string;
  /** The change that this one takes back; `null` when it is one of its own. */
  readonly undoes: string | null;
  /** A file that is edited with it; none where it is left out. */
  readonly file?: RecordedEdit;
  /** ISO 8601: by then it is confirmed, or is to be taken back; it stays where it is left out. */
  readonly confirmBy?: string;
  readonly steps: readonly Step[];
}

/** How many steps are written to the kernel by now: the first so many. */
export interface ProgressRecord {
  readonly kind: 'progress';
  readonly id: string;
  readonly done: number;
}

/**
 * The `reason` of a change that its own process has broken off, so that it has seen all that is done. One whose answer
 * never came, or that a later start has found without an end, has another, and of that only what was noted was seen.
 */
export const brokenOffReason = 'it was broken off while it was written';

/**
 * How a change ended: `interrupted` where it was broken off, where the kernel gave no answer, or by a later start that
 * found it without an end.
 */
export type EndState = 'done' | 'partly done' | 'failed' | 'interrupted';

/** What a change came to, after it was read back. */
export interface EndRecord {
  readonly kind: 'end';
  readonly id: string;
  readonly time: string;
  readonly state: EndState;
  /** Steps that were written. */
  readonly done: number;
  /** Places of steps before the last written one that were not; none where it is left out. */
  readonly skipped?: readonly number[];
  /** Why it went no further; `null` when all was done. */
  readonly reason: string | null;
  /** What read back otherwise than it was written. */
  readonly deviations: readonly string[];
}

/** What became of a change that had to be confirmed. */
export type Verdict = 'confirmed' | 'lapsed';

/** Says so of a change; of several the first stands, whoever wrote the others. */
export interface VerdictRecord {
  readonly kind: 'verdict';
  readonly id: string;
  readonly time: string;
  readonly verdict: Verdict;
}

/** One line of a journal. */
export type JournalRecord = IntentRecord | ProgressRecord | EndRecord | VerdictRecord;
