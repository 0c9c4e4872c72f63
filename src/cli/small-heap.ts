import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8's heap close to what is in use. A screen makes some garbage each second, all day, and V8 would answer by
 * letting its space for new objects grow to sixteen times its size, and the whole heap to a multiple of what lives.
 * The flags are looked at whenever a space is about to grow, so they have to be set before much was done. Commands,
 * which end soon, are faster without.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  // Percent above what lived at the last full collection.
  setFlagsFromString('--heap-growing-percent=20');
  // So little outlives a reading that waking other threads to carry it costs more, and each holds memory of its own.
  setFlagsFromString('--no-parallel-scavenge');
  // Else pages that a collection has emptied are kept for the next one: of a large table a quarter of the memory.
  setFlagsFromString('--optimize-for-size');
}
