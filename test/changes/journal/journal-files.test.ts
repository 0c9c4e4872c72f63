import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileVersion, journalPaths } from '../../../src/changes/journal/journal-files.ts';
import { until } from '../../until.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvstop-journal-files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a file whose rights alone have changed is another version', async () => {
  const path = join(folder, 'changes.journal');
  writeFileSync(path, 'a record', { mode: 0o600 });
  const before = fileVersion(path);
  expect(fileVersion(path)).toBe(before);
  // The kernel's clock for files stands still for some milliseconds.
  await until('another version', () => {
    chmodSync(path, 0o644);
    return fileVersion(path) !== before;
  });
});

test('files are told the newest first, and two that were put aside at once by their names', () => {
  const names = [
    'changes.journal',
    'changes.00000012.00000000.journal',
    'changes.00000002.bbbbbbbb.journal',
    'changes.00000002.aaaaaaaa.journal',
    'changes.20260101T000000000Z.aaaaaaaa.journal',
  ];
  for (const name of [...names, 'drains.1-2.json'].sort()) writeFileSync(join(folder, name), '');
  const told = journalPaths({ path: folder, userId: null });
  expect(told.map((path) => basename(path))).toEqual(names);
});
