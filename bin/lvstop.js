#!/usr/bin/env node
import module from 'node:module';
import { homedir } from 'node:os';

const program = new URL('../dist/lvstop.js', import.meta.url);

// Never the default folder in /tmp: whoever owns the cache decides what root runs.
module.enableCompileCache?.(process.getuid?.() === 0 ? '/var/cache/lvstop' : `${homedir()}/.cache/lvstop`);

try {
  await import(program.href);
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND' || error.url !== program.href) throw error;
  process.stderr.write('lvstop: the program is not built; run "npm ci" and "npm run build" first\n');
  process.exitCode = 70;
}
