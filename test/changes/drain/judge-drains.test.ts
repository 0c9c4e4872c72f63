import { beforeEach, describe, expect, test } from 'vitest';
import { drainMarks } from '../../../src/changes/drain/drain-marks.ts';
import { Drains, type KeptDrain } from '../../../src/changes/drain/drains.ts';
import { drainTitle, droppedSentence, judgeDrains } from '../../../src/changes/drain/judge-drains.ts';
import { createMemoryJournal } from '../../../src/changes/journal/memory-journal.ts';
import { performJournalled } from '../../../src/changes/journal/perform-journalled.ts';
import type { Intention } from '../../../src/changes/plan/intention.ts';
import { allRealServers, type Director } from '../../../src/director/director.ts';
import type { Counter } from '../../../src/ipvs/counters.ts';
import type { RealServerSettings } from '../../../src/ipvs/real-server.ts';
import type { ServiceSettings } from '../../../src/ipvs/service.ts';
import { allAtOnce } from '../../../src/system/turns.ts';
import { deleteRealServer, deleteService, setRealServer } from '../../director/table-edits.ts';
import { directorWith, planned, real, web } from '../table.ts';

const realServer = real('10.0.0.21:80');
const origin = { user: 'root', behind: null, from: null, by: 'command' } as const;

let journal: ReturnType<typeof createMemoryJournal>;
let director: Director;
/** What the kernel has counted of the real server. */
let connections: Counter;

beforeEach(() => {
  journal = createMemoryJournal();
  site({});
});

function site(service: Partial<ServiceSettings>): void {
  connections = 400;
  const table = directorWith({
    'tcp:203.0.113.10:80': [service, ['10.0.0.21:80', { weight: 3 }], ['10.0.0.22:80', {}]],
  });
  director = new Proxy(table, {
    get(target, key) {
      if (key === 'realServerBatches') {
        return (...args: Parameters<Director['realServerBatches']>) =>
          [...target.realServerBatches(...args)].map((batch) =>
            batch.map((entry) => ({ ...entry, counters: { ...entry.counters, connections } })),
          );
      }
      const value = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function perform(intention: Intention): void {
  allAtOnce(performJournalled(director, planned(director, intention), { journal, origin }));
}

/** As ipvsadm does, without a record. */
function byAnotherHand(change: Partial<RealServerSettings>): void {
  const entry = allRealServers(director, web).find((row) => row.realServer.identity.address === '10.0.0.21');
  if (entry !== undefined) setRealServer(director, web, { ...entry.realServer, ...change });
}

/** Begins to drain, watches for so many seconds, and is killed; gives what was kept. */
function drained(seconds = 5): readonly KeptDrain[] {
  perform({ kind: 'edit real server', service: web, realServer, change: { weight: 0 } });
  let kept: readonly KeptDrain[] = [];
  const drains = new Drains({
    director,
    journal,
    store: {
      save(all) {
        kept = all;
        return undefined;
      },
    },
  });
  drains.begin([
    {
      service: web,
      realServer,
      formerWeight: 3,
      ending: 'delete',
      until: 'active',
      beganAt: 1000,
      timeout: null,
    },
  ]);
  // It has a connection all the time, so that it does not end.
  for (let second = 1; second <= seconds; second++) {
    const time = 1000 + second * 1000;
    drains.take(time, () => ({
      time,
      weight: 0,
      persistentStillCome: false,
      connections,
      numbers: { active: 1, inactive: 0, persistent: 0 },
    }));
  }
  return kept;
}

function reasonOf(kept: readonly KeptDrain[]): string | undefined {
  return judgeDrains(director, journal, kept).dropped[0]?.reason;
}

describe('a drain that was left', () => {
  test('is continued when nobody has touched its real server', () => {
    const kept = drained();
    perform({
      kind: 'edit real server',
      service: web,
      realServer: real('10.0.0.22:80'),
      change: { weight: 9 },
    });
    expect(kept).toMatchObject([{ mark: { connections: 400 } }]);
    expect(judgeDrains(director, journal, kept)).toEqual({ untouched: kept, dropped: [] });
  });

  test('is continued when its own change is found behind others, however few records are read at once', () => {
    const kept = drained();
    for (const weight of [7, 8, 9]) {
      perform({
        kind: 'edit real server',
        service: web,
        realServer: real('10.0.0.22:80'),
        change: { weight },
      });
    }
    const sparing: typeof journal = {
      ...journal,
      *read(atLeast) {
        const read = yield* journal.read(Number.POSITIVE_INFINITY);
        return { ...read, changes: read.changes.slice(0, atLeast) };
      },
    };
    expect(judgeDrains(director, sparing, kept)).toEqual({ untouched: kept, dropped: [] });
  });

  test('is dropped when its service is gone', () => {
    const kept = drained();
    deleteService(director, web);
    expect(reasonOf(kept)).toBe('it is not there any more');
  });

  test('is dropped when its real server has a weight, was changed, or is gone', () => {
    const kept = drained();
    byAnotherHand({ weight: 5 });
    expect(reasonOf(kept)).toBe('it has weight 5 now');
    byAnotherHand({ weight: 0, upperThreshold: 9 });
    expect(reasonOf(kept)).toMatch(
      /^somebody has changed it: it was "-a .* -w 0", and is "-a .* -w 0 -x 9"$/,
    );
    deleteRealServer(director, web, realServer);
    expect(reasonOf(kept)).toBe('it is not there any more');
  });

  test('is dropped when it had a weight in between: it was given connections', () => {
    const kept = drained();
    byAnotherHand({ weight: 3 });
    connections = 401;
    byAnotherHand({ weight: 0 });
    expect(reasonOf(kept)).toBe(
      'it was given 1 connection since, which a real server at weight 0 gets none of but by persistence: it had a weight in between, or its service was persistent',
    );
  });

  test('is continued when persistence alone has brought connections', () => {
    site({ persistence: { timeout: 300, netmask: 32 } });
    const kept = drained();
    connections = 450;
    expect(reasonOf(kept)).toBeUndefined();
  });

  test('is dropped when counters went back', () => {
    const kept = drained();
    connections = 399;
    expect(reasonOf(kept)).toContain('its counters went back');
  });

  test('is dropped when lvstop itself has changed it since, and back', () => {
    const kept = drained();
    perform({ kind: 'edit real server', service: web, realServer, change: { weight: 3 } });
    perform({ kind: 'edit real server', service: web, realServer, change: { weight: 0 } });
    expect(reasonOf(kept)).toMatch(/^lvstop has changed it since: change [0-9a-f]{8} \(.*weight 3 → 0\)$/);
  });

  test('is dropped when it cannot be known: seconds after its beginning, and without a journal', () => {
    expect(reasonOf(drained(2))).toContain('ended in its first seconds');
    site({});
    const kept = drained();
    const broken = {
      ...journal,
      *read() {
        yield;
        return { changes: [], damages: [], problem: 'the disk failed' };
      },
    };
    expect(judgeDrains(director, broken, kept).dropped[0]?.reason).toContain(
      'the journal cannot be read, which tells what lvstop has changed since: the disk failed',
    );
    const unknown = kept.map((drain) => ({
      ...drain,
      mark: drain.mark && { ...drain.mark, change: 'abcdef01' },
    }));
    expect(judgeDrains(director, createMemoryJournal(), unknown).dropped[0]?.reason).toContain(
      'the journal does not reach back to its beginning',
    );
  });

  test('is told with its age, its ending and the reason', () => {
    const [drain] = drained();
    if (drain === undefined) throw new Error('nothing was kept');
    expect(droppedSentence({ drain, reason: 'it has weight 5 now' }, 1000 + 7_500_000)).toBe(
      'the drain of 10.0.0.21:80 of tcp:203.0.113.10:80, begun 2 h 5 min ago, deleted when empty, is not continued: it has weight 5 now; nothing is done to it',
    );
    expect(drainTitle(drain.order, 4000)).toContain(', begun 3 s ago, ');
  });
});

test('a drain without a journal has a mark all the same', () => {
  const [mark] = drainMarks(director, undefined, [
    {
      service: web,
      realServer,
      formerWeight: 3,
      ending: 'leave',
      until: 'all',
      beganAt: 0,
      timeout: null,
    },
  ]);
  expect(mark).toMatchObject({ change: '', connections: null });
});
