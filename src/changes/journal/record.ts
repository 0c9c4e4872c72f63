import type { Hunk } from '../../formats/settings/line-edits.ts';
import type { Step } from '../steps/step.ts';
import type { Origin } from './origin.ts';

/** An edit that a change made to a configuration file of the program that owns the table. */
export interface RecordedEdit {
  readonly path: string;
  readonly hunks: readonly Hunk[];
}

/** Everything that will be done, with what was before. It is on disk before the kernel is asked. */
export interface IntentRecord {
  readonly kind: 'intent';
  /** Eight hexadecimal digits. */
  readonly id: string;
  /** ISO 8601. */
  readonly time: string;
  readonly origin: Origin;
  /**
   * The table that is changed, as `tableIdentity` names it: another one after a restart and in another network
   * namespace.
   */
  readonly table: string;
  /** The process that makes the change, so that a change under way is not taken for one that was cut off. */
  readonly process: string;
  /** The change that this one takes back; `null` when it takes back none. */
  readonly undoes: string | null;
  /** A file that is edited with it; none where it is left out. */
  readonly file?: RecordedEdit;
  /** ISO 8601: when the change must be confirmed, or else be taken back; it stays anyway where this is left out. */
  readonly confirmBy?: string;
  readonly steps: readonly Step[];
}

/** Notes that the first `done` steps have been written to the kernel. */
export interface ProgressRecord {
  readonly kind: 'progress';
  readonly id: string;
  readonly done: number;
}

/**
 * The `reason` of a change that its own process broke off, and so knows all that was done. If an answer of the kernel
 * never came, or a later start found the change without an end, the reason is another, and only the noted steps were
 * seen done.
 */
export const brokenOffReason = 'it was broken off while it was written';

/**
 * How a change ended. `interrupted`: it was broken off, the kernel gave no answer, or a later start found it without
 * an end.
 */
export type EndState = 'done' | 'partly done' | 'failed' | 'interrupted';

/** The outcome of a change, recorded after it was read back. */
export interface EndRecord {
  readonly kind: 'end';
  readonly id: string;
  readonly time: string;
  readonly state: EndState;
  /** Number of steps that were written. */
  readonly done: number;
  /** Indexes of steps that were not written though a later one was; none where it is left out. */
  readonly skipped?: readonly number[];
  /** Why it went no further; `null` when all was done. */
  readonly reason: string | null;
  /** Sentences about objects that read back otherwise than they were written. */
  readonly deviations: readonly string[];
}

/** What became of a change that had to be confirmed. */
export type Verdict = 'confirmed' | 'lapsed';

/** Records a verdict on a change. If there are several, the first holds, whoever wrote the others. */
export interface VerdictRecord {
  readonly kind: 'verdict';
  readonly id: string;
  readonly time: string;
  readonly verdict: Verdict;
}

/** One line of a journal. */
export type JournalRecord = IntentRecord | ProgressRecord | EndRecord | VerdictRecord;
