/** Bundles lvstop, so that the `lvstop` on the guest's PATH is the checkout's. */
import { execFileSync } from 'node:child_process';
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
