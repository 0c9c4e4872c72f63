import { lstatSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { refusalOf } from './file-trust.ts';
import { makeFolder } from './make-folder.ts';
import { FileRefusal, longerThan, plainFileRefusal, readPlainFile } from './plain-file.ts';
import { systemErrorCode, systemErrorReason } from './system-error.ts';
import { allAtOnce } from './turns.ts';
import { type Replacement, replaceFile } from './whole-file.ts';

/** What stands in a file that must be this user's alone, or why it is not used. */
export type PrivateFile =
  | { readonly kind: 'absent' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unusable'; readonly reason: string };

/** What such a file must be like. */
export interface PrivateFileRules {
  /** Whose it must be, if not root's; `null` where the system has no user ids. */
  readonly userId: number | null;
  /** Most bytes that it may have; a longer file is not used, nor written. */
  readonly longest: number;
}

/**
 * Reads a file that this user (or root) owns and nobody else can write, in a folder of which the same is true:
 * configuration, and what lvstop keeps for itself. Never throws for what lies on the disk.
 */
export function readPrivateFile(path: string, { userId, longest }: PrivateFileRules): PrivateFile {
  try {
    requireOwnFolder(dirname(path), userId);
    const bytes = readPlainFile(path, { longest, keeping: { userId, of: 'settings' } });
    return { kind: 'text', text: bytes.toString('utf8') };
  } catch (error) {
    if (error instanceof FileRefusal) return { kind: 'unusable', reason: error.message };
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' };
    return { kind: 'unusable', reason: systemErrorReason(code) };
  }
}

/**
 * Writes such a file whole: readers and a crash find the old text or the new one, never a part. Folders that are
 * missing are made for this user alone. With `keepFormer` what stood there before stays beside it. Returns what became
 * of it. Throws a `FileRefusal`; the old file is untouched then.
 */
export function writePrivateFile(
  path: string,
  text: string,
  { userId, longest, keepFormer }: PrivateFileRules & { readonly keepFormer: string | null },
): Replacement {
  // What is longer could not be read again.
  if (Buffer.byteLength(text) > longest) throw new FileRefusal(`it would be ${longerThan(longest)}`);
  try {
    makeFolder(dirname(path));
    requireOwnFolder(dirname(path), userId);
    const present = lstatSync(path, { throwIfNoEntry: false });
    // It may be a link into a folder of the operator's own.
    const refusal = present?.isSymbolicLink()
      ? systemErrorReason('ELOOP')
      : present && plainFileRefusal(present, { userId, of: 'settings' });
    if (refusal !== undefined) throw new FileRefusal(refusal);
    return allAtOnce(replaceFile(path, text, keepFormer));
  } catch (error) {
    const code = systemErrorCode(error);
    throw code === undefined ? error : new FileRefusal(systemErrorReason(code), { cause: error });
  }
}

function requireOwnFolder(folder: string, userId: number | null): void {
  const stats = statSync(folder);
  if (!stats.isDirectory()) throw new FileRefusal(`${folder} is no folder`);
  const refusal = refusalOf(stats, 'folder', { userId, of: 'settings' });
  if (refusal !== undefined) throw new FileRefusal(refusal);
}
