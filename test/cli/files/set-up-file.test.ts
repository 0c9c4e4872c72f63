import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSetUpFile, setUpFileOf } from '../../../src/cli/files/set-up-file.ts';
import { parseRealServer, parseService, realServerKey } from '../../../src/ipvs/identity.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'lvstop-set-ups-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const open = () => openSetUpFile(join(home, 'state'), process.geteuid?.() ?? null);
const key = (host: number) =>
  realServerKey(parseService('tcp:203.0.113.10:80'), parseRealServer(`10.0.0.${host}:80`));

test('when a script was printed last is kept for each real server', () => {
  const file = open();
  expect(file.times()).toEqual(new Map());
  file.note([key(21)], 1000);
  file.note([key(22)], 2000);
  file.note([key(21)], 3000);
  expect([...open().times()]).toEqual([
    [key(22), 2000],
    [key(21), 3000],
  ]);
});

test('what is no such file tells nothing', () => {
  open().note([key(21)], 1000);
  const path = join(home, 'state', 'set-ups.json');
  writeFileSync(path, '{"a": null, "b": "1"}');
  expect(open().times()).toEqual(new Map());
  writeFileSync(path, '{"a": 1');
  expect(open().times()).toEqual(new Map());
});

test('without a place for it nothing is kept, and nothing fails', () => {
  const file = setUpFileOf({ userId: 1000, home: null, environment: {} });
  file.note([key(21)], 1000);
  expect(file.times()).toEqual(new Map());
});
