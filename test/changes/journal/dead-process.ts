import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { newChangeId } from '../../../src/changes/journal/memory-journal.ts';
import type { EndRecord, IntentRecord, JournalRecord } from '../../../src/changes/journal/record.ts';
import { encodeFrame } from '../../../src/changes/journal/record-frame.ts';
import { tableIdentity } from '../../../src/changes/journal/table-identity.ts';
import type { Step } from '../../../src/changes/steps/step.ts';
import { allAtOnce } from '../../../src/system/turns.ts';

/** Appends records to a journal's file as they stand there. */
export function writeRecords(path: string, ...records: readonly (JournalRecord | object)[]): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const bytes = Buffer.concat(records.map((record) => allAtOnce(encodeFrame(record))));
  appendFileSync(path, bytes, { mode: 0o600 });
}

/** What a process that is gone has recorded before it asked the kernel. */
export function deadIntent(
  steps: readonly Step[],
  more: Partial<IntentRecord> = {},
): IntentRecord & { readonly kind: 'intent' } {
  return {
    kind: 'intent',
    id: newChangeId(),
    time: '2026-01-07T14:03:05.000Z',
    origin: { user: 'root', behind: 'ada', from: null, by: 'command' },
    table: tableIdentity(),
    // The number after the last one that a process can have, and it began before all others.
    process: '4194304/1',
    undoes: null,
    steps,
    ...more,
  };
}

/** The end of a change of which all was done, or what else is said. */
export function endOf({ id, steps }: IntentRecord, more: Partial<EndRecord> = {}): EndRecord {
  return {
    kind: 'end',
    id,
    time: '2026-01-07T14:03:06.000Z',
    state: 'done',
    done: steps.length,
    reason: null,
    deviations: [],
    ...more,
  };
}
