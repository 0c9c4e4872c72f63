/** Bundles lvstop, so that the `lvstop` on the guest's PATH is the checkout's. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundleForExecutable } from '../../packaging/bundle.ts';
import { makeExecutable, processorHere } from '../../packaging/executable.ts';
import { checkout } from './boot.ts';

/** Runs the build; false when it failed, its reasons then being on standard error. */
export function bundle(): boolean {
  try {
    execFileSync('npm', ['run', '--silent', 'build'], {
      cwd: checkout,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return true;
  } catch {
    return false;
  }
}

/** Where `npm run package` puts the executable for this machine's processor. */
export const executable = join(checkout, `dist/packages/lvstop-linux-${processorHere()}`);

/** Makes it anew, as the checkout is. */
export async function bundleExecutable(): Promise<void> {
  mkdirSync(join(checkout, 'dist/packages'), { recursive: true });
  makeExecutable(processorHere(), await bundleForExecutable(), executable);
}
