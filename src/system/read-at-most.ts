import { closeSync, constants, openSync, readSync } from 'node:fs';

/** Bytes that are asked for at once. */
const bytesPerRead = 2 ** 16;

/**
 * What an open file holds, up to `longest` bytes; `undefined` where it has more. The size that the system tells of a file
 * is no bound: it can grow meanwhile, and of those in `/proc` it is 0 even of one without an end (`/proc/self/pagemap`).
 * Throws the system's error.
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

/** Bytes of a file in which the system tells something of itself; that of its modules has some megabytes. */
const longestSystemFile = 16 * 2 ** 20;

/**
 * The text of a file of the system's own, as in `/proc`, without waiting for one that has nothing to tell. Throws the
 * system's error, and an `Error` where it has more than 16 MiB.
 */
export function readSystemText(path: string, encoding: BufferEncoding = 'utf8'): string {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const bytes = readAtMost(file, longestSystemFile);
    if (bytes === undefined) throw new Error(`${path} is longer than ${longestSystemFile} bytes`);
    return bytes.toString(encoding);
  } finally {
    closeSync(file);
  }
}
