/** Packages of npm for another processor than this one, which `npm ci` leaves out. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from './bundle.ts';

/** A package with the hash that its archive must have, as npm's lock file writes it: `sha512-…`. */
export interface PinnedPackage {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
}

/** Where packages are kept that were fetched, beside what is built of them. */
const store = join(checkout, 'dist/fetched');

/** The folder of a package, fetched at the first call. Throws where its archive is another one than was pinned. */
export function packageFolder({ name, version, integrity }: PinnedPackage): string {
  const folder = join(store, `${name.replaceAll('/', '+')}-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(store, { recursive: true });
  const work = mkdtempSync(join(store, 'fetching-'));
  try {
    const words = ['pack', '--silent', '--pack-destination', work, `${name}@${version}`];
    const archive = join(work, execFileSync('npm', words, { cwd: work, encoding: 'utf8' }).trim());
    const hash = createHash('sha512').update(readFileSync(archive)).digest('base64');
    if (`sha512-${hash}` !== integrity) throw new Error(`${name} ${version} is not the one that was pinned`);
    execFileSync('tar', ['-xzf', archive, '-C', work]);
    renameSync(join(work, 'package'), folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}

/** Version and hash of a package of the lock file. */
export function lockedPackage(name: string): PinnedPackage {
  const lock = JSON.parse(readFileSync(join(checkout, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly version?: string; readonly integrity?: string }>>;
  };
  const { version, integrity } = lock.packages[`node_modules/${name}`] ?? {};
  if (version === undefined || integrity === undefined) throw new Error(`package-lock.json has no ${name}`);
  return { name, version, integrity };
}
