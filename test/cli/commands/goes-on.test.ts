import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { directorWith } from '../../changes/table.ts';
import { until } from '../../until.ts';
import { lvstop } from '../harness.ts';

/** What the command says until it is ended. */
async function said(line: (folder: string) => readonly string[], errColumns?: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'lvstop-goes-on-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const before = process.listenerCount('SIGINT');
  const running = lvstop(line(folder), {
    director: directorWith({}),
    // The folder has to be of whoever records.
    account: { userId: process.geteuid?.() ?? null, home: null, environment: {} },
    ...(errColumns !== undefined && { errColumns }),
  });
  let hasEnded = false;
  void running.then(() => {
    hasEnded = true;
  });
  await until('a listener for Ctrl-C', () => hasEnded || process.listenerCount('SIGINT') > before);
  process.emit('SIGINT');
  const { exitCode, err } = await running;
  expect({ exitCode, err }).toMatchObject({ exitCode: 0 });
  return err;
}

test('record keeps a simulated director out of this machine’s recording', async () => {
  const { exitCode, err } = await lvstop(['record', '--demo'], { director: directorWith({}) });
  expect(exitCode).toBe(2);
  expect(err).toContain('name a folder of its own with --dir');
});

test.each([
  ['record', (folder: string) => ['record', '--demo', '--dir', join(folder, 'recording')], 'recording into '],
  ['export', (folder: string) => ['export', '--demo', '--listen', join(folder, 'socket')], 'metrics at '],
] as const)('%s says how it is ended on a terminal, and nowhere else', async (_, line, what) => {
  const [onTerminal, inJournal] = [await said(line, 80), await said(line)];
  expect(onTerminal).toContain(what);
  expect(onTerminal).toMatch(/; Ctrl-C ends\n$/);
  expect(inJournal).toContain(what);
  expect(inJournal).not.toContain('Ctrl-C');
});
