import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Journal } from '../../../src/changes/journal/journal.ts';
import { createMemoryJournal } from '../../../src/changes/journal/memory-journal.ts';
import type { Origin } from '../../../src/changes/journal/origin.ts';
import { performJournalled } from '../../../src/changes/journal/perform-journalled.ts';
import type { Intention } from '../../../src/changes/plan/intention.ts';
import { makePlan } from '../../../src/changes/plan/make-plan.ts';
import { inverseLines, planLastUndo, planUndo, undoObstacle } from '../../../src/changes/undo/plan-undo.ts';
import { allRealServers, type Director } from '../../../src/director/director.ts';
import { IpvsError } from '../../../src/ipvs/error.ts';
import { formatRealServer, parseService } from '../../../src/ipvs/identity.ts';
import { defaultRealServerSettings } from '../../../src/ipvs/real-server.ts';
import { defaultServiceSettings } from '../../../src/ipvs/service.ts';
import { allAtOnce } from '../../../src/system/turns.ts';
import {
  addRealServer,
  addService,
  deleteRealServer,
  deleteService,
  setRealServer,
  setService,
} from '../../director/table-edits.ts';
import { anyIntention, settingsOf } from '../edits.ts';
import { directorWith, disturbed, errorOf, real, web } from '../table.ts';

const origin: Origin = { user: 'root', behind: 'ada', from: '192.0.2.7', by: 'command' };

/** Does what is intended and keeps a record; what is refused leaves no trace. */
function perform(director: Director, journal: Journal, ...intentions: readonly Intention[]): void {
  allAtOnce(performJournalled(director, allAtOnce(makePlan(director, intentions)), { journal, origin }));
}

/** Undoes the last change that can be undone; `false` when there is none. */
function undo(director: Director, journal: Journal): boolean {
  const last = allAtOnce(planLastUndo(director, allAtOnce(journal.read(Infinity)).changes));
  if (last === undefined) return false;
  allAtOnce(performJournalled(director, last.plan, { journal, origin, undoes: last.change.id }));
  return true;
}

const newest = (journal: Journal) => {
  const [change] = allAtOnce(journal.read(1)).changes;
  if (change === undefined) throw new Error('the journal is empty');
  return change;
};

const services = ['tcp:203.0.113.10:80', 'tcp:203.0.113.11:443', 'udp:[2001:db8::1]:53', 'fwm:7'].map(
  parseService,
);
const site = () =>
  directorWith({
    'tcp:203.0.113.10:80': [
      { scheduler: 'wrr' },
      ['10.1.0.21:80', { weight: 3 }, 4, 1],
      ['10.1.0.22:8080', { forwarding: 'nat', weight: 2, upperThreshold: 100, lowerThreshold: 50 }],
    ],
    'fwm:7': [{ persistence: { timeout: 60, netmask: 0xffffff00 } }, ['10.1.0.21:0', {}]],
  });

test('of what only the table shows done, since the kernel gave no answer, asks with both versions', () => {
  const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', {}]] });
  const journal = createMemoryJournal();
  const deaf: Director = new Proxy(director, {
    get(target, key) {
      if (key !== 'write') return Reflect.get(target, key, target);
      return (...call: Parameters<Director['write']>) => {
        target.write(...call);
        throw new IpvsError({
          code: 'no-answer',
          operation: 'edit real server',
          object: '',
          reason: 'the kernel gave no answer',
          advice: 'try again',
        });
      };
    },
  });
  const plan = allAtOnce(
    makePlan(director, [
      {
        kind: 'edit real server',
        service: web,
        realServer: real('10.0.0.21:80'),
        change: { weight: 7 },
      },
    ]),
  );
  expect(allAtOnce(performJournalled(deaf, plan, { journal, origin }))).toMatchObject({
    kind: 'partly done',
    done: plan.steps,
  });
  expect(newest(journal)).toMatchObject({ state: 'interrupted', done: 1, seen: 0 });
  const undone = allAtOnce(planUndo(director, newest(journal)));
  expect(undone).toMatchObject({ destructive: true, unseen: expect.stringContaining('weight 7') });
});

describe('undo', () => {
  test('of random edits, one after the other, gives the table of the beginning', () => {
    const edits = fc.array(fc.array(anyIntention(services), { minLength: 1, maxLength: 2 }), {
      minLength: 5,
      maxLength: 20,
    });
    let performed = 0;
    fc.assert(
      fc.property(edits, (changes) => {
        const director = site();
        const journal = createMemoryJournal();
        const before = settingsOf(director);
        for (const intentions of changes) {
          try {
            perform(director, journal, ...intentions);
          } catch (error) {
            if (!(error instanceof IpvsError)) throw error;
            continue;
          }
          performed++;
        }
        let undone = 0;
        while (undo(director, journal)) {
          if (++undone > changes.length) throw new Error('undo does not come to an end');
        }
        expect(settingsOf(director)).toEqual(before);
      }),
      { numRuns: 300 },
    );
    // Most edits of random objects are refused; how many are not depends on the seed.
    expect(performed).toBeGreaterThan(100);
  });

  test('of an undo does it again', () => {
    const director = site();
    const journal = createMemoryJournal();
    perform(director, journal, { kind: 'delete service', service: web });
    const deleted = settingsOf(director);
    undo(director, journal);
    const undoing = newest(journal);
    allAtOnce(
      performJournalled(director, allAtOnce(planUndo(director, undoing)), {
        journal,
        origin,
        undoes: undoing.id,
      }),
    );
    expect(settingsOf(director)).toEqual(deleted);
    expect(allAtOnce(journal.read(9)).changes.map(({ undoneBy, undoes }) => [undoneBy, undoes])).toEqual([
      [null, undoing.id],
      [newest(journal).id, undoing.undoes],
      [null, null],
    ]);
    // And the deletion, which is in force again, can be undone again.
    expect(undo(director, journal)).toBe(true);
    expect(settingsOf(director)).toEqual(settingsOf(site()));
  });

  test('brings real servers back in the order in which the kernel had them', () => {
    const director = site();
    const journal = createMemoryJournal();
    const order = () =>
      allRealServers(director, web).map(({ realServer }) => formatRealServer(realServer.identity));
    const before = order();
    perform(director, journal, { kind: 'delete service', service: web });
    undo(director, journal);
    expect(order()).toEqual(before);
  });

  test('says what does not come back, and asks where it destroys', () => {
    const director = site();
    const journal = createMemoryJournal();
    perform(director, journal, {
      kind: 'delete real server',
      service: web,
      realServer: real('10.1.0.21:80'),
    });
    expect(allAtOnce(planUndo(director, newest(journal)))).toMatchObject({
      lines: ['ipvsadm -a -t 203.0.113.10:80 -r 10.1.0.21:80 -g -w 3'],
      destructive: false,
      doubtful: false,
      warnings: expect.arrayContaining([
        'counters of what comes back begin at 0; connections from before go on where IPVS still knows them, the others stay ended',
      ]),
    });
    undo(director, journal);
    const realServer = { identity: real('10.1.0.29:80'), ...defaultRealServerSettings };
    perform(director, journal, { kind: 'add real server', service: web, realServer });
    expect(allAtOnce(planUndo(director, newest(journal))).destructive).toBe(true);
  });

  test('passes over zeroed counters, and says why they cannot be undone', () => {
    const director = site();
    const journal = createMemoryJournal();
    perform(director, journal, { kind: 'edit service', service: web, change: { scheduler: 'rr' } });
    perform(director, journal, { kind: 'zero', service: null });
    const [zeroed, edited] = allAtOnce(journal.read(9)).changes;
    expect(allAtOnce(planLastUndo(director, allAtOnce(journal.read(9)).changes))).toMatchObject({
      change: edited,
      passedOver: [
        `change ${zeroed?.id} (zero all counters) is passed over: counters that were zeroed do not come back`,
      ],
    });
    expect(errorOf(() => allAtOnce(planUndo(director, newest(journal)))).message).toMatch(
      /^undo change [0-9a-f]{8} \(zero all counters\): counters that were zeroed do not come back; /,
    );
  });

  test('of what somebody else has taken back already is nothing', () => {
    const director = site();
    const journal = createMemoryJournal();
    perform(director, journal, { kind: 'edit service', service: web, change: { scheduler: 'rr' } });
    const service = director.findService(web)?.service;
    if (service !== undefined) setService(director, { ...service, scheduler: 'wrr' });
    expect(allAtOnce(planUndo(director, newest(journal))).steps).toEqual([]);
    expect(allAtOnce(planLastUndo(director, allAtOnce(journal.read(9)).changes))).toBeUndefined();
  });
});

describe('a conflict', () => {
  const conflicts: readonly (readonly [
    name: string,
    change: Intention,
    meanwhile: (director: Director) => void,
    reason: string,
  ])[] = [
    [
      'edited real server',
      { kind: 'edit real server', service: web, realServer: real('10.1.0.21:80'), change: { weight: 7 } },
      (director) =>
        setRealServer(director, web, {
          identity: real('10.1.0.21:80'),
          ...defaultRealServerSettings,
          weight: 5,
        }),
      '10.1.0.21:80 of tcp:203.0.113.10:80 was changed since: this change left it DR, weight 7, and it is DR, weight 5',
    ],
    [
      'edited real server that is gone',
      { kind: 'edit real server', service: web, realServer: real('10.1.0.21:80'), change: { weight: 7 } },
      (director) => deleteRealServer(director, web, real('10.1.0.21:80')),
      '10.1.0.21:80 of tcp:203.0.113.10:80 was changed since: this change left it DR, weight 7, and it is not there any more',
    ],
    [
      'edited service',
      { kind: 'edit service', service: web, change: { scheduler: 'rr' } },
      (director) => deleteService(director, web),
      'tcp:203.0.113.10:80 is not there any more',
    ],
    [
      'deleted service',
      { kind: 'delete service', service: web },
      (director) =>
        addService(director, {
          identity: web,
          scheduler: 'rr',
          schedulerFlags: 0,
          onePacket: false,
          persistence: null,
          engine: null,
        }),
      'tcp:203.0.113.10:80 was changed since: this change left it not there, and it is rr, 0 real servers',
    ],
    [
      'deleted real server',
      { kind: 'delete real server', service: web, realServer: real('10.1.0.21:80') },
      (director) =>
        addRealServer(director, web, {
          identity: real('10.1.0.21:80'),
          ...defaultRealServerSettings,
          weight: 9,
        }),
      '10.1.0.21:80 of tcp:203.0.113.10:80 was changed since: this change left it not there, and it is DR, weight 9',
    ],
    [
      'added service that was edited',
      {
        kind: 'add service',
        service: {
          ...defaultServiceSettings,
          identity: parseService('tcp:203.0.113.12:80'),
          scheduler: 'rr',
        },
      },
      (director) =>
        setService(director, {
          ...defaultServiceSettings,
          identity: parseService('tcp:203.0.113.12:80'),
          scheduler: 'sed',
        }),
      'tcp:203.0.113.12:80 was changed since: this change left it rr, and it is sed',
    ],
    [
      'added service',
      {
        kind: 'add service',
        service: {
          identity: parseService('tcp:203.0.113.12:80'),
          scheduler: 'rr',
          schedulerFlags: 0,
          onePacket: false,
          persistence: null,
          engine: null,
        },
      },
      (director) =>
        addRealServer(director, parseService('tcp:203.0.113.12:80'), {
          identity: real('10.1.0.21:80'),
          ...defaultRealServerSettings,
        }),
      '10.1.0.21:80 of tcp:203.0.113.12:80 was changed since: this change left it not there, and it is DR, weight 1',
    ],
  ];

  test.each(conflicts)(
    'with the %s names both versions and writes nothing',
    (_, change, meanwhile, reason) => {
      const director = site();
      const journal = createMemoryJournal();
      perform(director, journal, change);
      meanwhile(director);
      const before = settingsOf(director);
      const error = errorOf(() => allAtOnce(planUndo(director, newest(journal))));
      expect(error).toMatchObject({ kind: 'conflict', reason });
      expect(error.advice).toContain('nothing was written');
      expect(settingsOf(director)).toEqual(before);
    },
  );
});

describe('the inverse', () => {
  test('of a record alone is what undo would do', () => {
    fc.assert(
      fc.property(fc.array(anyIntention(services), { minLength: 1, maxLength: 4 }), (intentions) => {
        const director = site();
        const journal = createMemoryJournal();
        try {
          perform(director, journal, ...intentions);
        } catch (error) {
          if (!(error instanceof IpvsError)) throw error;
          return;
        }
        const [change] = allAtOnce(journal.read(1)).changes;
        if (change === undefined || allAtOnce(undoObstacle(change)) !== undefined) return;
        expect(allAtOnce(inverseLines(change))).toEqual(allAtOnce(planUndo(director, change)).lines);
      }),
    );
  });
});

test('a plan that was refused at once is in the journal as failed, and leaves nothing to undo', () => {
  const director = site();
  const journal = createMemoryJournal();
  const plan = allAtOnce(
    makePlan(director, [{ kind: 'edit service', service: web, change: { scheduler: 'rr' } }]),
  );
  // A scheduler whose module has gone meanwhile.
  const refusing = disturbed(director, (write) =>
    write.operation === 'edit service'
      ? { ...write, service: { ...write.service, scheduler: 'gone' } }
      : undefined,
  );
  expect(errorOf(() => allAtOnce(performJournalled(refusing, plan, { journal, origin }))).kind).toBe(
    'refused',
  );
  expect(newest(journal)).toMatchObject({
    state: 'failed',
    done: 0,
    reason: expect.stringContaining('"gone" (ENOENT)'),
  });
  expect(allAtOnce(planLastUndo(director, allAtOnce(journal.read(1)).changes))).toBeUndefined();
});
