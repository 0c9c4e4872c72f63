import { visible } from '../../ipvs/visible.ts';
import { closeFile } from '../../system/close-file.ts';
import { isRunning, processIdentity } from '../../system/process-identity.ts';
import { syncFile } from '../../system/sync-file.ts';
import { reasonOf } from '../../system/system-error.ts';
import { allAtOnce, type Wait, type Work } from '../../system/turns.ts';
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
  openCurrent,
  openFolder,
  putAside,
  type RecordPlace,
  readJournalFile,
  requireKept,
  takeBack,
} from './journal-files.ts';
import { type JournalRoom, openForChange } from './journal-room.ts';
import { changesOf, type JournalledChange } from './journalled-change.ts';
import { newChangeId } from './memory-journal.ts';
import { mostStepBytes, packSteps } from './packed-steps.ts';
import type { EndRecord, IntentRecord, JournalRecord, Verdict, VerdictRecord } from './record.ts';
import { encodeFrame, type Frame, scanFrames } from './record-frame.ts';
import { readIntentHead, readRecord, recordHead, unpackedBytes } from './record-schema.ts';
import { tableIdentity } from './table-identity.ts';

/** How a journal in files is kept. */
export interface FileJournalOptions {
  readonly folder: string;
  /** Id of the user who must own the files; `null` where the system has no user ids. */
  readonly userId: number | null;
  /** Limits other than the usual ones; for tests. */
  readonly room?: Partial<JournalRoom>;
  readonly now?: () => number;
  /** Flushes a file to the disk; tests give another one. */
  readonly sync?: (descriptor: number) => Wait;
}

const usualRoom: JournalRoom = {
  // About a thousand changes.
  fileLimit: 2 ** 20,
  totalLimit: 16 * 2 ** 20,
  unpackedLimit: 64 * 2 ** 20,
};

/**
 * Most bytes of records, unpacked, that one reading takes: all that is kept, its newest change, and the one that this
 * undoes.
 */
const mostRead = usualRoom.unpackedLimit + 2 * mostStepBytes;

/**
 * A journal in append-only files. A change is one record of everything that will be done, which is on disk before the
 * kernel is asked. Short notes of progress follow, which survive the end of lvstop, and at last a record of how it
 * ended, again flushed to disk. So ten thousand steps cost two waits for the disk, not twenty thousand.
 */
export function createFileJournal(options: FileJournalOptions): Journal {
  const { now = Date.now, sync = syncFile } = options;
  const folder: JournalFolder = {
    path: options.folder,
    userId: options.userId,
  };
  const room = { ...usualRoom, ...options.room };
  const place = visible(currentPath(folder));
  const readFiles = new Map<string, { readonly version: string; readonly records: FileRecords }>();
  const present = { table: tableIdentity(), isRunning };

  /**
   * Appends a record and waits for the disk. If the disk fails, the file is never written again, and an intent is
   * taken back, since nothing of it will be done.
   */
  function* appendDurably(file: OpenJournalFile, frame: Buffer, isIntent = false): Work<RecordPlace> {
    const place = yield* append(file, frame);
    try {
      yield sync(file.descriptor);
    } catch (error) {
      // Pages that could not be written the kernel has dropped and marked clean, so a second fsync would wrongly
      // succeed.
      if (isIntent) takeBack(file, place);
      try {
        putAside(folder);
      } catch {
        // The next change finds the same disk, and says so itself.
      }
      throw error;
    }
    requireKept(file, place);
    return place;
  }

  function* begin({ id: given, origin, undoes, file: edit, confirmBy, steps }: NewChange): Work<OpenEntry> {
    const id = given ?? newChangeId();
    let file: OpenJournalFile | undefined;
    try {
      const { frame, bytes } = yield* encodeIntent({
        kind: 'intent',
        id,
        time: new Date(now()).toISOString(),
        origin,
        table: present.table,
        process: processIdentity(),
        undoes,
        ...(edit !== undefined && { file: edit }),
        ...(confirmBy !== undefined && { confirmBy: new Date(confirmBy).toISOString() }),
        steps,
      });
      file = yield* openForChange(folder, room, { undoes, bytes });
      const written = yield* appendDurably(file, frame, true);
      const doubt = given === undefined ? null : doubtOf(folder, given);
      if (doubt !== null) {
        takeBack(file, written);
        throw new Error(doubt);
      }
      return openEntry(id, file);
    } catch (error) {
      if (file !== undefined) closeFile(file.descriptor);
      throw new JournalError(place, visible(reasonOf(error)), { cause: error });
    }
  }

  function openEntry(id: string, file: OpenJournalFile): OpenEntry {
    return {
      id,
      progress(done) {
        try {
          appendNote(file, allAtOnce(encodeFrame({ kind: 'progress', id, done })));
        } catch {
          // The next note, or the record of the end, makes up for it.
        }
      },
      *end(end: ChangeEnd) {
        let failure: string | undefined;
        try {
          const time = new Date(now()).toISOString();
          yield* appendDurably(file, yield* encodeFrame({ kind: 'end', id, time, ...end }));
        } catch (error) {
          failure = reasonOf(error);
        }
        closeFile(file.descriptor);
        return failure === undefined
          ? undefined
          : `the change is made, but the journal ${place} could not be written to its end: ${visible(failure)}`;
      },
    };
  }

  /**
   * Files only grow, and are looked at every second while the journal is shown, so a file is read again only when it
   * has changed.
   */
  function* readOnce(path: string): Work<FileRecords> {
    const version = fileVersion(path);
    const known = readFiles.get(path);
    if (known?.version === version) return known.records;
    const records = yield* readRecords(path, folder);
    readFiles.set(path, { version, records });
    return records;
  }

  function* read(atLeast: number): Work<JournalReading> {
    const records: JournalRecord[] = [];
    const damages: JournalDamage[] = [];
    const problems: string[] = [];
    let intents = 0;
    let bytes = 0;
    let paths: string[] = [];
    try {
      paths = journalPaths(folder);
    } catch (error) {
      problems.push(`${visible(folder.path)}: ${visible(reasonOf(error))}`);
    }
    for (const path of readFiles.keys()) if (!paths.includes(path)) readFiles.delete(path);
    for (const path of paths) {
      if (intents >= atLeast) break;
      if (bytes > mostRead) {
        problems.push(`${visible(path)} and what is older is not read: ${tooMuch}`);
        break;
      }
      try {
        const found = yield* readOnce(path);
        bytes += found.bytes;
        if (found.isCut) problems.push(`${visible(path)}: its older changes are not read: ${tooMuch}`);
        intents += found.records.filter(({ kind }) => kind === 'intent').length;
        records.unshift(...found.records);
        damages.unshift(...found.damages);
      } catch (error) {
        problems.push(`${visible(path)}: ${visible(reasonOf(error))}`);
      }
    }
    return { changes: changesOf(records, present), damages, problem: problems.join('; ') || null };
  }

  /** Records can be long: only those of changes without an end are read whole. */
  function* readUnfinished(atLeast: number): Work<readonly JournalledChange[]> {
    const ended = new Set<string>();
    const found: (JournalRecord | Frame)[] = [];
    let intents = 0;
    let bytes = 0;
    try {
      for (const path of journalPaths(folder)) {
        if (intents >= atLeast || bytes > mostRead) break;
        // The end of a change comes after its intent, in the same file or a newer one.
        for (const frame of [...(yield* scanFrames(readJournalFile(path, folder))).frames].reverse()) {
          const head = recordHead(frame.text);
          if (head === undefined) continue;
          if (head.kind === 'intent') intents++;
          if (ended.has(head.id)) {
            if (head.kind === 'intent') found.unshift(frame);
            continue;
          }
          bytes += unpackedBytes(frame.text);
          if (bytes > mostRead) break;
          const record = yield* readRecord(frame.text);
          if (record?.kind === 'end') ended.add(record.id);
          if (record !== undefined) found.unshift(record);
        }
      }
    } catch {
      // Why it cannot be read, `read` tells.
    }
    const isOpen = ({ id }: { readonly id: string }) => !ended.has(id);
    const open = found.filter((one) => 'kind' in one).filter(isOpen);
    const changes = changesOf(open, present);
    if (changes.every(({ state }) => state === 'under way')) return changes;
    // An ended change may have undone an open one.
    const records = found.map((one) => ('kind' in one ? one : readIntentHead(one.text)));
    return changesOf(
      records.filter((record) => record !== undefined),
      present,
    ).filter(isOpen);
  }

  return {
    place,
    begin,
    read,
    readUnfinished,
    settle(id, found) {
      let file: OpenJournalFile | undefined;
      try {
        const time = new Date(now()).toISOString();
        const end: EndRecord = { kind: 'end', id, time, state: 'interrupted', deviations: [], ...found };
        file = allAtOnce(openForChange(folder, room, { undoes: id, bytes: 0 }));
        allAtOnce(appendDurably(file, allAtOnce(encodeFrame(end))));
      } catch (error) {
        throw new JournalError(place, visible(reasonOf(error)), { cause: error });
      } finally {
        if (file !== undefined) closeFile(file.descriptor);
      }
    },
    judge(id, verdict) {
      let file: OpenJournalFile | undefined;
      try {
        openFolder(folder);
        // Never begins a new file: which of two verdicts came first is told by the order of their records.
        file = openCurrent(folder);
        const record: VerdictRecord = { kind: 'verdict', id, time: new Date(now()).toISOString(), verdict };
        allAtOnce(appendDurably(file, allAtOnce(encodeFrame(record))));
        return firstVerdict(folder, id) ?? verdict;
      } catch (error) {
        throw new JournalError(place, visible(reasonOf(error)), { cause: error });
      } finally {
        if (file !== undefined) closeFile(file.descriptor);
      }
    },
  };
}

/** Why a change must not be made with the id it was given; `null` where it may. */
function doubtOf(folder: JournalFolder, id: string): string | null {
  let intents = 0;
  for (const path of journalPaths(folder)) {
    for (const { text } of allAtOnce(scanFrames(readJournalFile(path, folder))).frames) {
      const head = recordHead(text);
      if (head?.id !== id) continue;
      if (head.kind === 'verdict') return `change ${id} was taken back before it began`;
      if (head.kind === 'intent') intents++;
    }
  }
  return intents > 1 ? `it has a change ${id} already` : null;
}

/** The first verdict on a change, from the oldest file that has one; `undefined` where there is none. */
function firstVerdict(folder: JournalFolder, id: string): Verdict | undefined {
  for (const path of journalPaths(folder).toReversed()) {
    for (const { text } of allAtOnce(scanFrames(readJournalFile(path, folder))).frames) {
      const head = recordHead(text);
      if (head?.kind !== 'verdict' || head.id !== id) continue;
      const record = allAtOnce(readRecord(text));
      if (record?.kind === 'verdict') return record.verdict;
    }
  }
  return undefined;
}

const tooMuch = `together they are longer than ${mostRead / 2 ** 20} MiB`;

/** A record, and its size in bytes before its steps were packed. */
function* encodeIntent({ steps, ...fields }: IntentRecord): Work<{ frame: Buffer; bytes: number }> {
  const packed = yield* packSteps(steps);
  const frame = yield* encodeFrame(
    packed === null
      ? { ...fields, steps }
      : { ...fields, stepBytes: packed.bytes, packedSteps: packed.parts },
  );
  return { frame, bytes: packed?.bytes ?? frame.length };
}

/** What one file holds. */
interface FileRecords {
  readonly records: readonly JournalRecord[];
  readonly damages: readonly JournalDamage[];
  /** Size of the records, unpacked. */
  readonly bytes: number;
  /** Whether the oldest records are left out, since all together are longer than a reading may be. */
  readonly isCut: boolean;
}

function* readRecords(path: string, folder: JournalFolder): Work<FileRecords> {
  const { frames, damages } = yield* scanFrames(readJournalFile(path, folder));
  const records: JournalRecord[] = [];
  const unknown: JournalDamage[] = [];
  let bytes = 0;
  let isCut = false;
  for (const { offset, text } of [...frames].reverse()) {
    bytes += unpackedBytes(text);
    isCut = bytes > mostRead;
    if (isCut) break;
    const record = yield* readRecord(text);
    yield;
    if (record === undefined) unknown.push({ path, offset, length: text.length, kind: 'damaged' });
    else records.push(record);
  }
  return {
    records: records.reverse(),
    damages: [...damages.map((damage) => ({ ...damage, path })), ...unknown.reverse()],
    bytes,
    isCut,
  };
}
