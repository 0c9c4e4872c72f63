import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** What stands in a configuration file, or why it is not used. */
export type ConfigFile =
  | { readonly kind: 'absent' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unusable'; readonly reason: string };

/** Bytes beyond which a file is no configuration of ours; finding the lines of a longer one would take too long. */
const longestFile = 16 * 1024;
/** Write permission of the group and of all others. */
const writableByOthers = 0o022;

/**
 * Reads a configuration file that this user (or root) owns and nobody else can write, in a folder of which
 * the same is true. Never throws for what lies on the disk.
 */
export function readConfigFile(path: string, userId: number | null): ConfigFile {
  try {
    const refusal = folderRefusal(dirname(path), userId);
    if (refusal !== undefined) return { kind: 'unusable', reason: refusal };
    // Without waiting: a named pipe in its place would hold the start up for ever.
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stats = fstatSync(file);
      const reason = fileRefusal(stats, userId);
      if (reason !== undefined) return { kind: 'unusable', reason };
      return { kind: 'text', text: readFileSync(file, 'utf8') };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' };
    return { kind: 'unusable', reason: reasonOf(code) };
  }
}

/**
 * Writes a configuration file whole: readers and a crash find the old text or the new one, never a part.
 * Folders that are missing are made for this user alone. With `keepFormer` what stood there before stays
 * beside it. Throws an `Error` whose message is the reason; the old file is untouched then.
 */
export function writeConfigFile(
  path: string,
  text: string,
  { userId, keepFormer }: { readonly userId: number | null; readonly keepFormer: string | null },
): void {
  const folder = dirname(path);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const refusal = folderRefusal(folder, userId) ?? replacementRefusal(path, userId);
    if (refusal !== undefined) throw new Error(refusal);
    const temporary = join(folder, `.${basename(path)}.${randomBytes(8).toString('hex')}`);
    try {
      writeNewFile(temporary, text);
      if (keepFormer !== null && lstatSync(path, { throwIfNoEntry: false }) !== undefined) {
        // A second name, so that there is a file under the first one all the time.
        remove(keepFormer);
        linkSync(path, keepFormer);
      }
      renameSync(temporary, path);
    } catch (error) {
      remove(temporary);
      throw error;
    }
    syncFolder(folder);
  } catch (error) {
    const code = codeOf(error);
    throw code === undefined ? error : new Error(reasonOf(code), { cause: error });
  }
}

function writeNewFile(path: string, text: string): void {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const file = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The new name is on the disk only when its folder is. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Where it is in the way, the next step says so.
  }
}

function folderRefusal(folder: string, userId: number | null): string | undefined {
  const stats = statSync(folder);
  if (!stats.isDirectory()) return `${folder} is no folder`;
  const refusal = ownerRefusal(stats, userId);
  return refusal === undefined ? undefined : `its folder ${refusal}`;
}

function fileRefusal(stats: Stats, userId: number | null): string | undefined {
  if (!stats.isFile()) return 'it is no plain file';
  if (stats.size > longestFile) return `it is longer than ${longestFile} bytes`;
  const refusal = ownerRefusal(stats, userId);
  return refusal === undefined ? undefined : `it ${refusal}`;
}

/** Why what stands at the path must not be replaced: it may be a link into a folder of the operator's own. */
function replacementRefusal(path: string, userId: number | null): string | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  return stats.isSymbolicLink() ? reasonOf('ELOOP') : fileRefusal(stats, userId);
}

function ownerRefusal(stats: Stats, userId: number | null): string | undefined {
  if (userId !== null && stats.uid !== userId && stats.uid !== 0) {
    return `belongs to user ${stats.uid} and not to user ${userId} or root`;
  }
  return (stats.mode & writableByOthers) === 0 ? undefined : 'can be written by others (chmod go-w helps)';
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

const reasons: Readonly<Record<string, string>> = {
  ELOOP: 'it is a symbolic link, which is not followed',
  EACCES: 'this user has no right to it',
  EPERM: 'this user has no right to it',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
};

function reasonOf(code: string | undefined): string {
  return reasons[code ?? ''] ?? `the system says ${code ?? 'nothing of use'}`;
}
