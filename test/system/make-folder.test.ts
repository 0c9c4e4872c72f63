import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolder } from '../../src/system/make-folder.ts';

let base = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'lvstop-folder-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

test('makes all folders that are missing, for this user alone, and leaves those that are there', () => {
  const path = join(base, 'a', 'b', 'c');
  makeFolder(path);
  expect(statSync(path).mode & 0o777).toBe(0o700);
  expect(statSync(join(base, 'a')).mode & 0o777).toBe(0o700);
  makeFolder(path);
});

test.skipIf(process.platform !== 'linux')(
  'fails where the system says for ever that there is no such folder',
  () => {
    expect(() => makeFolder('/proc/self/.local/state/lvstop')).toThrow('ENOENT');
  },
);

test('fails where a file has that name', () => {
  writeFileSync(join(base, 'file'), '');
  expect(() => makeFolder(join(base, 'file'))).toThrow('EEXIST');
  expect(() => makeFolder(join(base, 'file', 'below'))).toThrow('ENOTDIR');
});
