import { closeSync } from 'node:fs';

/**
 * Closes a file whose outcome is known already: it was read, or fsync has confirmed what was written. What closing
 * reports then, such as EIO from a network file system, undoes nothing, and the descriptor is gone either way
 * (close(2)).
 */
export function closeFile(descriptor: number): void {
  try {
    closeSync(descriptor);
  } catch {
    // As said above.
  }
}
