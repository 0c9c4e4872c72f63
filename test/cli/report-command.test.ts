import { expect, test } from 'vitest';
import { formatTime } from '../../src/changes/undo/change-words.ts';
import { began, RecordedSite, record, temporaryFolder } from '../recording/recorded-site.ts';
import { lvstop } from './harness.ts';

/** A folder with five minutes of the demo. */
async function recorded(): Promise<string> {
  const folder = temporaryFolder();
  await record(folder, new RecordedSite(), 30);
  return folder;
}

test('a recording on a page: load, services, changes, findings, drains', async () => {
  const { out, err, exitCode } = await lvstop(['report', await recorded()]);
  expect([err, exitCode]).toEqual(['', 0]);
  const titles = out.split('\n').filter((line) => line.startsWith('#'));
  expect(titles.slice(1)).toEqual([
    '## Load',
    '## Services',
    '## Shares against due',
    '## Changes',
    '## Findings',
    '## Drains and ramps',
    '## What else happened',
  ]);
  expect(out).toContain('SIMULATED');
  expect(out).toMatch(/\| tcp:203\.0\.113\.10:80 +\| +\d/);
});

test('every row of a table has as many cells as its titles', async () => {
  const { out } = await lvstop(['report', await recorded()]);
  const tables = out.split('\n\n').filter((part) => part.startsWith('|'));
  expect(tables.length).toBeGreaterThan(2);
  for (const table of tables) {
    const lengths = new Set(
      table
        .trim()
        .split('\n')
        .map((line) => line.split('|').length),
    );
    expect(lengths.size).toBe(1);
  }
});

test('as JSON, with times that a program reads', async () => {
  const { out } = await lvstop(['report', await recorded(), '--json']);
  const report = JSON.parse(out);
  expect(report).toMatchObject({ version: 1, hostName: 'lb-01', samples: 30, changes: [], findings: [] });
  expect(Date.parse(report.from)).toBeGreaterThanOrEqual(began);
  expect(report.services.length).toBeGreaterThan(5);
});

test('a part of it', async () => {
  const folder = await recorded();
  const [since, until] = [began + 60_000, began + 120_000].map((time) => new Date(time).toISOString());
  const { out } = await lvstop(['report', folder, '--since', since!, '--until', until!, '--json']);
  expect(JSON.parse(out)).toMatchObject({ from: since, to: until, samples: 7 });
});

test('what was not recorded is no report', async () => {
  const folder = await recorded();
  const day = 24 * 3_600_000;
  const [since, until] = [began - 2 * day, began - day].map((time) => new Date(time).toISOString());
  const { err, exitCode } = await lvstop(['report', folder, '--since', since!, '--until', until!]);
  expect(exitCode).toBe(2);
  expect(err).toContain('nothing was recorded then');
  expect(err).toContain(formatTime(began).slice(0, 13));
});

test.each([
  [['--since', 'yesterday'], 'it is not a time'],
  [['--since', '2099-01-01'], 'it has not come yet'],
])('%s is refused', async (words, reason) => {
  const { err, exitCode } = await lvstop(['report', await recorded(), ...words]);
  expect([exitCode, err]).toEqual([2, expect.stringContaining(reason)]);
});

test('where there is no recording it is said what to do', async () => {
  const { err, exitCode } = await lvstop(['report', '/nowhere/at-all']);
  expect([exitCode, err]).toEqual([2, expect.stringContaining('lvstop record')]);
});
