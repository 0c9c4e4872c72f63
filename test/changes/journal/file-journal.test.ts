import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFileJournal, type FileJournalOptions } from '../../../src/changes/journal/file-journal.ts';
import { type Journal, JournalError } from '../../../src/changes/journal/journal.ts';
import type { Origin } from '../../../src/changes/journal/origin.ts';
import { performJournalled } from '../../../src/changes/journal/perform-journalled.ts';
import { makePlan } from '../../../src/changes/plan/make-plan.ts';
import type { Step } from '../../../src/changes/steps/step.ts';
import { planLastUndo } from '../../../src/changes/undo/plan-undo.ts';
import { findUnfinished, settle } from '../../../src/changes/undo/unfinished.ts';
import { performPlan } from '../../../src/changes/write/perform-plan.ts';
import { parseService } from '../../../src/ipvs/identity.ts';
import { defaultRealServerSettings } from '../../../src/ipvs/real-server.ts';
import { defaultServiceSettings } from '../../../src/ipvs/service.ts';
import { allAtOnce, inTurns, type Wait } from '../../../src/system/turns.ts';
import { addRealServer, addService, deleteRealServer, setRealServer } from '../../director/table-edits.ts';
import { anyRealServerOf, anyService } from '../../ipvs/arbitraries.ts';
import { settingsOf } from '../edits.ts';
import { directorWith, real, web } from '../table.ts';
import { afterDeath } from './after-death.ts';

let parent: string;
let folder: string;
const userId = process.geteuid?.() ?? null;
const origin: Origin = { user: 'root', behind: 'ada', from: '192.0.2.7', by: 'screen' };
const steps: Step[] = [{ kind: 'zero', service: web }];
const done = { state: 'done', done: 1, reason: null, deviations: [] } as const;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'lvstop-journal-'));
  folder = join(parent, 'state', 'lvstop');
});
afterEach(() => rmSync(parent, { recursive: true }));

const open = (options: Partial<FileJournalOptions> = {}): Journal =>
  createFileJournal({ folder, userId, ...options });
const current = () => join(folder, 'changes.journal');
const begin = (journal: Journal, list: readonly Step[], undoes: string | null = null) =>
  allAtOnce(journal.begin({ origin, undoes, steps: list }));
const change = (journal: Journal) => begin(journal, steps);

/** Something to wait for that takes no time. */
const at = (happens: () => void): Wait => ({ atOnce: happens, meanwhile: async () => happens() });

/** Records a change from beginning to end. */
function record(journal: Journal): string {
  const entry = change(journal);
  entry.progress(1);
  expect(allAtOnce(entry.end(done))).toBeUndefined();
  return entry.id;
}

/** The refusal to begin a change. */
function refusal(journal: Journal): string {
  try {
    change(journal);
  } catch (error) {
    if (error instanceof JournalError) return error.reason;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('the file', () => {
  test('keeps changes for the next start, the newest first, for its owner alone', () => {
    const ids = [record(open()), record(open())];
    expect(allAtOnce(open().read(9))).toMatchObject({
      changes: [
        {
          id: ids[1],
          state: 'done',
          done: 1,
          origin,
          undoes: null,
          undoneBy: null,
          isOfThisTable: true,
          steps,
        },
        { id: ids[0] },
      ],
      damages: [],
      problem: null,
    });
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(current()).mode & 0o777).toBe(0o600);
  });

  test('keeps every kind of step as it is', () => {
    const anyStep = anyService.chain((service) =>
      anyRealServerOf(service.identity).chain((realServer) =>
        fc.constantFrom<Step>(
          { kind: 'add service', after: service },
          { kind: 'set service', before: service, after: service },
          { kind: 'delete service', before: service, realServers: [realServer, realServer] },
          { kind: 'add real server', service: service.identity, after: realServer },
          { kind: 'set real server', service: service.identity, before: realServer, after: realServer },
          {
            kind: 'delete real server',
            service: service.identity,
            before: realServer,
            connections: { active: 3, inactive: 4 },
          },
          { kind: 'zero', service: null },
        ),
      ),
    );
    fc.assert(
      fc.property(fc.array(anyStep, { minLength: 1, maxLength: 3 }), (list) => {
        const journal = open();
        allAtOnce(begin(journal, list, 'deadbeef').end({ ...done, state: 'failed' }));
        expect(allAtOnce(journal.read(1)).changes[0]?.steps).toEqual(list);
        expect(allAtOnce(journal.read(1)).damages).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('is the same when the event loop goes on while the disk is at work', async () => {
    const list = Array.from({ length: 300 }, () => steps).flat();
    const entry = await inTurns(open().begin({ origin, undoes: null, steps: list }));
    await inTurns(entry.end(done));
    expect(allAtOnce(open().read(1)).changes).toMatchObject([{ id: entry.id, state: 'done', steps: list }]);
    const failing = open({
      sync: () =>
        at(() => {
          throw new Error('no disk');
        }),
    });
    await expect(async () => inTurns(failing.begin({ origin, undoes: null, steps }))).rejects.toThrow(
      'no disk',
    );
  });

  test('is empty where there is none', () => {
    expect(allAtOnce(open().read(9))).toEqual({ changes: [], damages: [], problem: null });
    expect(readdirSync(parent)).toEqual([]);
  });

  test('waits for the disk twice a change, however many steps it has', () => {
    let syncs = 0;
    const director = directorWith({
      'tcp:203.0.113.10:80': [
        {},
        ...Array.from({ length: 100 }, (_, index) => [`10.0.0.${index + 1}:80`, {}] as const),
      ],
    });
    const journal = open({ sync: () => at(() => void syncs++) });
    const plan = allAtOnce(
      makePlan(director, [{ kind: 'switch mode', service: web, realServer: null, mode: 'nat' }]),
    );
    expect(plan.steps).toHaveLength(100);
    allAtOnce(performJournalled(director, plan, { journal, origin }));
    expect(syncs).toBe(2);
    expect(allAtOnce(journal.read(1)).changes[0]).toMatchObject({ state: 'done', done: 100 });
  });

  test('is put aside when it has grown, and the oldest goes when all have', () => {
    const journal = open({ room: { fileLimit: 3000, totalLimit: 12_000 } });
    const ids = Array.from({ length: 60 }, () => record(journal));
    const files = readdirSync(folder);
    expect(files.length).toBeGreaterThan(2);
    const total = files.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    expect(total).toBeLessThan(12_000 + 4000);
    const kept = allAtOnce(journal.read(Infinity)).changes.map(({ id }) => id);
    expect(kept).toEqual(ids.reverse().slice(0, kept.length));
    expect(kept.length).toBeGreaterThan(15);
    // Only as much is read as is wanted.
    expect(allAtOnce(journal.read(1)).changes.length).toBeLessThan(kept.length);
  });
});

describe('a file that cannot be trusted', () => {
  beforeEach(() => mkdirSync(folder, { recursive: true, mode: 0o700 }));

  test('is not written and not read', () => {
    const elsewhere = join(parent, 'elsewhere');
    writeFileSync(elsewhere, 'precious\n', { mode: 0o600 });
    symlinkSync(elsewhere, current());
    expect(refusal(open())).toBe('it is a symbolic link, which is not followed');
    expect(allAtOnce(open().read(1)).problem).toContain('it is a symbolic link');
    rmSync(current());

    linkSync(elsewhere, current());
    expect(refusal(open())).toBe('it has a second name, so others may hold it');
    rmSync(current());

    writeFileSync(current(), '');
    chmodSync(current(), 0o640);
    expect(refusal(open())).toBe('others have rights to it (chmod 600 helps)');
    rmSync(current());

    mkdirSync(current());
    expect(refusal(open())).toContain('it is a folder');
    rmSync(current(), { recursive: true });

    chmodSync(folder, 0o770);
    expect(refusal(open())).toBe('its folder can be written by others (chmod 700 helps)');
    chmodSync(folder, 0o700);
    expect(refusal(open({ userId: 4711 }))).toMatch(/^its folder belongs to user \d+ and not to user 4711$/);
    expect(readFileSync(elsewhere, 'utf8')).toBe('precious\n');
  });

  test('is told, and the kernel is not asked', () => {
    writeFileSync(current(), '', { mode: 0o644 });
    const director = directorWith({ 'tcp:203.0.113.10:80': [{ scheduler: 'rr' }] });
    const before = settingsOf(director);
    const plan = allAtOnce(makePlan(director, [{ kind: 'delete service', service: web }]));
    expect(() => allAtOnce(performJournalled(director, plan, { journal: open(), origin }))).toThrow(
      JournalError,
    );
    expect(settingsOf(director)).toEqual(before);
  });
});

describe('a disk that fails', () => {
  const failing = (failures: readonly number[]) => {
    let syncs = 0;
    return () =>
      at(() => {
        if (failures.includes(++syncs))
          throw Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO' });
      });
  };

  test('before the kernel is asked ends the use of that file and nothing is done', () => {
    const journal = open({ sync: failing([3]) });
    const first = record(journal);
    expect(refusal(journal)).toBe('the disk or device failed');
    // The next change goes to a file of its own, and the old one stays to be read.
    const next = record(journal);
    expect(readdirSync(folder)).toHaveLength(2);
    // What was refused is no change that was cut off.
    expect(allAtOnce(journal.read(Infinity)).changes.map(({ id }) => id)).toEqual([next, first]);
    expect(readFileSync(current(), 'latin1')).not.toContain(first);
  });

  test('afterwards is told with what was done', () => {
    const director = directorWith({ 'tcp:203.0.113.10:80': [{ scheduler: 'rr' }] });
    const plan = allAtOnce(
      makePlan(director, [{ kind: 'edit service', service: web, change: { scheduler: 'wlc' } }]),
    );
    const outcome = allAtOnce(
      performJournalled(director, plan, { journal: open({ sync: failing([2]) }), origin }),
    );
    expect(outcome).toMatchObject({
      kind: 'done',
      deviations: [
        expect.stringMatching(
          /^the change is made, but the journal \S+ could not be written to its end: the disk or device failed$/,
        ),
      ],
    });
  });
});

describe('a crash', () => {
  test('in the middle of writing leaves a torn end, which is told and cannot swallow what follows', () => {
    const first = record(open());
    const whole = statSync(current()).size;
    const torn = record(open());
    truncateSync(current(), whole + 40);
    expect(allAtOnce(open().read(9))).toMatchObject({
      changes: [{ id: first }],
      damages: [{ path: current(), offset: whole, length: 40, kind: 'torn' }],
    });
    const next = record(open());
    const { changes, damages } = allAtOnce(open().read(9));
    expect(changes.map(({ id }) => id)).toEqual([next, first]);
    expect(changes.some(({ id }) => id === torn)).toBe(false);
    expect(damages).toMatchObject([{ offset: whole, length: 40, kind: 'torn' }]);
  });

  test('damage in the middle is told with its place', () => {
    const first = record(open());
    const begin = statSync(current()).size;
    record(open());
    const last = record(open());
    const bytes = readFileSync(current());
    bytes.write('X', begin + 100);
    writeFileSync(current(), bytes);
    const { changes, damages } = allAtOnce(open().read(9));
    expect(changes.map(({ id }) => id)).toEqual([last, first]);
    expect(damages).toMatchObject([{ offset: begin, kind: 'damaged' }]);
  });

  test('text that is no record at all is told too', () => {
    record(open());
    appendFileSync(current(), 'root was here\n');
    expect(allAtOnce(open().read(9))).toMatchObject({
      changes: [{ state: 'done' }],
      damages: [{ length: 13, kind: 'damaged' }],
    });
  });
});

describe('a change without an end', () => {
  const services = {
    'tcp:203.0.113.10:80': [
      { scheduler: 'rr' },
      ['10.0.0.1:80', {}],
      ['10.0.0.2:80', {}],
      ['10.0.0.3:80', {}],
    ],
  } as const;

  /** As if lvstop had been killed after so many writes, before or after the last was noted. */
  function killed(noted: number, written: number) {
    const director = directorWith(services as never);
    const plan = allAtOnce(
      makePlan(director, [{ kind: 'switch mode', service: web, realServer: null, mode: 'tun' }]),
    );
    const journal = open();
    const entry = begin(journal, plan.steps as never);
    for (const step of plan.steps.slice(0, written)) {
      if (step.kind === 'set real server') setRealServer(director, web, step.after);
    }
    for (let index = 1; index <= noted; index++) entry.progress(index);
    // It was another process, which is gone.
    const text = readFileSync(current(), 'latin1');
    expect(text).toContain(`"process":"${process.pid}/`);
    return { director, journal: afterDeath(journal) };
  }

  test('is under way as long as its process lives', () => {
    const journal = open();
    change(journal);
    expect(allAtOnce(journal.read(1)).changes[0]?.state).toBe('under way');
  });

  test.each([
    [0, 0, '0 of 3 steps done; 3 steps are not done'],
    [
      0,
      1,
      '0 of 3 steps seen done; the table shows 1 more done, by this change or by another hand; 2 steps are not done',
    ],
    [0, 3, '0 of 3 steps seen done; the table shows 3 more done, by this change or by another hand'],
    [1, 1, '1 of 3 steps done; 2 steps are not done'],
    [1, 3, '1 of 3 steps seen done; the table shows 2 more done, by this change or by another hand'],
    [3, 3, '3 of 3 steps done'],
  ])('with %d steps noted and %d written is told: %s', (noted, written, sentence) => {
    const { director, journal } = killed(noted, written);
    const [report] = allAtOnce(findUnfinished(director, journal));
    expect(report).toMatchObject({ done: written, skipped: [], uncertain: null, sentence });
    if (report !== undefined) settle(journal, report);
    expect(allAtOnce(findUnfinished(director, journal))).toEqual([]);
    expect(allAtOnce(journal.read(1)).changes[0]).toMatchObject({
      state: 'interrupted',
      done: written,
      seen: noted,
      reason: sentence,
    });
  });

  test('is unclear where another hand was at work', () => {
    const { director, journal } = killed(1, 1);
    deleteRealServer(director, web, real('10.0.0.2:80'));
    expect(allAtOnce(findUnfinished(director, journal))[0]).toMatchObject({
      done: 1,
      uncertain: { after: { identity: real('10.0.0.2:80') } },
      sentence: expect.stringMatching(
        /^1 of 3 steps done; step 2, "edit real .* may be done or not.*; 1 step is not/,
      ),
    });
  });

  test('whose additions went on behind one that was refused tells which are done, and undoes those', () => {
    const director = directorWith({});
    const before = settingsOf(director);
    const added = (text: string) => ({
      kind: 'add real server' as const,
      service: web,
      after: { identity: real(text), ...defaultRealServerSettings },
    });
    const service = { identity: web, ...defaultServiceSettings };
    const third = added('10.0.0.1:80');
    const plan = [
      { kind: 'add service', after: service } as const,
      added('224.0.0.1:80'),
      third,
      { kind: 'add service', after: { ...service, identity: parseService('fwm:7') } } as const,
    ];
    begin(open(), plan);
    addService(director, service);
    addRealServer(director, web, third.after);
    const journal = afterDeath(open());
    const [report] = allAtOnce(findUnfinished(director, journal));
    expect(report).toMatchObject({
      done: 2,
      skipped: [1],
      sentence:
        '0 of 4 steps seen done; the table shows 2 more done, by this change or by another hand; 2 steps are not done',
    });
    const last = allAtOnce(planLastUndo(director, allAtOnce(journal.read(9)).changes));
    if (last === undefined) throw new Error('there is nothing to undo');
    allAtOnce(performPlan(director, last.plan));
    expect(settingsOf(director)).toEqual(before);
    if (report !== undefined) settle(journal, report);
    expect(allAtOnce(journal.read(9)).changes[0]).toMatchObject({
      state: 'interrupted',
      done: 2,
      skipped: [1],
    });
  });

  test('is found among those that have one, in older files and behind damage too', () => {
    const unfinishedIds = () => allAtOnce(open().readUnfinished(50)).map(({ id }) => id);
    const lost = change(open()).id;
    for (let count = 0; count < 5; count++) record(open());
    const second = change(open()).id;
    expect(unfinishedIds()).toEqual([second, lost]);
    for (let count = 0; count < 3; count++) record(open({ room: { fileLimit: 1000 } }));
    expect(readdirSync(folder).length).toBeGreaterThan(2);
    expect(unfinishedIds()).toEqual([second, lost]);
    appendFileSync(current(), 'nonsense\n');
    record(open());
    expect(unfinishedIds()).toEqual([second, lost]);
    expect(allAtOnce(open().readUnfinished(50))).toEqual(
      allAtOnce(open().read(50)).changes.filter(({ state }) => state === 'under way'),
    );
  });

  test('of another table is not told', () => {
    const { director, journal } = killed(1, 1);
    const elsewhere = {
      ...journal,
      *readUnfinished(atLeast: number) {
        return (yield* journal.readUnfinished(atLeast)).map((found) => ({ ...found, isOfThisTable: false }));
      },
    };
    expect(allAtOnce(findUnfinished(director, elsewhere))).toEqual([]);
  });
});
