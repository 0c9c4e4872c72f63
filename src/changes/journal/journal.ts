import type { Work } from '../../system/turns.ts';
import type { Step } from '../steps/step.ts';
import type { JournalledChange } from './journalled-change.ts';
import type { Origin } from './origin.ts';
import type { EndRecord, RecordedEdit, Verdict } from './record.ts';
import type { DamagedStretch } from './record-frame.ts';

/** What is known of a change before it is made. */
export interface NewChange {
  /** The id, eight hexadecimal digits; one is made where it is left out. */
  readonly id?: string;
  readonly origin: Origin;
  /** The change that this one takes back; `null` when it takes back none. */
  readonly undoes: string | null;
  /** A file that is edited with it, at most `mostEditBytes` as JSON. */
  readonly file?: RecordedEdit;
  /**
   * Milliseconds since 1970 by which the change must be confirmed, or else be taken back. It stays anyway where this
   * is left out.
   */
  readonly confirmBy?: number;
  readonly steps: readonly Step[];
}

/** How a change ended. */
export type ChangeEnd = Pick<EndRecord, 'state' | 'done' | 'skipped' | 'reason' | 'deviations'>;

/**
 * A change that is being made. None of its functions throw: the kernel has been asked by now, and there is no way
 * back.
 */
export interface OpenEntry {
  readonly id: string;
  /**
   * Notes that the first `done` steps are written. The note survives a crash of lvstop, but perhaps not one of the
   * machine.
   */
  progress(done: number): void;
  /** Records how it ended; this is on disk when the work is done. Gives a sentence when it could not be recorded. */
  end(end: ChangeEnd): Work<string | undefined>;
}

/** A stretch of a journal's file that cannot be read. */
export interface JournalDamage extends DamagedStretch {
  readonly path: string;
}

/** What a journal holds. */
export interface JournalReading {
  /** The newest first. */
  readonly changes: readonly JournalledChange[];
  readonly damages: readonly JournalDamage[];
  /** Why nothing, or not all, could be read; `null` when all could be. */
  readonly problem: string | null;
}

/** The record of all changes that lvstop makes. */
export interface Journal {
  /** Where it is kept, for the operator: a path, or `in memory only`. */
  readonly place: string;
  /**
   * Records what will be done, which is on disk when the work is done. Throws a `JournalError` when that failed; then
   * the kernel must not be asked, unless the operator wants the change without a record.
   */
  begin(change: NewChange): Work<OpenEntry>;
  /** Reads the newest changes, at least `atLeast` if there are as many. Never throws. */
  read(atLeast: number): Work<JournalReading>;
  /**
   * Reads which of the newest changes, at least `atLeast` of them, have no end, without reading the others whole.
   * Never throws: what cannot be read is left out.
   */
  readUnfinished(atLeast: number): Work<readonly JournalledChange[]>;
  /**
   * Records for a change without an end what was found out about it. Throws a `JournalError` when it cannot be
   * written.
   */
  settle(id: string, found: Pick<EndRecord, 'done' | 'skipped'> & { readonly reason: string }): void;
  /**
   * Records that a change is confirmed, or that its time is over, and gives the verdict that holds: the first one
   * recorded. Throws a `JournalError` when it cannot be written.
   */
  judge(id: string, verdict: Verdict): Verdict;
}

/** The journal cannot be written; nothing was asked of the kernel. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
  readonly place: string;
  /** Why, one clause. */
  readonly reason: string;

  constructor(place: string, reason: string, options?: ErrorOptions) {
    super(`the journal ${place} cannot be written: ${reason}`, options);
    this.place = place;
    this.reason = reason;
  }
}
