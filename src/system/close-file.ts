import { closeSync } from 'node:fs';

/**
 * Closes a file of which all is known already: it was read, or fsync has answered for what was written. What closing
 * reports then, EIO of a network file system for one, takes nothing back; the descriptor is gone either way
 * (close(2)).
 */
export function closeFile(descriptor: number): void {
  try {
    closeSync(descriptor);
  } catch {
    // As said above.
  }
}
