import { constants, fsync, fsyncSync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import { closeFile } from './close-file.ts';
import type { Wait, Work } from './turns.ts';

const syncLater = promisify(fsync);

/** Brings what was written to a file, or into a folder, to the disk. */
export function syncFile(descriptor: number): Wait {
  return { atOnce: () => fsyncSync(descriptor), meanwhile: () => syncLater(descriptor) };
}

/** Brings the names in a folder to the disk: a new one is there only when its folder is. Throws the system's error. */
export function* syncFolder(path: string): Work<void> {
  const folder = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    yield syncFile(folder);
  } finally {
    closeFile(folder);
  }
}
