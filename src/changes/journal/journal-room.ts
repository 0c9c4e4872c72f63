import { lstatSync, unlinkSync } from 'node:fs';
import { closeFile } from '../../system/close-file.ts';
import type { Work } from '../../system/turns.ts';
import {
  currentPath,
  type JournalFolder,
  journalPaths,
  type OpenJournalFile,
  openCurrent,
  openFolder,
  putAside,
  readJournalFile,
  sizeOf,
} from './journal-files.ts';
import { scanFrames } from './record-frame.ts';
import { recordHead, unpackedBytes } from './record-schema.ts';

/** How large a journal's files may become, in bytes. */
export interface JournalRoom {
  /** A new file is begun when the current one has reached this size. */
  readonly fileLimit: number;
  /** The oldest files are deleted when all together exceed this size. */
  readonly totalLimit: number;
  /** The oldest files are deleted when all together, unpacked, exceed this size; it bounds what reading takes. */
  readonly unpackedLimit: number;
}

/** A record of this many bytes or more, unpacked, begins a file of its own, so that each file is quickly read. */
const largeRecord = 8 * 2 ** 20;

/**
 * Opens the file for a change of `bytes` bytes, unpacked. A current file over its limit is put aside first, and the
 * oldest files are deleted when all are over theirs, but never the one with the newest change, nor the one with the
 * change that this one takes back. Throws an `Error` that says why the journal cannot be used.
 */
export function* openForChange(
  folder: JournalFolder,
  room: JournalRoom,
  { undoes, bytes }: { readonly undoes: string | null; readonly bytes: number },
): Work<OpenJournalFile> {
  openFolder(folder);
  const file = openCurrent(folder);
  const size = sizeOf(file);
  if (size < room.fileLimit && (size === 0 || bytes < largeRecord)) return file;
  closeFile(file.descriptor);
  putAside(folder);
  yield* removeOldest(folder, room, undoes);
  return openCurrent(folder);
}

function* removeOldest(folder: JournalFolder, room: JournalRoom, undoes: string | null): Work<void> {
  let stored = 0;
  let unpacked = 0;
  let hasNewest = false;
  for (const path of journalPaths(folder)) {
    stored += lstatSync(path, { throwIfNoEntry: false })?.size ?? 0;
    const { ids, bytes } = yield* changesIn(path, folder);
    unpacked += bytes;
    const isNewest: boolean = !hasNewest && ids.length > 0;
    hasNewest ||= isNewest;
    if (stored <= room.totalLimit && unpacked <= room.unpackedLimit) continue;
    if (isNewest || path === currentPath(folder) || (undoes !== null && ids.includes(undoes))) continue;
    unlinkSync(path);
  }
}

/** Ids of the changes that begin in a file, and its size unpacked. A file that cannot be read counts as empty. */
function* changesIn(path: string, folder: JournalFolder): Work<{ ids: string[]; bytes: number }> {
  const ids: string[] = [];
  let bytes = 0;
  let content: Buffer;
  try {
    content = readJournalFile(path, folder);
  } catch {
    return { ids, bytes };
  }
  for (const { text } of (yield* scanFrames(content)).frames) {
    bytes += unpackedBytes(text);
    const head = recordHead(text);
    if (head?.kind === 'intent') ids.push(head.id);
  }
  return { ids, bytes };
}
