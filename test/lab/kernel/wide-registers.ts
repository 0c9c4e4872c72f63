/** Builds and uses wide-registers.c, without which the guest does not run on processors with AMX. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const LIBRARY = 'usr/lib/lvstop-wide-registers.so';

/** Compiles the library into the tree of packages, with the tcc that is part of it. */
export function buildWideRegisters(tree: string): void {
  execFileSync(join(tree, 'usr/bin/tcc'), [
    `-B${join(tree, 'usr/lib/x86_64-linux-gnu/tcc')}`,
    '-shared',
    '-nostdlib',
    '-o',
    join(tree, LIBRARY),
    join(import.meta.dirname, 'wide-registers.c'),
  ]);
}

/** The environment that preloads the library where this machine's processor needs it. */
export function wideRegistersEnvironment(tree: string): Record<string, string> {
  const cpuInfo = existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : '';
  return /^flags\s.* amx_tile\b/m.test(cpuInfo) ? { LD_PRELOAD: join(tree, LIBRARY) } : {};
}
