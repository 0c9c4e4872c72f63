import { chmodSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFileJournal } from '../../../src/changes/journal/file-journal.ts';
import type { Journal } from '../../../src/changes/journal/journal.ts';
import type { Step } from '../../../src/changes/steps/step.ts';
import type { Director } from '../../../src/director/director.ts';
import { defaultRealServerSettings } from '../../../src/ipvs/real-server.ts';
import { allAtOnce } from '../../../src/system/turns.ts';
import { settingsOf } from '../../changes/edits.ts';
import { afterDeath } from '../../changes/journal/after-death.ts';
import { deadIntent, writeRecords } from '../../changes/journal/dead-process.ts';
import { directorWith, real, web } from '../../changes/table.ts';
import { openTable } from '../../director/procfs/proc-table.ts';
import { setRealServer } from '../../director/table-edits.ts';
import { type Ended, lvstop, type Surroundings, words } from '../harness.ts';

let folder: string;
let director: Director;
let journal: Journal;
const file = () => join(folder, 'changes.journal');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvstop-undo-'));
  director = directorWith({
    'tcp:203.0.113.10:80': [
      { scheduler: 'wrr' },
      ['10.0.0.21:80', { weight: 3 }],
      ['10.0.0.22:80', { weight: 1 }],
    ],
  });
  journal = createFileJournal({ folder, userId: process.geteuid?.() ?? null });
});
afterEach(() => rmSync(folder, { recursive: true }));

const call = (line: string, surroundings: Surroundings = {}): Promise<Ended> =>
  lvstop(words(line), { director, openJournal: () => journal, ...surroundings });

/** The name of the newest change. */
const newest = () => allAtOnce(journal.read(1)).changes[0]?.id ?? '';

describe('undo', () => {
  test('does not take an unreadable journal for one without changes', async () => {
    await call('weight tcp:203.0.113.10:80 10.0.0.21 7');
    const before = settingsOf(director);
    // Others could have written it.
    chmodSync(file(), 0o666);
    const { exitCode, err } = await call('undo --yes');
    expect({ exitCode, err }).toEqual({
      exitCode: 2,
      err: expect.stringMatching(
        /^lvstop: undo the last change of .*others have rights to it.*nothing was done/,
      ),
    });
    expect(settingsOf(director)).toEqual(before);
  });

  test('takes back the last change, and goes back in time', async () => {
    const before = settingsOf(director);
    await call('weight tcp:203.0.113.10:80 10.0.0.21 7');
    await call('scheduler tcp:203.0.113.10:80 rr');
    expect(await call('undo')).toMatchObject({
      exitCode: 0,
      out: 'edit service tcp:203.0.113.10:80: scheduler rr → wrr\n',
    });
    expect(await call('undo')).toMatchObject({
      exitCode: 0,
      out: 'edit real server 10.0.0.21:80 of tcp:203.0.113.10:80: weight 7 → 3\n',
    });
    expect(settingsOf(director)).toEqual(before);
    expect(await call('undo')).toEqual({ exitCode: 0, out: '', err: 'nothing to undo\n' });
  });

  test('takes back a chosen one by the beginning of its name', async () => {
    await call('weight tcp:203.0.113.10:80 10.0.0.21 7');
    const chosen = newest();
    await call('weight tcp:203.0.113.10:80 10.0.0.22 9');
    expect(await call(`undo ${chosen.slice(0, 7)}`)).toMatchObject({
      exitCode: 0,
      out: 'edit real server 10.0.0.21:80 of tcp:203.0.113.10:80: weight 7 → 3\n',
    });
    expect(await call(`undo ${chosen}`)).toMatchObject({
      exitCode: 2,
      err: expect.stringMatching(/^lvstop: undo change \S+ \(edit .*\): change \S+ has undone it already; /),
    });
    expect(await call('undo xyz')).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('the journal has no such change'),
    });
  });

  test('brings a deleted service back, and says what does not come back', async () => {
    const before = settingsOf(director);
    await call('delete service tcp:203.0.113.10:80 --yes');
    expect(await call('undo --dry-run')).toMatchObject({
      exitCode: 0,
      out: [
        'ipvsadm -A -t 203.0.113.10:80 -s wrr',
        'ipvsadm -a -t 203.0.113.10:80 -r 10.0.0.21:80 -g -w 3',
        'ipvsadm -a -t 203.0.113.10:80 -r 10.0.0.22:80 -g -w 1',
        '',
      ].join('\n'),
      err: expect.stringContaining('counters of what comes back begin at 0'),
    });
    expect(director.findService(web)).toBeUndefined();
    await call('undo');
    expect(settingsOf(director)).toEqual(before);
  });

  test('asks before it destroys', async () => {
    await call('add real tcp:203.0.113.10:80 10.0.0.29');
    expect(await call('undo')).toMatchObject({ exitCode: 2, out: '' });
    expect(await call('undo', { answer: false })).toMatchObject({ exitCode: 2, out: '' });
    expect(await call('undo --yes')).toMatchObject({ exitCode: 0 });
  });

  test('refuses when another hand was there, names both and writes nothing', async () => {
    await call('weight tcp:203.0.113.10:80 10.0.0.21 7');
    setRealServer(director, web, {
      identity: real('10.0.0.21:80'),
      forwarding: 'dr',
      weight: 5,
      upperThreshold: 0,
      lowerThreshold: 0,
      tunnel: { type: 'ipip', port: 0, checksum: 'no' },
    });
    const before = settingsOf(director);
    expect(await call('undo')).toMatchObject({
      exitCode: 4,
      out: '',
      err: expect.stringMatching(
        /^lvstop: undo change .*: 10\.0\.0\.21:80 of tcp:203\.0\.113\.10:80 was changed since: this change left it DR, weight 7, and it is DR, weight 5; nothing was written; /m,
      ),
    });
    expect(settingsOf(director)).toEqual(before);
  });
});

describe('the journal', () => {
  test('lists who changed what, the newest first', async () => {
    await call('weight tcp:203.0.113.10:80 10.0.0.21 7');
    await call('undo');
    const { out, exitCode } = await call('journal');
    const [titles, undoing, edit] = out.split('\n');
    expect(exitCode).toBe(0);
    expect(titles).toMatch(/^CHANGE +TIME +WHO +STATE +WHAT$/);
    expect(undoing).toMatch(
      /^[0-9a-f]{8} {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}\S.* done .* undo [0-9a-f]{8}: edit real server/,
    );
    expect(edit).toMatch(/undone by [0-9a-f]{8} +edit real server 10\.0\.0\.21:80 .*: weight 3 → 7$/);
    expect((await call('journal -n 1')).out.split('\n')).toHaveLength(3);
  });

  test('is read without a director too, after a restart for one', async () => {
    await call('weight tcp:203.0.113.10:80 10.0.0.21 7');
    const { director: publicDirector, end } = openTable();
    const { exitCode, out } = await lvstop(['journal'], { publicDirector, openJournal: () => journal });
    end();
    expect(exitCode).toBe(0);
    expect(out).toContain('weight 3 → 7');
  });

  test('shows one change with what was before and after, and what takes it back', async () => {
    await call('weight tcp:203.0.113.10:80 10.0.0.21 7');
    const { out } = await call(`journal ${newest()}`);
    expect(out).toContain(
      '10.0.0.21:80 of tcp:203.0.113.10:80\n  before  DR, weight 3\n  after   DR, weight 7\n',
    );
    expect(out).toContain('it was:\n  ipvsadm -e -t 203.0.113.10:80 -r 10.0.0.21:80 -g -w 7\n');
    expect(out).toContain('taken back by:\n  ipvsadm -e -t 203.0.113.10:80 -r 10.0.0.21:80 -g -w 3\n');
  });

  test('gives everything as JSON', async () => {
    await call('delete service tcp:203.0.113.10:80 --yes');
    const { out } = await call('journal --json');
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      changes: [
        {
          id: newest(),
          by: 'command',
          state: 'done',
          undoneBy: null,
          steps: [{ kind: 'delete service', realServers: [{ weight: 3 }, { weight: 1 }] }],
          inverse: [expect.stringContaining('-A -t'), expect.any(String), expect.any(String)],
        },
      ],
      damages: [],
      problem: null,
    });
  });

  test('tells a torn end with its place', async () => {
    await call('weight tcp:203.0.113.10:80 10.0.0.21 7');
    truncateSync(file(), readFileSync(file()).length - 20);
    const { err } = await call('journal');
    expect(err).toMatch(
      /changes\.journal, \d+ bytes from byte \d+ on: a record was begun and not written to its end/,
    );
  });

  test('that cannot be written refuses the change, unless it is wanted without a record', async () => {
    writeFileSync(file(), '');
    chmodSync(file(), 0o666);
    const before = settingsOf(director);
    expect(await call('weight tcp:203.0.113.10:80 10.0.0.21 7')).toMatchObject({
      exitCode: 2,
      out: '',
      err: expect.stringMatching(
        /^lvstop: record the change in \S+changes\.journal: others have rights to it \(chmod 600 helps\); this change was not made; .*--no-journal/m,
      ),
    });
    expect(settingsOf(director)).toEqual(before);
    expect(await call('weight tcp:203.0.113.10:80 10.0.0.21 7 --no-journal')).toMatchObject({ exitCode: 0 });
    expect(readFileSync(file(), 'utf8')).toBe('');
  });

  test('of nothing says so', async () => {
    expect(await call('journal')).toMatchObject({
      exitCode: 0,
      out: '',
      err: expect.stringContaining('no change is recorded ('),
    });
  });
});

describe('a change that was cut off', () => {
  /** Begins a change and leaves it as a killed process does. */
  function cutOff(): void {
    const begun = allAtOnce(
      journal.begin({
        origin: { user: 'root', behind: 'ada', from: null, by: 'command' },
        undoes: null,
        steps: [{ kind: 'zero', service: web }],
      }),
    );
    const text = readFileSync(file(), 'latin1');
    expect(text).toContain(begun.id);
    journal = afterDeath(journal);
  }

  test('is told by the next command, once where somebody sits at a terminal', async () => {
    cutOff();
    const warning =
      /warning: change [0-9a-f]{8} \(zero counters .*\) was cut off before its end: 0 of 1 step done; step 1, .* may be done or not/;
    expect((await call('weight tcp:203.0.113.10:80 10.0.0.21 7')).err).toMatch(warning);
    expect((await call('weight tcp:203.0.113.10:80 10.0.0.21 8', { answer: true })).err).toMatch(warning);
    expect((await call('weight tcp:203.0.113.10:80 10.0.0.21 9')).err).not.toMatch(warning);
    expect((await call('journal')).out).toMatch(/interrupted 0\/1/);
  });

  const weight = (from: number, to: number): Step => {
    const server = (heavy: number) => ({
      identity: real('10.0.0.21:80'),
      ...defaultRealServerSettings,
      weight: heavy,
    });
    return { kind: 'set real server', service: web, before: server(from), after: server(to) };
  };
  /** Another process, which is gone, has recorded it; what the table is now somebody has made. */
  function recorded(now: number): string {
    const intent = deadIntent([weight(3, 7)]);
    writeRecords(file(), intent);
    setRealServer(director, web, {
      identity: real('10.0.0.21:80'),
      ...defaultRealServerSettings,
      weight: now,
    });
    return intent.id;
  }
  const bothVersions =
    /so another hand may have made it: 10\.0\.0\.21:80 of tcp:203\.0\.113\.10:80 is DR, weight 7, and undoing makes it DR, weight 3/;

  test.each(['undo', 'undo --yes'])(
    'before lvstop saw it done is not taken back by %s without a terminal',
    async (line) => {
      const id = recorded(7);
      const before = settingsOf(director);
      const { exitCode, out, err } = await call(line);
      expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
      expect(err).toMatch(bothVersions);
      expect(err).toContain(
        `there is no terminal to ask on; "lvstop undo ${id} --yes" takes it back all the same; nothing was done`,
      );
      expect(settingsOf(director)).toEqual(before);
    },
  );

  test('before lvstop saw it done is taken back where the change is named with --yes, and told', async () => {
    const id = recorded(7);
    const { exitCode, out, err } = await call(`undo ${id} --yes`);
    expect({ exitCode, out }).toEqual({
      exitCode: 0,
      out: 'edit real server 10.0.0.21:80 of tcp:203.0.113.10:80: weight 7 → 3\n',
    });
    expect(err).toMatch(bothVersions);
  });

  test('before lvstop saw it done is asked about at a terminal, whatever --yes says of the last change', async () => {
    recorded(7);
    const refused = await call('undo --yes', { answer: false });
    expect(refused).toMatchObject({ exitCode: 2, out: '' });
    expect(refused.err).toMatch(bothVersions);
    expect(await call('undo --yes', { answer: true })).toMatchObject({ exitCode: 0 });
  });

  test('is told with what takes it back only where something does', async () => {
    const id = recorded(7);
    const told = `was cut off before its end: 0 of 1 step seen done; the table shows 1 more done, by this change or by another hand; "lvstop undo ${id}" takes it back, and asks first`;
    expect((await call('journal')).err).toContain(told);
    expect((await call('journal')).err).toContain(told);
    await call(`undo ${id} --yes`);
    expect((await call('journal')).err).toBe('');
  });

  test('and is an undo that is whole by the table is told once, to a script too', async () => {
    writeRecords(file(), { ...deadIntent([weight(7, 3)]), undoes: '00000001' });
    setRealServer(director, web, {
      identity: real('10.0.0.21:80'),
      ...defaultRealServerSettings,
      weight: 3,
    });
    expect((await call('journal')).err).toMatch(/was cut off before its end: 0 of 1 step seen done/);
    expect((await call('journal')).err).toBe('');
  });

  test('and never did anything is told once, to a script too', async () => {
    recorded(3);
    expect((await call('journal')).err).toMatch(
      /was cut off before its end: 0 of 1 step done; 1 step is not done\n$/,
    );
    expect((await call('journal')).err).toBe('');
    expect((await call('undo')).err).toBe('nothing to undo\n');
  });
});
