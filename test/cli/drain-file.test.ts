import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { KeptDrain } from '../../src/changes/drains.ts';
import { Drains } from '../../src/changes/drains.ts';
import { openDrainFile } from '../../src/cli/drain-file.ts';
import { directorWith, real, web } from '../changes/table.ts';

const user = process.geteuid?.() ?? null;
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvstop-drains-'));
  path = join(folder, 'state', 'drains.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const kept: KeptDrain = {
  order: {
    service: web,
    realServer: real('10.0.0.21:80'),
    formerWeight: 3,
    ending: 'delete',
    until: 'all',
    beganAt: 1_700_000_000_000,
    timeout: null,
  },
  greatest: 120,
};

const open = () => openDrainFile(join(folder, 'state'), user);

test('what was kept is found again, by nobody else', () => {
  expect(open()).toMatchObject({ kept: [], notice: null });
  expect(open().store.save([kept])).toBeUndefined();
  expect(open().kept).toEqual([kept]);
  expect(open().notice).toContain('1 drain of a former run found');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'state')).mode & 0o777).toBe(0o700);
});

test('a drain that is found again goes on, and is forgotten when it has ended', () => {
  const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', { weight: 0 }]] });
  open().store.save([kept]);
  const { store, kept: found } = open();
  const drains = new Drains({ director, store, kept: found });
  const [end] = drains.read(kept.order.beganAt + 90_000);
  expect(end?.text).toBe('10.0.0.21:80 of tcp:203.0.113.10:80 is empty after 1 min 30 s and deleted');
  expect([...director.realServerBatches(web)].flat()).toEqual([]);
  expect(open().kept).toEqual([]);
});

test.each(['{', '[]', '{"version":2,"drains":[]}', '{"version":1,"drains":[{"service":"tcp:x"}]}'])(
  'a file with %s is named, not used, and not overwritten',
  (text) => {
    open().store.save([]);
    writeFileSync(path, text);
    const { kept: found, notice, store } = open();
    expect(found).toEqual([]);
    expect(notice).toContain('drains.json is not used: it is not what lvstop writes');
    expect(store.save([kept])).toContain('drains are not kept');
    expect(readFileSync(path, 'utf8')).toBe(text);
  },
);

test('neither a file that others can write nor a symbolic link is used', () => {
  open().store.save([kept]);
  chmodSync(path, 0o666);
  expect(open()).toMatchObject({ kept: [], notice: expect.stringContaining('can be written by others') });
  rmSync(path);
  symlinkSync('/dev/null', path);
  expect(open()).toMatchObject({ kept: [], notice: expect.stringContaining('symbolic link') });
});
