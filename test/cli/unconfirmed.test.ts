/** What is said where a file is in place, and the disk has not confirmed it. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { DrainOrder } from '../../src/changes/drain/drain.ts';
import { openDrainFile } from '../../src/cli/files/drain-file.ts';
import { settingsKeeper } from '../../src/cli/files/stored-settings.ts';
import { defaultSettings } from '../../src/formats/settings/settings.ts';
import { directorWith, real, web } from '../changes/table.ts';
import { refusal } from '../failing-files.ts';
import { lvstop } from './harness.ts';

vi.mock('node:fs', async (original) =>
  (await import('../failing-files.ts')).failingFiles(await original<typeof fs>()),
);

const doubt =
  'the disk has not confirmed it (the disk or device failed): after a power cut it may be what it was before';
let folder = '';

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'lvstop-unconfirmed-'));
  // The second fsync is the folder's, after everything is in place.
  vi.mocked(fs.fsyncSync)
    .mockImplementationOnce(() => undefined)
    .mockImplementationOnce(() => {
      throw refusal('EIO');
    });
});
afterEach(() => {
  vi.resetAllMocks();
  fs.rmSync(folder, { recursive: true });
});

test('save tells it and does not end as if all were well', async () => {
  const path = join(folder, 'table');
  const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', {}]] });
  expect(await lvstop(['save', path], { director })).toEqual({
    exitCode: 74,
    out: '',
    err: `lvstop: saved to ${path}: 1 service, 1 real server; ${doubt}\n`,
  });
  expect(fs.readFileSync(path, 'utf8')).toContain('10.0.0.21:80');
});

test('the keeper of settings tells it, and has nothing more to save', () => {
  const own = join(folder, 'config.toml');
  const limits = {
    commands: { drain: ['D'], delete: ['x', 'delete'], search: ['f3'] },
    colors: ['ground', 'service'],
    shortestInterval: 0.2,
    longestInterval: 60,
    leastBudget: 1,
    greatestBudget: 100,
    columns: [],
  };
  const keep = settingsKeeper({
    places: { files: [own], own },
    userId: process.geteuid?.() ?? null,
    limits,
    stored: defaultSettings,
    overrides: {},
  });
  const wanted = { ...defaultSettings, mouse: !defaultSettings.mouse };
  expect(keep(wanted)).toEqual({ isSaved: false, text: `saved mouse in ${own}; ${doubt}` });
  expect(fs.readFileSync(own, 'utf8')).toContain('mouse');
  expect(keep(wanted).text).toBe('nothing to save: all is as it was kept');
});

test('the keeper of drains tells it', () => {
  const order: DrainOrder = {
    service: web,
    realServer: real('10.0.0.21:80'),
    formerWeight: 3,
    ending: 'leave',
    until: 'all',
    beganAt: 1_700_000_000_000,
    timeout: null,
  };
  const { store } = openDrainFile(folder, process.geteuid?.() ?? null, '7/1');
  const path = join(folder, 'drains.7-1.json');
  expect(store.save([{ order, greatest: 3, mark: null }])).toBe(`drains are kept in ${path}, but ${doubt}`);
  expect(fs.existsSync(path)).toBe(true);
});
