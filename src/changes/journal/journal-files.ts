import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  type Stats,
  unlinkSync,
  write,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { knownSystemErrorReason, systemErrorCode } from '../../host/system-error.ts';
import type { Wait } from '../slices.ts';

/** Where a journal's files lie and how much they may hold. */
export interface JournalFolder {
  readonly path: string;
  /** Whose they must be; `null` where the system has no user ids. */
  readonly userId: number | null;
  /** Bytes from which on a new file is begun. */
  readonly fileLimit: number;
  /** Bytes of all files together from which on the oldest goes. */
  readonly totalLimit: number;
}

/** A file that is open for one change. */
export interface OpenJournalFile {
  readonly descriptor: number;
  readonly path: string;
}

const currentName = 'changes.journal';
const formerName = /^changes\.\d{8}T\d{9}Z\.[0-9a-f]{8}\.journal$/;
/** Rights of the group and of all others. */
const ofOthers = 0o077;
const writableByOthers = 0o022;
const newline = 0x0a;

/** The file that changes are written to now. */
export function currentPath({ path }: JournalFolder): string {
  return join(path, currentName);
}

/**
 * Opens the file for one change: folder and file are made if they are missing, checked if they are not, and
 * a file that has grown over its limit is put aside. Throws an `Error` that says why it cannot be used.
 */
export function openForChange(folder: JournalFolder, now: number): OpenJournalFile {
  mkdirSync(folder.path, { recursive: true, mode: 0o700 });
  requireOwnFolder(folder);
  const file = openCurrent(folder);
  if (fstatSync(file.descriptor).size < folder.fileLimit) return file;
  closeSync(file.descriptor);
  putAside(folder, now);
  removeOldest(folder);
  return openCurrent(folder);
}

/**
 * Appends a record in one write. One that a crash has torn is ended first, so that it cannot swallow this one.
 * Fails when not all of it was written.
 */
export function append({ descriptor }: OpenJournalFile, record: Buffer): Wait {
  const bytes = endsInLine(descriptor) ? record : Buffer.concat([Buffer.of(newline), record]);
  return {
    atOnce: () => requireAll(writeSync(descriptor, bytes), bytes),
    meanwhile: async () => requireAll((await writeLater(descriptor, bytes)).bytesWritten, bytes),
  };
}

/**
 * Appends a record that can be spared, without that look at the end: right behind one's own it takes another
 * process that dies in the middle of a record to swallow it. Throws when not all of it was written.
 */
export function appendNote({ descriptor }: OpenJournalFile, record: Buffer): void {
  requireAll(writeSync(descriptor, record), record);
}

const writeLater = promisify(write);

function requireAll(written: number, bytes: Buffer): void {
  if (written !== bytes.length) throw new Error(`only ${written} of ${bytes.length} bytes could be written`);
}

/** Puts the current file aside under a name of its own, so that the next change begins a new one. */
export function putAside(folder: JournalFolder, now: number): void {
  const time = new Date(now).toISOString().replace(/[-:.]/g, '');
  // Never over another file: two lvstops may do this at once.
  const name = `changes.${time}.${randomBytes(4).toString('hex')}.journal`;
  try {
    renameSync(currentPath(folder), join(folder.path, name));
  } catch (error) {
    // Somebody else was faster.
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  }
  syncFolder(folder);
}

/** Paths of all files, the newest first; none when the folder is missing. Throws when it cannot be read. */
export function journalPaths(folder: JournalFolder): string[] {
  try {
    const names = readdirSync(folder.path);
    const former = names
      .filter((name) => formerName.test(name))
      .sort()
      .reverse();
    return [...(names.includes(currentName) ? [currentName] : []), ...former].map((name) =>
      join(folder.path, name),
    );
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw reasonable(error);
  }
}

/** Reads a file whole. Throws when it is not one that only its owner can have written. */
export function readJournalFile(path: string, { userId }: JournalFolder): Buffer {
  let descriptor: number | undefined;
  try {
    // Without waiting: a named pipe in its place would hold everything up for ever.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    requireOwnFile(fstatSync(descriptor), userId);
    return readFileSync(descriptor);
  } catch (error) {
    throw reasonable(error);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Changes whenever the file does, its rights and its owner too. */
export function fileVersion(path: string): string {
  const stats = lstatSync(path, { throwIfNoEntry: false, bigint: true });
  return stats === undefined ? '' : `${stats.ino} ${stats.size} ${stats.ctimeNs}`;
}

/** What the system said, in words. */
export function reasonable(error: unknown): Error {
  const reason = knownSystemErrorReason(systemErrorCode(error));
  if (reason !== undefined) return new Error(reason, { cause: error });
  return error instanceof Error ? error : new Error(String(error));
}

function openCurrent(folder: JournalFolder): OpenJournalFile {
  const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  const path = currentPath(folder);
  const isNew = lstatSync(path, { throwIfNoEntry: false }) === undefined;
  const descriptor = openSync(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  try {
    requireOwnFile(fstatSync(descriptor), folder.userId);
    if (isNew) syncFolder(folder);
    return { descriptor, path };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function endsInLine(descriptor: number): boolean {
  const { size } = fstatSync(descriptor);
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  return readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] === newline;
}

/** The oldest files go until the rest is within its bound; the current one stays. */
function removeOldest(folder: JournalFolder): void {
  let total = 0;
  for (const path of journalPaths(folder)) {
    total += lstatSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (total > folder.totalLimit && path !== currentPath(folder)) unlinkSync(path);
  }
}

/** A new name is on the disk only when its folder is. */
function syncFolder({ path }: JournalFolder): void {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function requireOwnFolder({ path, userId }: JournalFolder): void {
  const stats = lstatSync(path);
  if (!stats.isDirectory()) throw new Error(`${path} is no folder`);
  if (userId !== null && stats.uid !== userId)
    throw new Error(`its folder belongs to user ${stats.uid} and not to user ${userId}`);
  if ((stats.mode & writableByOthers) !== 0)
    throw new Error('its folder can be written by others (chmod 700 helps)');
}

function requireOwnFile(stats: Stats, userId: number | null): void {
  if (!stats.isFile()) throw new Error('it is no plain file');
  if (stats.nlink > 1) throw new Error('it has a second name, so others may hold it');
  if (userId !== null && stats.uid !== userId)
    throw new Error(`it belongs to user ${stats.uid} and not to user ${userId}`);
  if ((stats.mode & ofOthers) !== 0) throw new Error('others have rights to it (chmod 600 helps)');
}
