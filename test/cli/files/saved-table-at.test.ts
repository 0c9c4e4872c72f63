import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readTable } from '../../../src/changes/steps/table-state.ts';
import { savedTableAt } from '../../../src/cli/files/saved-table-at.ts';
import { allAtOnce } from '../../../src/system/turns.ts';
import { directorWith, errorOf } from '../../changes/table.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvstop-place-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = () => join(folder, 'ipvsadm.rules');
const services = readTable(directorWith({ 'fwm:7': [{ scheduler: 'rr' }] })).map(({ service }) => ({
  service,
  realServers: [],
}));

test('a table is saved where there was none, and read back', async () => {
  const place = savedTableAt(path);
  expect(await place.read()).toEqual({ kind: 'nothing saved' });
  const before = place.stamp();
  expect(allAtOnce(place.save(services, before))).toEqual({ kind: 'saved', former: null, doubt: null });
  expect(place.stamp()).not.toBe(before);
  expect(statSync(path()).mode & 0o777).toBe(0o600);
  expect(await place.read()).toEqual({ kind: 'table', services });
  expect(allAtOnce(place.save(services, place.stamp()))).toEqual({ kind: 'already so' });
});

test('the version before is kept', () => {
  writeFileSync(path(), '# what is made at boot\n');
  expect(allAtOnce(savedTableAt(path).save(services, null))).toEqual({
    kind: 'saved',
    former: `${path()}.previous`,
    doubt: null,
  });
  expect(readFileSync(`${path()}.previous`, 'utf8')).toBe('# what is made at boot\n');
});

test('a file that another hand changed meanwhile is not replaced', () => {
  const place = savedTableAt(path);
  const shown = place.stamp();
  writeFileSync(path(), '-A -f 8 -s rr\n');
  expect(errorOf(() => allAtOnce(place.save(services, shown)))).toMatchObject({
    kind: 'conflict',
    object: path(),
  });
  expect(readFileSync(path(), 'utf8')).toBe('-A -f 8 -s rr\n');
});

test('what is no table is told and not replaced', async () => {
  writeFileSync(path(), 'Dear diary\n');
  const place = savedTableAt(path);
  expect(await place.read()).toMatchObject({ kind: 'unreadable', error: { object: path() } });
  expect(errorOf(() => allAtOnce(place.save(services, null)))).toMatchObject({
    reason: 'what stands there is not a saved table',
  });
});
