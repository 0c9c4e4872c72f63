import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isSea } from 'node:sea';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import type { Processor } from './far-codes.ts';

/** An executable of this version that can be sent. */
export interface Executable {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/** Where executables are looked for. */
export interface ExecutablePlaces {
  /** This program, where it is one itself; `null` where Node runs it. */
  readonly own: { readonly path: string; readonly processor: string } | null;
  readonly folders: readonly string[];
}

/**
 * Where this program finds executables of its version: itself, beside itself, where a package puts them, and in a
 * checkout.
 */
export function executablePlaces(): ExecutablePlaces {
  if (isSea()) {
    const { execPath: path, arch: processor } = process;
    return { own: { path, processor }, folders: [dirname(path), '/usr/lib/lvstop'] };
  }
  // In a checkout they are built beside the bundle.
  const bundle = dirname(fileURLToPath(import.meta.url));
  return { own: null, folders: [join(bundle, 'packages'), '/usr/lib/lvstop'] };
}

/** The executable for a processor; `undefined` where there is none. */
export function executableFor(
  processor: Processor,
  { own, folders }: ExecutablePlaces,
): Executable | undefined {
  const paths = [
    ...(own?.processor === processor ? [own.path] : []),
    ...folders.map((folder) => join(folder, `lvstop-linux-${processor}`)),
  ];
  for (const path of paths) {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isFile() === true) return { path, size: stats.size };
  }
  return undefined;
}

/** BLAKE2b-512 of a file, in hexadecimal digits, as `b2sum` prints it. */
export async function hashOf(path: string): Promise<string> {
  const hash = createHash('blake2b512');
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash);
  return hash.digest('hex');
}
