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

/** How much a journal's files may hold, in bytes. */
export interface JournalRoom {
  /** Of the current file, from which on a new one is begun. */
  readonly fileLimit: number;
  /** Of all files together, from which on the oldest go. */
  readonly totalLimit: number;
  /** Bytes of all files together when they are unpacked, from which on the oldest go: it bounds what reading takes. */
  readonly unpackedLimit: number;
}

/** Bytes of a record, unpacked, from which on it begins a file of its own: so each file is quickly read. */
const largeRecord = 8 * 2 ** 20;

/**
 * Opens the file for one change, of so many bytes unpacked. A current file that has grown over its limit is put aside
 * first, and the oldest go when all are over theirs; never the newest change, nor the one that this one takes back.
 * Throws an `Error` that says why the journal cannot be used.
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

/** The changes that begin in a file, and how much it is unpacked. A file that cannot be read holds none. */
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
