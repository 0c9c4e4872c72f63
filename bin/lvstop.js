#!/usr/bin/env node
import module from 'node:module';
import { compileCacheFolder } from './compile-cache.js';
import { withoutDebuggerSignal } from './debugger-signal.js';

const program = new URL('../dist/lvstop.js', import.meta.url);

const refusal = withoutDebuggerSignal();
if (refusal === undefined) await load();
else fail(refusal);

async function load() {
  const cache = compileCacheFolder();
  if (cache !== undefined) module.enableCompileCache?.(cache);
  try {
    await import(program.href);
  } catch (error) {
    if (error?.code !== 'ERR_MODULE_NOT_FOUND' || error.url !== program.href) throw error;
    fail('the program is not built; run "npm ci" and "npm run build" first');
  }
}

function fail(reason) {
  process.stderr.write(`lvstop: ${reason}\n`);
  process.exitCode = 70;
}
