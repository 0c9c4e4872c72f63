import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KeptDrain } from '../../src/changes/drains.ts';
import { Drains } from '../../src/changes/drains.ts';
import { tableIdentity } from '../../src/changes/journal/process-identity.ts';
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

/** Makes what this process keeps that of one which is gone. */
function die(): void {
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replaceAll(`"watcher": "${process.pid}/`, '"watcher": "4194305/'));
}

test('what was kept is found again, by nobody else', () => {
  expect(open()).toMatchObject({ kept: [], notice: null });
  expect(open().store.save([kept])).toBeUndefined();
  die();
  expect(open().kept).toEqual([kept]);
  expect(open().notice).toContain('1 drain of a former run found');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'state')).mode & 0o777).toBe(0o700);
});

test('a drain that is found again goes on, and is forgotten when it has ended', () => {
  const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', { weight: 0 }]] });
  open().store.save([kept]);
  die();
  const { store, kept: found } = open();
  const drains = new Drains({ director, store, kept: found });
  const [end] = drains.read(kept.order.beganAt + 90_000);
  expect(end?.text).toBe('10.0.0.21:80 of tcp:203.0.113.10:80 is empty after 1 min 30 s and deleted');
  expect([...director.realServerBatches(web)].flat()).toEqual([]);
  expect(open().kept).toEqual([]);
});

test('of two lvstops each keeps its own, and none takes over what another one watches', () => {
  const other: KeptDrain = { ...kept, order: { ...kept.order, realServer: real('10.0.0.22:80') } };
  const command = open().store;
  command.save([other]);
  const screen = open();
  expect(screen).toMatchObject({ kept: [], notice: null });
  screen.store.save([kept]);
  command.save([]);
  die();
  expect(open().kept).toEqual([kept]);
});

test('what is found again belongs to who found it', () => {
  open().store.save([kept]);
  die();
  const { store, kept: found } = open();
  new Drains({ director: directorWith({}), store, kept: found });
  expect(open().kept).toEqual([]);
});

test('as many are kept as can be tagged, of real servers with any weight that the kernel takes', () => {
  const many = Array.from({ length: 1000 }, (_, number): KeptDrain => {
    const realServer = real(`10.0.${number >> 8}.${number & 255}:80`);
    return { ...kept, order: { ...kept.order, realServer, formerWeight: 2 ** 31 - 1 } };
  });
  expect(open().store.save(many)).toBeUndefined();
  die();
  expect(open().kept).toEqual(many);
  expect(open().store.save(many.slice(1))).toBeUndefined();
});

test('more are refused, and those that were kept before stay', () => {
  open().store.save([kept]);
  const many = Array.from({ length: 30_000 }, (_, number): KeptDrain => {
    const realServer = real(`10.${number >> 16}.${(number >> 8) & 255}.${number & 255}:80`);
    return { ...kept, order: { ...kept.order, realServer } };
  });
  expect(open().store.save(many)).toMatch(/^drains are not kept in .*: it would be longer than/);
  die();
  expect(open().kept).toEqual([kept]);
});

describe('a drain on another table', () => {
  const present = tableIdentity();
  /** Makes what is kept that of a director with this table. */
  const moveTo = (table: string) =>
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(present, table));

  test('of another network namespace is left to a screen there', () => {
    open().store.save([kept]);
    die();
    moveTo(present.replace(/ .*/, ' net:[1]'));
    expect(open()).toMatchObject({ kept: [], notice: null });
    // It has the same name here, too.
    open().store.save([{ ...kept, greatest: 7 }]);
    open().store.save([]);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('net:[1]', present.replace(/.* /, '')));
    expect(open().kept).toEqual([kept]);
  });

  test('from before a restart of the machine, which has ended it, is forgotten', () => {
    open().store.save([kept]);
    die();
    moveTo('0b4e5c1a-another-boot net:[1]');
    expect(open()).toMatchObject({ kept: [], notice: null });
    open().store.save([]);
    expect(readFileSync(path, 'utf8')).not.toContain('another-boot');
  });
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
