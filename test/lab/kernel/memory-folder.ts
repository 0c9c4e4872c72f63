/** The guest's memory is a file that its kernel maps with execute permission: this finds it a place. */
import { accessSync, constants, readFileSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

/**
 * A folder with room for `megabytes`, in memory if it can be. Containers often have a /dev/shm of 64 MB, or one
 * without execute permission, and a guest that runs out of room dies of SIGBUS: then a folder on disk serves.
 */
export function memoryFolder(megabytes: number): string {
  return ['/dev/shm', tmpdir(), '/var/tmp'].find((folder) => fits(folder, megabytes)) ?? tmpdir();
}

function fits(folder: string, megabytes: number): boolean {
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return (bavail * bsize) / 2 ** 20 > megabytes * 1.25 && !mountedNoexec(folder);
  } catch {
    return false;
  }
}

function mountedNoexec(folder: string): boolean {
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, point = '']) => `${folder}/`.startsWith(point.endsWith('/') ? point : `${point}/`));
  // The longest mount point is the one that holds the folder; of equals, the last one mounted.
  const nearest = mounts.reduce<string[]>(
    (best, mount) => ((mount[1]?.length ?? 0) >= (best[1]?.length ?? 0) ? mount : best),
    [],
  );
  return (nearest[3] ?? '').split(',').includes('noexec');
}
