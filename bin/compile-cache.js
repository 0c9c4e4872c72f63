import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

// An import would load what reads files bit by bit too, which takes longer than all else here.
const { lstatSync, mkdirSync } = createRequire(import.meta.url)('node:fs');

/**
 * The folder for Node's compile cache, which takes a third off the start; `undefined` where there is none that
 * only this account can write: whoever can write into the cache decides what the process runs. So never Node's
 * own default in /tmp, and none where other processes of this account lack the rights of this one.
 * @param {'none' | 'held' | 'ambient'} rights see `rightsOfProcess`
 */
export function compileCacheFolder(rights) {
  const isRoot = process.getuid?.() === 0;
  if (rights !== 'none' && !isRoot) return undefined;
  const folder = isRoot ? '/var/cache/lvstop' : join(homedir(), '.cache/lvstop');
  return isOwnFolder(folder) ? folder : undefined;
}

/** Step by step: Node's own way goes on for ever where there can be no folder, as below /proc/self. */
function makeFolder(folder) {
  if (lstatSync(folder, { throwIfNoEntry: false }) !== undefined) return;
  makeFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

/** Whether the folder, which is made where it is missing, belongs to this account and nobody else can write it. */
export function isOwnFolder(folder) {
  try {
    makeFolder(folder);
    const { uid, mode } = lstatSync(folder);
    // A link may lead anywhere; where there are no accounts (Windows) there is no cache.
    return (mode & 0o170000) === 0o040000 && uid === process.getuid?.() && (mode & 0o022) === 0;
  } catch {
    return false;
  }
}
