import type { Work } from '../../system/turns.ts';
import type { Step } from '../steps/step.ts';
import type { JournalledChange } from './journalled-change.ts';
import type { Origin } from './origin.ts';
import type { EndRecord, RecordedEdit, Verdict } from './record.ts';
import type { DamagedStretch } from './record-frame.ts';

/** What is known of a change before it is made. */
export interface NewChange {
  /** Its name, eight hexadecimal digits; one is made where it is left out. */
  readonly id?: string;
  readonly origin: Origin;
  /** The change that this one takes back; `null` when it is one of its own. */
  readonly undoes: string | null;
  /** A file that is edited with it, at most `mostEditBytes` as JSON. */
  readonly file?: RecordedEdit;
  /** Milliseconds since 1970: by then it is confirmed, or is to be taken back. It stays where this is left out. */
  readonly confirmBy?: number;
  readonly steps: readonly Step[];
}

/** How a change ended. */
export type ChangeEnd = Pick<EndRecord, 'state' | 'done' | 'skipped' | 'reason' | 'deviations'>;

/** A change that is being made. Nothing of it throws: the kernel is asked by now, and there is no way back. */
export interface OpenEntry {
  readonly id: string;
  /** Notes that the first so many steps are written. A crash of lvstop keeps the note, a crash of the machine need not. */
  progress(done: number): void;
  /** Notes how it ended, on disk when this is done. Gives a sentence when the record could not be kept. */
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
   * Records what will be done; it is on disk when this is done. Throws a `JournalError` when it is not: then
   * the kernel must not be asked, unless the operator wants it without a record.
   */
  begin(change: NewChange): Work<OpenEntry>;
  /** Reads the newest changes, at least so many if there are. Never throws. */
  read(atLeast: number): Work<JournalReading>;
  /**
   * Reads those of the newest changes that have no end, at least among so many, without reading the others. Never
   * throws: what cannot be read is left out.
   */
  readUnfinished(atLeast: number): Work<readonly JournalledChange[]>;
  /** Gives a change without an end the end that was found. Throws a `JournalError` when it cannot be written. */
  settle(id: string, found: Pick<EndRecord, 'done' | 'skipped'> & { readonly reason: string }): void;
  /**
   * Says that a change is confirmed, or that its time is over, and gives what stands: the first that was said. Throws
   * a `JournalError` when it cannot be written.
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
