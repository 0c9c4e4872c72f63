import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFileJournal } from '../../../src/changes/journal/file-journal.ts';
import type { Journal } from '../../../src/changes/journal/journal.ts';
import type { UnconfirmedUndo } from '../../../src/cli/context/unconfirmed-undo.ts';
import type { Director } from '../../../src/director/director.ts';
import { allAtOnce } from '../../../src/system/turns.ts';
import { settingsOf } from '../../changes/edits.ts';
import { directorWith } from '../../changes/table.ts';
import { type Ended, lvstop, type Surroundings, words } from '../harness.ts';
import { manualClock } from '../manual-clock.ts';

const edit = 'weight tcp:203.0.113.10:80 10.0.0.21 7 --confirm-within 60';
let folder: string;
let director: Director;
let journal: Journal;
let armed: UnconfirmedUndo[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvstop-confirm-'));
  director = directorWith({
    'tcp:203.0.113.10:80': [{ scheduler: 'wrr' }, ['10.0.0.21:80', { weight: 3 }], ['10.0.0.22:80', {}]],
  });
  journal = createFileJournal({ folder, userId: process.geteuid?.() ?? null });
  armed = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const call = (line: string, surroundings: Surroundings = {}): Promise<Ended> =>
  lvstop(words(line), {
    director,
    openJournal: () => journal,
    armUndo: async (undo) => void armed.push(undo),
    clock: manualClock(),
    ...surroundings,
  });

const newest = () => allAtOnce(journal.read(10)).changes[0];

describe('a change that is taken back unless it is confirmed', () => {
  test('has its undo armed before it is written, and stays once it is confirmed', async () => {
    const before = settingsOf(director);
    const seen: unknown[] = [];
    const edited = await call(edit, {
      armUndo: async (undo) => {
        armed.push(undo);
        seen.push(settingsOf(director));
      },
    });
    expect(edited).toMatchObject({ exitCode: 0 });
    expect(seen).toEqual([before]);
    const [{ id } = { id: '' }] = armed;
    expect(edited.err).toContain(`unless you say before: lvstop confirm ${id}`);
    expect(await call('confirm')).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining(`change ${id} `),
    });
    const written = settingsOf(director);
    // Its time is over, and whoever waited for that goes away.
    expect(await call(`undo ${id} --yes --unless-confirmed`)).toMatchObject({ exitCode: 0 });
    expect(settingsOf(director)).toEqual(written);
    expect(newest()).toMatchObject({ id, undoneBy: null, confirmation: { verdict: 'confirmed' } });
  });

  test('is taken back when its time is over, and a word that comes then is too late', async () => {
    const before = settingsOf(director);
    await call(edit);
    const [{ id } = { id: '' }] = armed;
    expect(await call(`undo ${id} --yes --unless-confirmed`)).toMatchObject({ exitCode: 0 });
    expect(settingsOf(director)).toEqual(before);
    const late = await call(`confirm ${id}`);
    expect(late).toMatchObject({ exitCode: 4, err: expect.stringContaining('has taken it back') });
    expect(settingsOf(director)).toEqual(before);
  });

  test('of two words that come at once the first in the journal stands', async () => {
    await call(edit);
    const [{ id } = { id: '' }] = armed;
    const other = createFileJournal({ folder, userId: process.geteuid?.() ?? null });
    expect(journal.judge(id, 'lapsed')).toBe('lapsed');
    expect(other.judge(id, 'confirmed')).toBe('lapsed');
    expect(await call(`confirm ${id}`)).toMatchObject({
      exitCode: 4,
      err: expect.stringContaining('its time is over'),
    });
  });

  test('is not made where nothing could be armed', async () => {
    const before = settingsOf(director);
    const refused = await call(edit, {
      armUndo: () => Promise.reject(new Error('no process can be started')),
    });
    expect(refused).toMatchObject({
      exitCode: 2,
      err: expect.stringMatching(/no process can be started; nothing was written/),
    });
    expect(settingsOf(director)).toEqual(before);
    expect(newest()).toMatchObject({ state: 'failed', done: 0 });
  });

  test('is not made any more under a name that was forbidden', async () => {
    const before = settingsOf(director);
    expect(await call('undo 1f2e3d4c --yes --or-forbid')).toMatchObject({ exitCode: 0 });
    const refused = await call(`${edit} --change-name 1f2e3d4c`);
    expect(refused).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('was taken back before it began'),
    });
    expect(settingsOf(director)).toEqual(before);
    expect(allAtOnce(journal.read(10))).toMatchObject({ changes: [], damages: [] });
  });

  test('a plan that is another than the one that was shown is refused', async () => {
    const shown = await call('weight tcp:203.0.113.10:80 10.0.0.21 7 --plan-json');
    const { identity } = JSON.parse(shown.out) as { identity: string };
    await call('weight tcp:203.0.113.10:80 10.0.0.21 5');
    expect(await call(`${edit} --planned ${identity}`)).toMatchObject({
      exitCode: 4,
      err: expect.stringContaining('the table has changed since the plan was shown'),
    });
  });

  test.each([
    [`${edit} --no-journal`, '--no-journal writes none'],
    [`${edit} --lasting`, '--lasting and --confirm-within exclude each other'],
    [`${edit} --over 60s`, '--over and --confirm-within exclude each other'],
    ['confirm', 'no change waits for it'],
    ['confirm 1f2e3d4c', 'the journal has no such change'],
  ])('"%s" is refused: %s', async (line, reason) => {
    expect(await call(line)).toMatchObject({ exitCode: 2, err: expect.stringContaining(reason) });
  });
});
