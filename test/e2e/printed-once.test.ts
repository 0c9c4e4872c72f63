/** What is printed once ends when it is printed: nothing that is still waited for keeps the process. */
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { runProgram } from '../cli/run-program.ts';

const program = join(resolve(import.meta.dirname, '../..'), 'bin/lvstop.js');

/** Milliseconds: half of what is waited for directors that do not answer. */
const longest = 15_000;

it.each(['fleet --demo --json', 'fleet --demo --plain', 'export --demo --once'])('%s', async (command) => {
  const began = performance.now();
  const { exitCode } = await runProgram([process.execPath, program, ...command.split(' ')]);
  expect(exitCode).toBe(0);
  expect(performance.now() - began).toBeLessThan(longest);
});
