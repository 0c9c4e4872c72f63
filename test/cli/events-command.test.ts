import { expect, test } from 'vitest';
import { createMemoryJournal } from '../../src/changes/journal/memory-journal.ts';
import { directorWith } from '../changes/table.ts';
import { until } from '../until.ts';
import { lvstop, words } from './harness.ts';

const table = { 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', {}]] } as const;

test('events tells what lvstop has changed, the oldest first, as lines and as JSON', async () => {
  const [director, journal] = [directorWith(table), createMemoryJournal()];
  const call = (line: string) => lvstop(words(line), { director, openJournal: () => journal });
  await call('weight tcp:203.0.113.10:80 10.0.0.21:80 7 --yes');
  await call('scheduler tcp:203.0.113.10:80 rr --yes');
  const { out } = await call('events');
  expect(out.trim().split('\n')).toEqual([
    expect.stringMatching(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}edited {4}weight 1 → 7 on 10\.0\.0\.21:80 of tcp:203\.0\.113\.10:80, by \S/,
    ),
    expect.stringMatching(/edited {4}scheduler wlc → rr on tcp:203\.0\.113\.10:80, by \S/),
  ]);
  const [first] = (await call('events --json')).out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(first).toMatchObject({
    version: 1,
    kind: 'edited',
    about: 'tcp:203.0.113.10:80 10.0.0.21:80',
    by: { by: 'command' },
    change: { state: 'done', steps: [{ before: { weight: 1 }, after: { weight: 7 } }] },
  });
});

test('a time that is none is said to be', async () => {
  const { exitCode, err } = await lvstop(words('events --since yesterday'), {
    director: directorWith(table),
  });
  expect(exitCode).toBe(2);
  expect(err).toContain('give a time like 90s, 10m or 2h');
});

test('events --follow goes on until Ctrl-C', async () => {
  const before = process.listenerCount('SIGINT');
  const running = lvstop(words('events --follow --json'), { director: directorWith(table) });
  await until('a listener for Ctrl-C', () => process.listenerCount('SIGINT') > before);
  process.emit('SIGINT');
  expect((await running).exitCode).toBe(0);
});
