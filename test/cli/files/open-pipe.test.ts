import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openPipe } from '../../../src/cli/files/open-pipe.ts';
import { readSavedText } from '../../../src/cli/files/saved-table-file.ts';

let folder: string;
let pipe: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvstop-pipe-'));
  pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a named pipe that nobody writes into is told, and read when somebody does', async () => {
  const told: string[] = [];
  const text = await new Promise<string>((resolve, reject) => {
    readSavedText(pipe, (line) => {
      told.push(line);
      const writer = openSync(pipe, 'w');
      writeSync(writer, 'a text');
      closeSync(writer);
    }).then(resolve, reject);
  });
  expect(text).toBe('a text');
  expect(told).toEqual([`${pipe} is a named pipe: waiting for somebody to write into it`]);
});

test('a text that is longer than a pipe holds comes whole from a writer that takes its time', async () => {
  // Opened for both, it waits for nobody.
  const hold = openSync(pipe, 'r+');
  const reading = readSavedText(pipe, () => expect.unreachable());
  const writer = spawn('sh', ['-c', `head -c 300000 /dev/zero | tr '\\0' x; sleep 0.2; echo end`], {
    stdio: ['ignore', hold, 'inherit'],
  });
  closeSync(hold);
  const text = await reading;
  expect(text.length).toBe(300_004);
  expect(text.endsWith('xend\n')).toBe(true);
  expect(writer.exitCode ?? 0).toBe(0);
});

test("the shell's <(…) is not waited for, whether its writer is done or not", async () => {
  const program = `
    import { readSavedText } from ${JSON.stringify(join(import.meta.dirname, '../../../src/cli/files/saved-table-file.ts'))};
    for (const path of process.argv.slice(1)) {
      const text = await readSavedText(path, (line) => console.log('told', line));
      console.log(JSON.stringify(text));
    }`;
  const out = execFileSync(
    'bash',
    [
      '-c',
      '"$0" --input-type=module --eval "$1" <(true) <(sleep 0.3; echo late) <(echo early)',
      process.execPath,
      program,
    ],
    { encoding: 'utf8' },
  );
  expect(out).toBe('""\n"late\\n"\n"early\\n"\n');
});

test('what cannot be opened is told as the system has it', async () => {
  await expect(openPipe(join(folder, 'none'), () => undefined)).rejects.toMatchObject({ code: 'ENOENT' });
});
