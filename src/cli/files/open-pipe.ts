import { closeSync, constants, openSync, readlinkSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemErrorCode } from '../../system/system-error.ts';

/** Milliseconds between two looks for a writer, and the number of looks after which the wait is told. */
const betweenLooks = 50;
const looksBeforeTold = 10;

/** Most bytes that one look takes: what a pipe holds. */
const bytesPerLook = 2 ** 16;

/**
 * Opens a pipe for reading: that of the shell's `<(…)`, or one with a name in the file system, for which it waits until
 * somebody has opened it for writing; `onWait` is called when that takes longer than a moment. The system's own open
 * would wait without a word, on a thread that nothing can end. Throws the system's error.
 */
export async function openPipe(path: string, onWait: () => void): Promise<Readable> {
  const pipe = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  let first: Buffer | null = null;
  try {
    // A pipe without a name was made together with its writer, which may have finished already, so nothing is waited
    // for.
    for (let look = 1; isNamed(pipe); look++) {
      first = lookInto(pipe);
      if (first === null || first.length > 0) break;
      if (look === looksBeforeTold) onWait();
      await sleep(betweenLooks);
    }
  } catch (error) {
    closeSync(pipe);
    throw error;
  }
  const rest = new Socket({ fd: pipe, readable: true, writable: false });
  return first === null ? rest : Readable.from(chain(first, rest));
}

/**
 * The bytes that are in the pipe now: none where nobody has it open for writing, `null` where somebody has and has not
 * written yet.
 */
function lookInto(pipe: number): Buffer | null {
  const buffer = Buffer.allocUnsafe(bytesPerLook);
  try {
    return buffer.subarray(0, readSync(pipe, buffer));
  } catch (error) {
    if (systemErrorCode(error) === 'EAGAIN') return null;
    throw error;
  }
}

function isNamed(pipe: number): boolean {
  return !readlinkSync(`/proc/self/fd/${pipe}`).startsWith('pipe:');
}

async function* chain(first: Buffer, rest: Readable): AsyncGenerator<Buffer, void, void> {
  yield first;
  yield* rest;
}
