import { constants, fstatSync, lstatSync, openSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { closeFile } from './close-file.ts';
import { makeFolder } from './make-folder.ts';
import { readAtMost } from './read-at-most.ts';
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
  /** Bytes beyond which it is none of ours. */
  readonly longest: number;
}

/** Write permission of the group and of all others. */
const writableByOthers = 0o022;

/**
 * Reads a file that this user (or root) owns and nobody else can write, in a folder of which the same is true:
 * configuration, and what lvstop keeps for itself. Never throws for what lies on the disk.
 */
export function readPrivateFile(path: string, rules: PrivateFileRules): PrivateFile {
  try {
    const refusal = folderRefusal(dirname(path), rules.userId);
    if (refusal !== undefined) return { kind: 'unusable', reason: refusal };
    // Without waiting: a named pipe in its place would hold the start up for ever.
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stats = fstatSync(file);
      const reason = fileRefusal(stats, rules);
      if (reason !== undefined) return { kind: 'unusable', reason };
      const bytes = readAtMost(file, rules.longest);
      if (bytes === undefined) return { kind: 'unusable', reason: `it is ${tooLong(rules)}` };
      return { kind: 'text', text: bytes.toString('utf8') };
    } finally {
      closeFile(file);
    }
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' };
    return { kind: 'unusable', reason: systemErrorReason(code) };
  }
}

/**
 * Writes such a file whole: readers and a crash find the old text or the new one, never a part.
 * Folders that are missing are made for this user alone. With `keepFormer` what stood there before stays
 * beside it. Gives what `Replacement` tells. Throws an `Error` whose message is the reason; the old file is
 * untouched then.
 */
export function writePrivateFile(
  path: string,
  text: string,
  rules: PrivateFileRules & { readonly keepFormer: string | null },
): Replacement {
  const folder = dirname(path);
  // What is longer could not be read again.
  if (Buffer.byteLength(text) > rules.longest) throw new Error(`it would be ${tooLong(rules)}`);
  try {
    makeFolder(folder);
    const refusal = folderRefusal(folder, rules.userId) ?? replacementRefusal(path, rules);
    if (refusal !== undefined) throw new Error(refusal);
    return allAtOnce(replaceFile(path, text, rules.keepFormer));
  } catch (error) {
    const code = systemErrorCode(error);
    throw code === undefined ? error : new Error(systemErrorReason(code), { cause: error });
  }
}

function folderRefusal(folder: string, userId: number | null): string | undefined {
  const stats = statSync(folder);
  if (!stats.isDirectory()) return `${folder} is no folder`;
  const refusal = ownerRefusal(stats, userId);
  return refusal === undefined ? undefined : `its folder ${refusal}`;
}

function fileRefusal(stats: Stats, rules: PrivateFileRules): string | undefined {
  if (!stats.isFile()) return 'it is no plain file';
  if (stats.size > rules.longest) return `it is ${tooLong(rules)}`;
  const refusal = ownerRefusal(stats, rules.userId);
  return refusal === undefined ? undefined : `it ${refusal}`;
}

/** Why what stands at the path must not be replaced: it may be a link into a folder of the operator's own. */
function replacementRefusal(path: string, rules: PrivateFileRules): string | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  return stats.isSymbolicLink() ? systemErrorReason('ELOOP') : fileRefusal(stats, rules);
}

function tooLong({ longest }: PrivateFileRules): string {
  return `longer than ${longest} bytes`;
}

function ownerRefusal(stats: Stats, userId: number | null): string | undefined {
  if (userId !== null && stats.uid !== userId && stats.uid !== 0) {
    return `belongs to user ${stats.uid} and not to user ${userId} or root`;
  }
  return (stats.mode & writableByOthers) === 0 ? undefined : 'can be written by others (chmod go-w helps)';
}
