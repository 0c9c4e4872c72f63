import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  unlinkSync,
  writeFile,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Work } from '../changes/slices.ts';
import { syncFile } from '../changes/sync-file.ts';

/**
 * Puts a text under a name, whole: readers and a crash find the old text or the new one, never a part. The file is
 * this user's alone (mode 0600). With `keepFormer` what stood there before stays under that name. Throws the
 * system's error; the old file is untouched then.
 */
export function* replaceFile(path: string, text: string, keepFormer: string | null): Work<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${randomBytes(8).toString('hex')}`);
  try {
    yield* writeNewFile(temporary, text);
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
  yield* syncFolder(folder);
}

function* writeNewFile(path: string, text: string): Work<void> {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const file = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    const bytes = Buffer.from(text);
    yield {
      atOnce: () => writeFileSync(file, bytes),
      meanwhile: () => writeLater(file, bytes),
    };
    yield syncFile(file);
  } finally {
    closeSync(file);
  }
}

/** The new name is on the disk only when its folder is. */
function* syncFolder(folder: string): Work<void> {
  const handle = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    yield syncFile(handle);
  } finally {
    closeSync(handle);
  }
}

const writeLater = promisify(writeFile);

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Where it is in the way, the next step says so.
  }
}
