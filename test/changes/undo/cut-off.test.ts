/** Changes that lvstop was cut off from: what is told of them, and what of them is undone. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFileJournal } from '../../../src/changes/journal/file-journal.ts';
import { performJournalled } from '../../../src/changes/journal/perform-journalled.ts';
import type { Step } from '../../../src/changes/steps/step.ts';
import { planLastUndo, planUndo } from '../../../src/changes/undo/plan-undo.ts';
import { findUnfinished, settle } from '../../../src/changes/undo/unfinished.ts';
import { type Director, mostWrites } from '../../../src/director/director.ts';
import { parseService } from '../../../src/ipvs/identity.ts';
import { defaultRealServerSettings } from '../../../src/ipvs/real-server.ts';
import { defaultServiceSettings } from '../../../src/ipvs/service.ts';
import { allAtOnce } from '../../../src/system/turns.ts';
import { addService, setRealServer } from '../../director/table-edits.ts';
import { deadIntent, endOf, writeRecords } from '../journal/dead-process.ts';
import { directorWith, errorOf, real, web } from '../table.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvstop-cut-off-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = () => join(folder, 'changes.journal');
const open = () => createFileJournal({ folder, userId: process.geteuid?.() ?? null });
const changes = () => allAtOnce(open().read(Infinity)).changes;
const reports = (director: Director) => allAtOnce(findUnfinished(director, open()));
const newest = () => {
  const [change] = changes();
  if (change === undefined) throw new Error('the journal is empty');
  return change;
};

const server = (address: string, weight: number) => ({
  identity: real(address),
  ...defaultRealServerSettings,
  weight,
});
const heavier = (from: number, to: number, address = '10.0.0.21:80'): Step => ({
  kind: 'set real server',
  service: web,
  before: server(address, from),
  after: server(address, to),
});
const site = (weight = 3) =>
  directorWith({
    'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', { weight }], ['10.0.0.22:80', { weight: 1 }]],
  });

/** What was settled for good, as the next start finds it. */
function settleAll(director: Director): void {
  for (const report of reports(director)) settle(open(), report);
  expect(reports(director)).toEqual([]);
}

describe('what lvstop was cut off from seeing done', () => {
  const unseen = (id: string) =>
    `change ${id} was cut off before lvstop saw this done, so another hand may have made it: 10.0.0.21:80 of tcp:203.0.113.10:80 is DR, weight 7, and undoing makes it DR, weight 3`;

  test('is undone with a question that shows both versions, before and after it was told', () => {
    const director = site(7);
    const intent = deadIntent([heavier(3, 7)]);
    writeRecords(file(), intent);
    const asked = { destructive: true, unseen: unseen(intent.id), warnings: [unseen(intent.id)] };
    expect(allAtOnce(planUndo(director, newest()))).toMatchObject(asked);
    expect(allAtOnce(planLastUndo(director, changes()))?.plan).toMatchObject(asked);
    settleAll(director);
    expect(newest()).toMatchObject({ state: 'interrupted', done: 1, seen: 0 });
    expect(allAtOnce(planUndo(director, newest()))).toMatchObject(asked);
  });

  test('is not counted as done when another hand does it after it was told', () => {
    const director = site(3);
    writeRecords(file(), deadIntent([heavier(3, 7)]));
    settleAll(director);
    setRealServer(director, web, server('10.0.0.21:80', 7));
    expect(allAtOnce(planLastUndo(director, changes()))).toBeUndefined();
    expect(errorOf(() => allAtOnce(planUndo(director, newest()))).reason).toBe('nothing of it was done');
  });

  test('is asked about of a change that version 0.1 has settled by the table alone', () => {
    const intent = deadIntent([heavier(3, 7)]);
    const settled = { state: 'interrupted', reason: '1 of 1 steps done, as the table shows' } as const;
    writeRecords(file(), intent, endOf(intent, settled));
    expect(allAtOnce(planUndo(site(7), newest())).unseen).toBe(unseen(intent.id));
  });

  test('is not asked about where lvstop had noted it, or broke off itself', () => {
    const noted = deadIntent([heavier(3, 7), heavier(1, 2, '10.0.0.22:80')]);
    writeRecords(file(), noted, { kind: 'progress', id: noted.id, done: 1 });
    expect(allAtOnce(planUndo(site(7), newest()))).toMatchObject({ unseen: null, destructive: false });
    const broken = deadIntent([heavier(3, 7)]);
    const reason = 'it was broken off while it was written';
    writeRecords(file(), broken, endOf(broken, { state: 'interrupted', reason }));
    expect(allAtOnce(planUndo(site(7), newest()))).toMatchObject({ unseen: null, destructive: false });
  });

  test('is told apart object by object', () => {
    const director = directorWith({
      'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', { weight: 7 }], ['10.0.0.22:80', { weight: 2 }]],
    });
    const intent = deadIntent([heavier(3, 7), heavier(1, 2, '10.0.0.22:80')]);
    writeRecords(file(), intent, { kind: 'progress', id: intent.id, done: 1 });
    const plan = allAtOnce(planUndo(director, newest()));
    expect(plan.steps).toHaveLength(2);
    expect(plan.unseen).toContain('10.0.0.22:80 of tcp:203.0.113.10:80 is DR, weight 2');
    expect(plan.unseen).not.toContain('10.0.0.21:80');
  });

  const service = { identity: parseService('fwm:7'), ...defaultServiceSettings };
  const timeouts = (tcp: number) => ({ tcp, tcpFin: 120, udp: 300 });
  test.each<readonly [string, Step, (director: Director) => void, string]>([
    [
      'an added service',
      { kind: 'add service', after: service },
      (director) => addService(director, service),
      'fwm:7 is wlc, 0 real servers, and undoing makes it not there',
    ],
    [
      'a deleted service',
      { kind: 'delete service', before: service, realServers: [server('10.0.0.1:0', 1)] },
      () => undefined,
      'fwm:7 is not there, and undoing makes it wlc, 1 real server',
    ],
    [
      'a deleted real server',
      {
        kind: 'delete real server',
        service: web,
        before: server('10.0.0.29:80', 4),
        connections: { active: 0, inactive: 0 },
      },
      () => undefined,
      '10.0.0.29:80 of tcp:203.0.113.10:80 is not there, and undoing makes it DR, weight 4',
    ],
    [
      'an edited service',
      {
        kind: 'set service',
        before: { identity: web, ...defaultServiceSettings, scheduler: 'rr' },
        after: { identity: web, ...defaultServiceSettings },
      },
      () => undefined,
      'tcp:203.0.113.10:80 is wlc, and undoing makes it rr',
    ],
    [
      'time-outs',
      { kind: 'set time-outs', before: timeouts(900), after: timeouts(60) },
      (director) => director.setTimeouts(timeouts(60)),
      'the time-outs are TCP 60 s',
    ],
  ])('is asked about for %s', (_, step, happens, clause) => {
    const director = site();
    happens(director);
    writeRecords(file(), deadIntent([step]));
    const plan = allAtOnce(planUndo(director, newest()));
    expect(plan).toMatchObject({ destructive: true, unseen: expect.stringContaining(clause) });
  });

  test('and is as it was neither before nor after is told as that', () => {
    writeRecords(file(), deadIntent([heavier(3, 7)]));
    expect(errorOf(() => allAtOnce(planUndo(site(5), newest())))).toMatchObject({
      kind: 'conflict',
      reason:
        '10.0.0.21:80 of tcp:203.0.113.10:80 was to be DR, weight 7 by this change, and it is DR, weight 5',
    });
  });

  test('names three objects, and how many more there are', () => {
    const director = directorWith({
      'tcp:203.0.113.10:80': [
        {},
        ...[1, 2, 3, 4, 5].map((last) => [`10.0.0.${last}:80`, { weight: 7 }] as const),
      ],
    });
    writeRecords(file(), deadIntent([1, 2, 3, 4, 5].map((last) => heavier(3, 7, `10.0.0.${last}:80`))));
    expect(allAtOnce(planUndo(director, newest())).unseen).toMatch(/^[^;]*;[^;]*;[^;]*; and 2 objects more$/);
  });
});

describe('of changes that were cut off', () => {
  test('those that were undone are not told any more, and those of which the undo was undone are', () => {
    const director = site(7);
    const intent = deadIntent([heavier(3, 7)]);
    writeRecords(file(), intent);
    expect(reports(director)).toHaveLength(1);
    const origin = intent.origin;
    allAtOnce(
      performJournalled(director, allAtOnce(planUndo(director, newest())), {
        journal: open(),
        origin,
        undoes: intent.id,
      }),
    );
    expect(reports(director)).toEqual([]);
    const [undoing] = changes();
    if (undoing === undefined) throw new Error('the undo is not recorded');
    allAtOnce(
      performJournalled(director, allAtOnce(planUndo(director, undoing)), {
        journal: open(),
        origin,
        undoes: undoing.id,
      }),
    );
    expect(reports(director)).toMatchObject([{ change: { id: intent.id } }]);
  });

  test('those of another table are not told, and are not undone by themselves', () => {
    const director = site(7);
    const elsewhere = deadIntent([heavier(3, 7)], { table: 'another one' });
    writeRecords(file(), elsewhere, endOf(elsewhere), deadIntent([heavier(3, 7)], { table: 'another one' }));
    expect(changes().map(({ isOfThisTable }) => isOfThisTable)).toEqual([false, false]);
    expect(reports(director)).toEqual([]);
    expect(allAtOnce(planLastUndo(director, changes()))).toBeUndefined();
  });

  test('only the newest are looked at, however many there are', () => {
    const step = [heavier(3, 7)];
    writeRecords(`${folder}/changes.00000001.00000000.journal`, deadIntent(step));
    const ended = Array.from({ length: 60 }, () => deadIntent(step));
    writeRecords(file(), ...ended.flatMap((intent) => [intent, endOf(intent)]));
    expect(reports(site(7))).toEqual([]);
    expect(allAtOnce(open().readUnfinished(61))).toHaveLength(1);
  });

  test('steps behind as many as go out in one request, none of which is done, are not looked for', () => {
    const names = Array.from({ length: mostWrites + 1 }, (_, index) => `fwm:${index + 1}`);
    const steps = names.map(
      (name): Step => ({
        kind: 'add service',
        after: { identity: parseService(name), ...defaultServiceSettings },
      }),
    );
    writeRecords(file(), deadIntent(steps));
    const done = (...places: readonly number[]) =>
      reports(
        directorWith(Object.fromEntries(places.map((place) => [names[place] ?? '', [{}] as const]))),
      ).map((report) => [report.done, report.skipped.length]);
    expect(done(mostWrites - 1)).toEqual([[1, mostWrites - 1]]);
    expect(done(mostWrites)).toEqual([[0, 0]]);
  });
});

describe('records that say more than can be', () => {
  test('of steps done count as all steps', () => {
    const intent = deadIntent([heavier(3, 7)]);
    writeRecords(file(), intent, endOf(intent, { done: 9 }));
    expect(newest()).toMatchObject({ done: 1, seen: 1 });
    const cutOff = deadIntent([heavier(3, 7)]);
    writeRecords(file(), cutOff, { kind: 'progress', id: cutOff.id, done: 9 });
    expect(newest()).toMatchObject({ state: 'unfinished', done: 1, seen: 1 });
  });
});

test('what was undone already is neither undone again nor told as passed over', () => {
  const director = site(7);
  const kept = deadIntent([heavier(1, 2, '10.0.0.22:80')]);
  const undone = deadIntent([heavier(3, 7)]);
  const undoing = deadIntent([heavier(7, 3)], { undoes: undone.id });
  writeRecords(file(), kept, endOf(kept), undone, endOf(undone), undoing, endOf(undoing));
  // Another hand has made it anew, for reasons of its own.
  setRealServer(director, web, server('10.0.0.22:80', 2));
  expect(allAtOnce(planLastUndo(director, changes()))).toMatchObject({
    change: { id: kept.id },
    passedOver: [],
  });
});
