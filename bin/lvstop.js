#!/usr/bin/env node
import module from 'node:module';
import { compileCacheFolder } from './compile-cache.js';

const program = new URL('../dist/lvstop.js', import.meta.url);

const cache = compileCacheFolder();
if (cache !== undefined) module.enableCompileCache?.(cache);

try {
  await import(program.href);
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND' || error.url !== program.href) throw error;
  process.stderr.write('lvstop: the program is not built; run "npm ci" and "npm run build" first\n');
  process.exitCode = 70;
}
