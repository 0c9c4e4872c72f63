import { randomUUID } from 'node:crypto';
import { closeSync, constants, openSync, unlinkSync, writeSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { join } from 'node:path';
import { getRawAsset } from 'node:sea';

/**
 * Stands in for `src/system/native-package.ts` in the single executable, which has the native parts of the packages
 * inside. Of `koffi` the native part alone is enough: its script adds only names that are out of use.
 */
export function loadNativePackage(name: 'koffi' | 'netlink'): unknown {
  return name === 'koffi' ? loadNativePart('koffi') : require('netlink');
}

/**
 * Folders to try, until one lies where code may be run. It is no matter who else can write in them: the file has no
 * name there, so nobody can put another in its place. Memory without a folder (memfd_create) would be the best place,
 * but only native code can ask for it, and Node's own does not.
 */
function places(): readonly string[] {
  const { XDG_RUNTIME_DIR, TMPDIR, HOME } = process.env;
  const uid = process.geteuid?.();
  return [
    '/dev/shm',
    ...[XDG_RUNTIME_DIR, `/run/user/${uid}`, '/tmp', TMPDIR, '/var/tmp', '/var/cache', HOME, '/run'].filter(
      (place) => place?.startsWith('/') === true,
    ),
  ] as readonly string[];
}

/** `O_TMPFILE` of include/uapi/asm-generic/fcntl.h: a file without a name, in the folder that is opened. */
const nameless = 0o20000000 | constants.O_DIRECTORY;

/** Loads a native part of this name out of the executable. Throws where there is no place that code may be run from. */
export function loadNativePart(name: string): unknown {
  const bytes = Buffer.from(getRawAsset(name));
  const refusals: string[] = [];
  for (const place of new Set(places())) {
    try {
      return loadFrom(place, bytes);
    } catch (error) {
      refusals.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(
    `lvstop's native part "${name}" cannot be loaded: no folder of this machine takes a file and lets code be run ` +
      `from it (mount option "noexec"); set TMPDIR to one that does. ${refusals.join('; ')}`,
  );
}

function loadFrom(place: string, bytes: Buffer): unknown {
  const fd = openNameless(place);
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
    const loaded: { exports: unknown } = { exports: {} };
    process.dlopen(loaded, `/proc/self/fd/${fd}`, osConstants.dlopen.RTLD_LAZY);
    return loaded.exports;
  } finally {
    closeSync(fd);
  }
}

/** Opens a new file that only this account can write. */
function openNameless(place: string): number {
  try {
    return openSync(place, constants.O_RDWR | nameless, 0o600);
  } catch (error) {
    // The answer of file systems without nameless files: NFS, FAT, overlays of older kernels.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOTSUP')) throw error;
  }
  // A name that nobody knows beforehand, and that is gone before anything is written.
  const path = join(place, `.lvstop-${randomUUID()}`);
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
  unlinkSync(path);
  return fd;
}
