import { randomBytes } from 'node:crypto';
import {
  constants,
  fchmodSync,
  fchownSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  type Stats,
  unlinkSync,
  writeFile,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { closeFile } from './close-file.ts';
import { readPlainFile } from './plain-file.ts';
import { syncFile, syncFolder } from './sync-file.ts';
import { systemErrorCode, systemErrorReason } from './system-error.ts';
import type { Work } from './turns.ts';

/** What came of replacing a file: the new text is in place. */
export interface Replacement {
  /** Where what stood there before is now; `null` when nothing did, or it was not to be kept. */
  readonly former: string | null;
  /**
   * The end of a sentence that says why the new names may not outlast a power cut; `null` when they are on the disk.
   */
  readonly doubt: string | null;
}

/** Whose a new file is and who may read it. */
export type Ownership = Pick<Stats, 'uid' | 'gid' | 'mode'>;

/**
 * Puts a text under a name, whole: readers and a crash find the old text or the new one, never a part. The file is this
 * user's alone (mode 0600), unless `ownership` says otherwise. With `keepFormer` the text that stood there before stays
 * under that name. Throws the system's error, or a `FileRefusal` where the former text is too long to be copied; both
 * the old file and its former version are untouched then.
 */
export function* replaceFile(
  path: string,
  text: string | Buffer,
  keepFormer: string | null,
  ownership?: Ownership,
): Work<Replacement> {
  const temporary = temporaryName(path);
  let kept: string | null = null;
  try {
    yield* writeNewFile(temporary, Buffer.from(text), ownership);
    if (keepFormer !== null && lstatSync(path, { throwIfNoEntry: false }) !== undefined) {
      requireNoFolder(keepFormer);
      kept = temporaryName(keepFormer);
      yield* keepUnder(kept, path);
    }
    renameSync(temporary, path);
  } catch (error) {
    remove(temporary);
    if (kept !== null) remove(kept);
    throw error;
  }
  // Only now does the old text replace an older former version: until here nothing was given up.
  const former = kept === null || keepFormer === null ? null : moveOver(kept, keepFormer);
  return { former, doubt: yield* doubtOf(dirname(path)) };
}

/** Bytes that are copied at most: what is longer is no text of lvstop's. */
const longestCopy = 64 * 2 ** 20;

/** An unused name beside a file. It begins with a dot, so that patterns such as `*.conf` do not match it. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(8).toString('hex')}`);
}

/**
 * Gives a file a second name, a hard link, so that the first name is never missing; copies it where there are no links.
 */
function* keepUnder(name: string, path: string): Work<void> {
  try {
    linkSync(path, name);
  } catch {
    // vfat and some network file systems have no hard links, and each says so in its own way.
    yield* writeNewFile(name, readPlainFile(path, { longest: longestCopy }));
  }
}

/** Returns the name under which the file is in the end. */
function moveOver(temporary: string, name: string): string {
  try {
    renameSync(temporary, name);
    // rename(2) leaves both names where they are links to one file.
    remove(temporary);
    return name;
  } catch {
    return temporary;
  }
}

/** Writes a new file, and leaves none where that fails. Throws the system's error, EEXIST where the name is taken. */
export function* writeNewFile(path: string, bytes: Buffer, ownership?: Ownership): Work<void> {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const file = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    if (ownership !== undefined) {
      // Changing the owner clears bits of the mode, so the mode comes second.
      fchownSync(file, ownership.uid, ownership.gid);
      fchmodSync(file, ownership.mode & 0o7777);
    }
    yield {
      atOnce: () => writeFileSync(file, bytes),
      meanwhile: () => writeLater(file, bytes),
    };
    yield syncFile(file);
  } catch (error) {
    remove(path);
    throw error;
  } finally {
    closeFile(file);
  }
}

/** Returns what is in doubt when the new names have not come to the disk. */
function* doubtOf(folder: string): Work<string | null> {
  try {
    yield* syncFolder(folder);
    return null;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    return `the disk has not confirmed it (${systemErrorReason(code)}): after a power cut it may be what it was before`;
  }
}

function requireNoFolder(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  throw Object.assign(new Error(`${path} is a folder`), { code: 'EISDIR' });
}

const writeLater = promisify(writeFile);

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It is not there, or the disk that failed fails here, too.
  }
}
