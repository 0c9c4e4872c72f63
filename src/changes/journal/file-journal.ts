import { closeSync } from 'node:fs';
import { visible } from '../../ipvs/visible.ts';
import { allAtOnce, type Wait, type Work } from '../slices.ts';
import { syncFile } from '../sync-file.ts';
import {
  type ChangeEnd,
  type Journal,
  type JournalDamage,
  JournalError,
  type JournalReading,
  type NewChange,
  type OpenEntry,
} from './journal.ts';
import {
  append,
  appendNote,
  currentPath,
  fileVersion,
  type JournalFolder,
  journalPaths,
  type OpenJournalFile,
  openForChange,
  putAside,
  readJournalFile,
  reasonable,
} from './journal-files.ts';
import { changesOf, type JournalledChange } from './journalled-change.ts';
import { newChangeId } from './memory-journal.ts';
import { isRunning, processIdentity, tableIdentity } from './process-identity.ts';
import type { JournalRecord } from './record.ts';
import {
  beginningLength,
  encodeFrame,
  type Frame,
  type SkimmedFrame,
  scanFrames,
  skimFrames,
} from './record-frame.ts';
import { readRecord } from './record-schema.ts';

/** How a journal in files is kept. */
export interface FileJournalOptions {
  readonly folder: string;
  /** Whose the files must be; `null` where the system has no user ids. */
  readonly userId: number | null;
  readonly fileLimit?: number;
  readonly totalLimit?: number;
  readonly now?: () => number;
  /** Brings a file's contents to the disk; another one in tests. */
  readonly sync?: (descriptor: number) => Wait;
}

/** About a thousand changes. */
const defaultFileLimit = 1024 * 1024;
const defaultTotalLimit = 16 * 1024 * 1024;

/**
 * A journal in append-only files. A change is one record with everything that will be done, on disk before the
 * kernel is asked; now and then a short note of how far it is, which survives lvstop's own end; and one record of
 * how it ended, on disk again. So ten thousand steps cost two waits for the disk and not twenty thousand.
 */
export function createFileJournal(options: FileJournalOptions): Journal {
  const { now = Date.now, sync = syncFile } = options;
  const folder: JournalFolder = {
    path: options.folder,
    userId: options.userId,
    fileLimit: options.fileLimit ?? defaultFileLimit,
    totalLimit: options.totalLimit ?? defaultTotalLimit,
  };
  const place = visible(currentPath(folder));
  const readFiles = new Map<string, { readonly version: string; readonly records: FileRecords }>();
  const present = { table: tableIdentity(), isRunning };

  /** Appends a record and waits for the disk. A file that the disk failed for is never written again. */
  function* appendDurably(file: OpenJournalFile, record: JournalRecord): Work<void> {
    yield append(file, yield* encodeRecord(record));
    try {
      yield sync(file.descriptor);
    } catch (error) {
      // What the kernel could not bring to the disk it has dropped and calls clean: the next fsync would lie.
      try {
        putAside(folder, now());
      } catch {
        // The next change finds the same disk, and says so itself.
      }
      throw error;
    }
  }

  function* begin({ origin, undoes, steps }: NewChange): Work<OpenEntry> {
    const id = newChangeId();
    let file: OpenJournalFile | undefined;
    try {
      file = openForChange(folder, now());
      yield* appendDurably(file, {
        kind: 'intent',
        id,
        time: new Date(now()).toISOString(),
        origin,
        table: present.table,
        process: processIdentity(),
        undoes,
        steps,
      });
      return openEntry(id, file);
    } catch (error) {
      if (file !== undefined) closeSync(file.descriptor);
      throw new JournalError(place, visible(reasonable(error).message), { cause: error });
    }
  }

  function openEntry(id: string, file: OpenJournalFile): OpenEntry {
    return {
      id,
      progress(done) {
        try {
          appendNote(file, allAtOnce(encodeRecord({ kind: 'progress', id, done })));
        } catch {
          // The next note, or the end, makes up for it.
        }
      },
      *end(end: ChangeEnd) {
        let failure: Error | undefined;
        try {
          const time = new Date(now()).toISOString();
          yield* appendDurably(file, { kind: 'end', id, time, ...end });
        } catch (error) {
          failure = reasonable(error);
        }
        closeSync(file.descriptor);
        return failure === undefined
          ? undefined
          : `the change is made, but the journal ${place} could not be written to its end: ${visible(failure.message)}`;
      },
    };
  }

  /** Files only grow and are looked at every second while the journal is shown: what is known is not read again. */
  function* readOnce(path: string): Work<FileRecords> {
    const version = fileVersion(path);
    const known = readFiles.get(path);
    if (known !== undefined && known.version === version) return known.records;
    const records = yield* readRecords(path, folder);
    readFiles.set(path, { version, records });
    return records;
  }

  function* read(atLeast: number): Work<JournalReading> {
    const records: JournalRecord[] = [];
    const damages: JournalDamage[] = [];
    const problems: string[] = [];
    let intents = 0;
    let paths: string[] = [];
    try {
      paths = journalPaths(folder);
    } catch (error) {
      problems.push(`${visible(folder.path)}: ${visible(reasonable(error).message)}`);
    }
    for (const path of paths) {
      if (intents >= atLeast) break;
      try {
        const found = yield* readOnce(path);
        intents += found.records.filter(({ kind }) => kind === 'intent').length;
        records.unshift(...found.records);
        damages.unshift(...found.damages);
      } catch (error) {
        problems.push(`${visible(path)}: ${visible(reasonable(error).message)}`);
      }
    }
    return { changes: changesOf(records, present), damages, problem: problems.join('; ') || null };
  }

  /** Of the records, which can be long, only those of changes without an end are read whole. */
  function* readUnfinished(atLeast: number): Work<readonly JournalledChange[]> {
    const ended = new Set<string>();
    const records: JournalRecord[] = [];
    let intents = 0;
    try {
      for (const path of journalPaths(folder)) {
        if (intents >= atLeast) break;
        const bytes = readJournalFile(path, folder);
        const frames = skimFrames(bytes) ?? (yield* scanFrames(bytes)).frames.map(asSkimmed);
        // An end stands behind its intent, in the same file or a newer one.
        for (const { beginning, read: readText } of frames.reverse()) {
          const [, kind, id = ''] = recordBeginning.exec(beginning) ?? [];
          if (kind === 'intent') intents++;
          if (kind === undefined || ended.has(id)) continue;
          const text = yield* readText();
          const record = text && (yield* readRecord(text));
          if (record?.kind === 'end') ended.add(record.id);
          else if (record !== undefined) records.unshift(record);
        }
      }
    } catch {
      // Another reading of the journal says why.
    }
    return changesOf(
      records.filter(({ id }) => !ended.has(id)),
      present,
    );
  }

  return {
    place,
    begin,
    read,
    readUnfinished,
    settle(id, found) {
      let file: OpenJournalFile | undefined;
      try {
        file = openForChange(folder, now());
        allAtOnce(
          appendDurably(file, {
            kind: 'end',
            id,
            time: new Date(now()).toISOString(),
            state: 'interrupted',
            deviations: [],
            ...found,
          }),
        );
      } catch (error) {
        throw new JournalError(place, visible(reasonable(error).message), { cause: error });
      } finally {
        if (file !== undefined) closeSync(file.descriptor);
      }
    },
  };
}

/** How every record begins, by the order in which its fields are written. */
const recordBeginning = /^\{"kind":"(intent|progress|end)","id":"([0-9a-f]{8})"/;

function asSkimmed({ text }: Frame): SkimmedFrame {
  return {
    beginning: text.toString('latin1', 0, beginningLength),
    *read() {
      yield;
      return text;
    },
  };
}

function* encodeRecord(record: JournalRecord): Work<Buffer> {
  if (record.kind !== 'intent') return yield* encodeFrame(record);
  const { steps, ...fields } = record;
  return yield* encodeFrame(fields, { name: 'steps', items: steps });
}

/** What stands in one file. */
interface FileRecords {
  readonly records: readonly JournalRecord[];
  readonly damages: readonly JournalDamage[];
}

function* readRecords(path: string, folder: JournalFolder): Work<FileRecords> {
  const { frames, damages } = yield* scanFrames(readJournalFile(path, folder));
  const records: JournalRecord[] = [];
  const unknown: JournalDamage[] = [];
  for (const { offset, text } of frames) {
    const record = yield* readRecord(text);
    yield;
    if (record === undefined) unknown.push({ path, offset, length: text.length, kind: 'damaged' });
    else records.push(record);
  }
  return { records, damages: [...damages.map((damage) => ({ ...damage, path })), ...unknown] };
}
