import { constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { closeFile } from './close-file.ts';
import { type Keeping, refusalOf } from './file-trust.ts';

/** Why a file is not used; the message is one clause like "it is no plain file". */
export class FileRefusal extends Error {
  override readonly name = 'FileRefusal';
}

/**
 * Opens a plain file, with `flags` of open(2), and never waits: a named pipe in its place would hold everything up for
 * ever. What is made is this user's alone. With `keeping` it is judged who can have written it. Throws the system's
 * error, or a `FileRefusal`.
 */
export function openPlainFile(path: string, flags: number, keeping?: Keeping): number {
  const file = openSync(path, flags | constants.O_NONBLOCK, 0o600);
  try {
    const reason = plainFileRefusal(fstatSync(file), keeping);
    if (reason !== undefined) throw new FileRefusal(reason);
    return file;
  } catch (error) {
    closeFile(file);
    throw error;
  }
}

/** Why what is there is not used, one clause; `undefined` where it is. */
export function plainFileRefusal(stats: Stats, keeping?: Keeping): string | undefined {
  if (!stats.isFile()) return 'it is no plain file';
  return keeping && refusalOf(stats, 'file', keeping);
}

/** What is read of a file. */
export interface PlainFileRules {
  /** Most bytes that it may have; a longer file is refused. */
  readonly longest: number;
  /** Whose it must be; then no symbolic link is followed either. */
  readonly keeping?: Keeping;
}

/** Reads a plain file whole. Throws as `openPlainFile` does, and a `FileRefusal` where it is too long. */
export function readPlainFile(path: string, { longest, keeping }: PlainFileRules): Buffer {
  const { O_RDONLY, O_NOFOLLOW } = constants;
  const file = openPlainFile(path, keeping === undefined ? O_RDONLY : O_RDONLY | O_NOFOLLOW, keeping);
  try {
    // Spares the reading of a file that would be refused anyway.
    if (fstatSync(file).size > longest) refuseLength(longest);
    return readAtMost(file, longest) ?? refuseLength(longest);
  } finally {
    closeFile(file);
  }
}

/** The end of a plain file, `length` bytes at most, as of a log. Throws as `openPlainFile` does. */
export function readPlainTail(path: string, length: number): Buffer {
  const file = openPlainFile(path, constants.O_RDONLY);
  try {
    const { size } = fstatSync(file);
    const tail = Buffer.alloc(Math.min(size, length));
    return tail.subarray(0, readSync(file, tail, 0, tail.length, size - tail.length));
  } finally {
    closeFile(file);
  }
}

function refuseLength(longest: number): never {
  throw new FileRefusal(`it is ${longerThan(longest)}`);
}

/** "longer than …", as messages say it. */
export function longerThan(bytes: number): string {
  return `longer than ${bytes % 2 ** 20 === 0 ? `${bytes / 2 ** 20} MiB` : `${bytes} bytes`}`;
}

/** Bytes that are asked for at once. */
const bytesPerRead = 2 ** 16;

/**
 * What an open file holds, up to `longest` bytes; `undefined` where it has more. The size that stat(2) tells is no
 * bound: a file can grow meanwhile, and in `/proc` it is 0 even for one without an end (`/proc/self/pagemap`). Throws
 * the system's error.
 */
export function readAtMost(file: number, longest: number): Buffer | undefined {
  const chunks: Buffer[] = [];
  let length = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(bytesPerRead);
    const read = readSync(file, chunk, 0, chunk.length, null);
    if (read === 0) return Buffer.concat(chunks, length);
    length += read;
    if (length > longest) return undefined;
    chunks.push(chunk.subarray(0, read));
  }
}

/** Most bytes of a file of the system's own; the lists of the kernel's modules have some megabytes. */
const longestSystemFile = 16 * 2 ** 20;

/**
 * The text of a file of the system's own, as in `/proc`; never blocks where there is nothing to read yet. Throws the
 * system's error, and a `FileRefusal` where it has more than 16 MiB.
 */
export function readSystemText(path: string, encoding: BufferEncoding = 'utf8'): string {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return (readAtMost(file, longestSystemFile) ?? refuseLength(longestSystemFile)).toString(encoding);
  } finally {
    closeFile(file);
  }
}
