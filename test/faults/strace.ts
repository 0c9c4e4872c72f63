/** Debian's strace: this machine's, or the one that the lab has fetched. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fetchPackages } from '../lab/kernel/packages.ts';

/** The words that start strace, without its options. Throws `LabUnavailable` where there is none. */
export function strace(): readonly [string, ...string[]] {
  try {
    execFileSync('strace', ['--version'], { stdio: 'ignore' });
    return ['strace'];
  } catch {
    const folder = join(fetchPackages(), 'usr');
    const libraries = join(folder, 'lib/x86_64-linux-gnu');
    // The traced program has its own libraries.
    return ['env', `LD_LIBRARY_PATH=${libraries}`, join(folder, 'bin/strace'), '-E', 'LD_LIBRARY_PATH'];
  }
}
