import { lstatSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder, and those above it that are missing, for this user alone (mode 0700). Each is made once, step by
 * step: Node's own `recursive` goes on for ever where the system says again and again that there is no such folder, as
 * below `/proc/self` (nodejs/node, `MKDirpSync` in `src/node_file.cc`). Throws the system's error.
 */
export function makeFolder(path: string): void {
  const missing: string[] = [];
  let at = path;
  while (lstatSync(at, { throwIfNoEntry: false }) === undefined && dirname(at) !== at) {
    missing.push(at);
    at = dirname(at);
  }
  if (missing.length === 0) {
    // Where the name is taken by something else, this throws EEXIST.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) mkdirSync(path);
    return;
  }
  for (const folder of missing.reverse()) {
    try {
      mkdirSync(folder, { mode: 0o700 });
    } catch (error) {
      // Another process made it first.
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}
