import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startOnItsOwn } from '../../src/system/own-program.ts';
import { until } from '../until.ts';

let folder = '';
const program = process.argv[1];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvstop-own-'));
});
afterEach(() => {
  process.argv[1] = program ?? '';
  rmSync(folder, { recursive: true, force: true });
});

/** Has this process be another program. */
function become(text: string): void {
  const file = join(folder, 'program.mjs');
  writeFileSync(file, text);
  process.argv[1] = file;
}

test('what is started is waited for until its first word, and goes on in a session of its own', async () => {
  const done = join(folder, 'done');
  become(`
    import { readFileSync, writeFileSync } from 'node:fs';
    process.stdout.write('here\\n');
    process.stdin.on('end', () => {
      // The session is the fourth field behind the name.
      const fields = readFileSync('/proc/self/stat', 'latin1').split(') ')[1].split(' ');
      writeFileSync(${JSON.stringify(done)}, JSON.stringify([process.argv[2], fields[3] === String(process.pid)]));
    }).resume();
  `);
  await startOnItsOwn(['undo']);
  await until('it has gone on', async () => existsSync(done) && readFileSync(done, 'utf8') !== '');
  expect(JSON.parse(readFileSync(done, 'utf8'))).toEqual(['undo', true]);
});

test('what ends without a word is told', async () => {
  become('process.exit(3);');
  await expect(startOnItsOwn([])).rejects.toThrow('the process that was started ended with 3');
});
