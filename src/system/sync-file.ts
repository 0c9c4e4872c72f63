import { fsync, fsyncSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Wait } from './turns.ts';

const syncLater = promisify(fsync);

/** Brings what was written to a file, or into a folder, to the disk. */
export function syncFile(descriptor: number): Wait {
  return { atOnce: () => fsyncSync(descriptor), meanwhile: () => syncLater(descriptor) };
}
