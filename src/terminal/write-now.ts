import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';

/** Longest time that a terminal which takes nothing (stopped with Ctrl-S, a stalled line) is waited for. */
const PATIENCE_MS = 100;
const PAUSE_MS = 5;

/**
 * Writes to `fd` at once, past Node's streams, so that it also works while the process goes down. A
 * terminal blocks it for a tenth of a second at most. Never throws: what the terminal does not take,
 * and all when it is gone, is dropped.
 */
export function writeNow(fd: number, text: string): void {
  try {
    const own = isatty(fd) ? openNonBlocking(fd) : undefined;
    try {
      writeWithPatience(own ?? fd, Buffer.from(text));
    } finally {
      if (own !== undefined) closeSync(own);
    }
  } catch {
    // The terminal is gone; there is nobody to tell.
  }
}

/**
 * The same terminal opened once more: not to block on it must not become a property of the
 * descriptor that the shell shares. Undefined where that is refused (a terminal of another user).
 */
function openNonBlocking(fd: number): number | undefined {
  try {
    const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
    return openSync(`/proc/self/fd/${fd}`, O_WRONLY | O_NONBLOCK | O_NOCTTY);
  } catch {
    return undefined;
  }
}

function writeWithPatience(fd: number, bytes: Uint8Array): void {
  const deadline = performance.now() + PATIENCE_MS;
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      if (performance.now() > deadline) return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}
