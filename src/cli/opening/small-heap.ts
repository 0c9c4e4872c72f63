import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8's heap close to what is in use. A screen makes some garbage each second, all day, and V8 would answer by
 * letting its space for new objects grow to sixteen times its size, and the whole heap to a multiple of what lives.
 * The flags are looked at whenever a space is about to grow, so they have to be set before much was done.
 */
export function keepHeapSmall(): void {
  keepNewSpaceSmall();
  // Percent above what lived at the last full collection.
  setFlagsFromString('--heap-growing-percent=20');
}

/**
 * Keeps the space for new objects as small as it is at the start. For a command that makes rows by the thousand and
 * keeps them, a larger one is only more memory that the kernel has to hand out page by page.
 */
export function keepNewSpaceSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  // Waking other threads to carry what outlives a collection costs more, and each holds memory of its own.
  setFlagsFromString('--no-parallel-scavenge');
}
