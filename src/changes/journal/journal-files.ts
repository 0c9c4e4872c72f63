import { randomBytes } from 'node:crypto';
import {
  constants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  readdirSync,
  readSync,
  renameSync,
  write,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { closeFile } from '../../system/close-file.ts';
import { type Keeping, refusalOf } from '../../system/file-trust.ts';
import { makeFolder } from '../../system/make-folder.ts';
import { FileRefusal, openPlainFile, readPlainFile } from '../../system/plain-file.ts';
import { syncFolder } from '../../system/sync-file.ts';
import { systemErrorCode } from '../../system/system-error.ts';
import { allAtOnce, type Work } from '../../system/turns.ts';

/** Where a journal's files are, and who must own them. */
export interface JournalFolder {
  readonly path: string;
  /** Id of the user who must own them; `null` where the system has no user ids. */
  readonly userId: number | null;
}

/** A file that is open for one change. */
export interface OpenJournalFile {
  readonly descriptor: number;
  readonly path: string;
}

const currentName = 'changes.journal';
/**
 * A file that was put aside has a number one greater than any before. Times would not do: a clock may have been
 * wrong.
 */
const formerName = /^changes\.(\d{8,15})\.[0-9a-f]{8}\.journal$/;
/** Version 0.1 named such files by the time. They are older than all with a number. */
const formerNameByTime = /^changes\.\d{8}T\d{9}Z\.[0-9a-f]{8}\.journal$/;
/** A file longer than this many bytes is not one of lvstop's. */
const longestFile = 512 * 2 ** 20;
const newline = 0x0a;

/** The file that changes are written to now. */
export function currentPath({ path }: JournalFolder): string {
  return join(path, currentName);
}

/** Makes the folder if it is missing, and checks it. Throws an `Error` that says why it cannot be used. */
export function openFolder(folder: JournalFolder): void {
  makeFolder(folder.path);
  const stats = lstatSync(folder.path);
  const reason = stats.isDirectory()
    ? refusalOf(stats, 'folder', keepingOf(folder))
    : `${folder.path} is no folder`;
  if (reason !== undefined) throw new FileRefusal(reason);
}

/**
 * Opens the current file, which is made if it is missing and checked if it is not. Throws an `Error` that says why it
 * cannot be used.
 */
export function openCurrent(folder: JournalFolder): OpenJournalFile {
  const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
  const path = currentPath(folder);
  const descriptor = openPlainFile(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW, keepingOf(folder));
  try {
    // An empty file may be new, with its name not yet on disk.
    if (fstatSync(descriptor).size === 0) allAtOnce(syncFolder(folder.path));
    return { descriptor, path };
  } catch (error) {
    closeFile(descriptor);
    throw error;
  }
}

/** Bytes in an open file. */
export function sizeOf({ descriptor }: OpenJournalFile): number {
  return fstatSync(descriptor).size;
}

/** Where a record stands in its file. */
export interface RecordPlace {
  readonly begin: number;
  readonly end: number;
}

/**
 * Appends a record in one write. If a crash has left a torn record before it, that is ended first, so that it cannot
 * swallow this one. Throws when not all could be written, and removes what was: on a full disk it would keep the disk
 * full.
 */
export function* append(file: OpenJournalFile, record: Buffer): Work<RecordPlace> {
  const { descriptor } = file;
  const begin = sizeOf(file);
  const bytes = endsInLine(descriptor, begin) ? record : Buffer.concat([Buffer.of(newline), record]);
  let written = 0;
  yield {
    atOnce() {
      written = writeSync(descriptor, bytes);
    },
    meanwhile: () =>
      new Promise((resolve, reject) => {
        write(descriptor, bytes, (error, count) => {
          written = count;
          if (error === null) resolve();
          else reject(error);
        });
      }),
  };
  const place = { begin, end: begin + bytes.length };
  requireAll(file, place, written);
  return place;
}

/**
 * Appends a record that can be spared, without looking whether a torn one precedes it. Since it follows a record of
 * this process, it is lost only if another process dies in the middle of a record between the two. Throws when not
 * all of it was written.
 */
export function appendNote(file: OpenJournalFile, record: Buffer): void {
  const begin = sizeOf(file);
  requireAll(file, { begin, end: begin + record.length }, writeSync(file.descriptor, record));
}

function requireAll(file: OpenJournalFile, { begin, end }: RecordPlace, written: number): void {
  if (begin + written === end) return;
  takeBack(file, { begin, end: begin + written });
  throw new Error(`only ${written} of ${end - begin} bytes could be written, as on a full disk`);
}

/** Removes a useless record, if nothing was written after it yet. */
export function takeBack(file: OpenJournalFile, { begin, end }: RecordPlace): void {
  try {
    if (sizeOf(file) === end) ftruncateSync(file.descriptor, begin);
  } catch {
    // It stays, torn, and reading the journal reports it.
  }
}

/**
 * Throws when an appended record has vanished: another lvstop has removed a record before it just when this one was
 * appended.
 */
export function requireKept(file: OpenJournalFile, { end }: RecordPlace): void {
  if (sizeOf(file) < end)
    throw new Error('the file was cut off at the same moment, by another lvstop or another hand');
}

/** Renames the current file to a name of its own, so that the next change begins a new one. */
export function putAside(folder: JournalFolder): void {
  const numbers = readdirSync(folder.path).map((name) => Number(formerName.exec(name)?.[1] ?? 0));
  const number = Math.max(0, ...numbers) + 1;
  // The random part keeps it from replacing another file: two lvstops may do this at once.
  const name = `changes.${String(number).padStart(8, '0')}.${randomBytes(4).toString('hex')}.journal`;
  try {
    renameSync(currentPath(folder), join(folder.path, name));
  } catch (error) {
    // Another lvstop was faster.
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  }
  allAtOnce(syncFolder(folder.path));
}

/** Paths of all files, the newest first; none when the folder is missing. Throws when it cannot be read. */
export function journalPaths(folder: JournalFolder): string[] {
  try {
    const names = readdirSync(folder.path);
    const numberOf = (name: string) => Number(formerName.exec(name)?.[1]);
    const numbered = names
      .filter((name) => formerName.test(name))
      .sort((left, right) => numberOf(right) - numberOf(left) || (left < right ? 1 : -1));
    const timed = names
      .filter((name) => formerNameByTime.test(name))
      .sort()
      .reverse();
    return [...(names.includes(currentName) ? [currentName] : []), ...numbered, ...timed].map((name) =>
      join(folder.path, name),
    );
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Reads a file whole. Throws when it is not one that only its owner can have written. */
export function readJournalFile(path: string, folder: JournalFolder): Buffer {
  return readPlainFile(path, { longest: longestFile, keeping: keepingOf(folder) });
}

/** A text that changes whenever the file does, its permissions and owner included; empty where there is no file. */
export function fileVersion(path: string): string {
  const stats = lstatSync(path, { throwIfNoEntry: false, bigint: true });
  return stats === undefined ? '' : `${stats.ino} ${stats.size} ${stats.ctimeNs}`;
}

function endsInLine(descriptor: number, size: number): boolean {
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  return readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] === newline;
}

function keepingOf({ userId }: JournalFolder): Keeping {
  return { userId, of: 'records' };
}
