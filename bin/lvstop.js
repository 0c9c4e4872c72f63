#!/usr/bin/env node
import module from 'node:module';
import { compileCacheFolder } from './compile-cache.js';
import { judgeStart, rightsOfProcess, startOver } from './start.js';

const program = new URL('../dist/lvstop.js', import.meta.url);

const rights = rightsOfProcess();
const judged = judgeStart({ rights, execArgv: process.execArgv, environment: process.env });
// Windows has no signals, and cannot start a process over.
if (judged.way === 'go' || process.platform === 'win32') await load();
else fail(judged.way === 'refuse' ? judged.reason : startOver(judged.environment), 2);

async function load() {
  const cache = compileCacheFolder(rights);
  if (cache !== undefined) module.enableCompileCache?.(cache);
  try {
    await import(program.href);
  } catch (error) {
    if (error?.code !== 'ERR_MODULE_NOT_FOUND' || error.url !== program.href) throw error;
    fail('the program is not built; run "npm ci" and "npm run build" first', 70);
  }
}

function fail(reason, exitCode) {
  process.stderr.write(`lvstop: ${reason}\n`);
  process.exitCode = exitCode;
}
