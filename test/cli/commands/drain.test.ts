import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createMemoryJournal } from '../../../src/changes/journal/memory-journal.ts';
import { allRealServers, type Director } from '../../../src/director/director.ts';
import { createSimulatedDirector } from '../../../src/director/simulated/simulated-director.ts';
import { formatRealServer, parseService } from '../../../src/ipvs/identity.ts';
import type { RealServerEntry } from '../../../src/ipvs/real-server.ts';
import { allAtOnce } from '../../../src/system/turns.ts';
import { deleteRealServer, setRealServer } from '../../director/table-edits.ts';
import { lvstop, words } from '../harness.ts';
import { type ManualClock, manualClock } from '../manual-clock.ts';

const web = 'tcp:203.0.113.10:80';

/** The demo's site, driven by a clock that waiting moves on. */
function site(): {
  director: Director;
  clock: ManualClock;
  call: (line: string) => ReturnType<typeof lvstop>;
} {
  const clock = manualClock();
  const director = createSimulatedDirector({ now: clock.now, seed: 1 });
  return { director, clock, call: (line) => lvstop(words(line), { director, clock }) };
}

function weights(director: Director): Record<string, number> {
  return Object.fromEntries(
    allRealServers(director, parseService(web)).map(({ realServer: { identity, weight } }) => [
      formatRealServer(identity),
      weight,
    ]),
  );
}

describe('drain', () => {
  test('waits until a real server is empty, tells how far it is, and deletes it', async () => {
    const { director, call } = site();
    const { exitCode, out, err } = await call(`drain ${web} 10.0.0.21:8080 --delete --yes`);
    expect(exitCode).toBe(0);
    expect(out).toMatch(
      /weight 3 → 0\n10\.0\.0\.21:8080 of tcp:203\.0\.113\.10:80 is empty after .* and deleted\n$/,
    );
    expect(err).toContain('ipvsadm -e -t 203.0.113.10:80 -r 10.0.0.21:8080');
    expect(err).toMatch(
      /10\.0\.0\.21:8080: \d+ active, \d+ inactive, \d+ % gone, .* a second, empty in about/,
    );
    expect(weights(director)).not.toHaveProperty('10.0.0.21:8080');
  });

  test('gives the old weight back, to several at once', async () => {
    const { director, call } = site();
    const before = weights(director);
    const { exitCode, out } = await call(
      `drain ${web} 10.0.0.21:8080 10.0.0.22:8080 --restore --until active --yes`,
    );
    expect(exitCode).toBe(0);
    expect(out.match(/has its weight \d back/g)).toHaveLength(2);
    expect(weights(director)).toEqual(before);
  });

  test('ends with 1 at its time-out and leaves the weight at 0', async () => {
    const { director, call } = site();
    const { exitCode, err } = await call(`drain ${web} 10.0.0.21:8080 --timeout 5s`);
    expect(exitCode).toBe(1);
    expect(err).toMatch(/lvstop: 10\.0\.0\.21:8080 of .* is not empty after 5 s; it stays at weight 0\n$/);
    expect(weights(director)['10.0.0.21:8080']).toBe(0);
  });

  test('Ctrl-C leaves the weight at 0 and says how to bring it back', async () => {
    const { director, clock, call } = site();
    clock.onWait = (time) => {
      if (time >= 3000) process.emit('SIGINT');
    };
    const { exitCode, err } = await call(`drain ${web} 10.0.0.21:8080 --delete --yes`);
    expect(exitCode).toBe(130);
    expect(err).toContain(`bring it back with: lvstop weight ${web} 10.0.0.21:8080 3\n`);
    expect(weights(director)['10.0.0.21:8080']).toBe(0);
    expect(process.listenerCount('SIGINT')).toBe(0);
  });

  test('ends when another hand gives the weight back or deletes the real server', async () => {
    for (const [interfere, reason] of [
      [
        (director: Director, entry: RealServerEntry) =>
          setRealServer(director, parseService(web), { ...entry.realServer, weight: 7 }),
        'was given a weight again meanwhile',
      ],
      [
        (director: Director, entry: RealServerEntry) =>
          deleteRealServer(director, parseService(web), entry.realServer.identity),
        'it was deleted meanwhile',
      ],
    ] as const) {
      const { director, clock, call } = site();
      clock.onWait = (time) => {
        const entry = allRealServers(director, parseService(web)).find(
          ({ realServer }) => formatRealServer(realServer.identity) === '10.0.0.21:8080',
        );
        if (time === 3000 && entry !== undefined) interfere(director, entry);
      };
      const { exitCode, err } = await call(`drain ${web} 10.0.0.21:8080`);
      expect(exitCode).toBe(1);
      expect(err).toContain(reason);
    }
  });

  test('prints one JSON object a reading, and the result as the last', async () => {
    const { call } = site();
    const { exitCode, out } = await call(`drain ${web} 10.0.0.21:8080 --json --until active`);
    expect(exitCode).toBe(0);
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({
      version: 1,
      service: web,
      state: 'draining',
      result: null,
      formerWeight: 3,
    });
    expect(lines.at(-1)).toMatchObject({ state: 'empty', active: 0, left: 0, progress: 1 });
    for (const { progress } of lines) expect(progress >= 0 && progress <= 1).toBe(true);
  });

  test('asks before it deletes, and shows only what it would do with --dry-run', async () => {
    const { director, call } = site();
    const before = weights(director);
    const refused = await call(`drain ${web} 10.0.0.21:8080 --delete`);
    expect(refused.exitCode).toBe(2);
    expect(refused.err).toContain('deleted when empty, without another question');
    const shown = await call(`drain ${web} 10.0.0.21:8080 --dry-run`);
    expect(shown).toMatchObject({ exitCode: 0, out: expect.stringContaining('-w 0') });
    expect(weights(director)).toEqual(before);
  });

  test.each([
    ['--delete --restore', 'exclude each other'],
    ['--timeout soon', 'it is not a time'],
    ['--timeout 0', 'it is out of range'],
    ['--until later', 'there is no such value'],
  ])('refuses %s', async (options, reason) => {
    const { exitCode, err } = await site().call(`drain ${web} 10.0.0.21:8080 ${options}`);
    expect(exitCode).toBe(2);
    expect(err).toContain(reason);
  });
});

describe('a drain by command', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lvstop-drain-'));
  });
  afterEach(() => {
    vi.useRealTimers();
    rmSync(folder, { recursive: true });
  });

  /** The demo's site as if it were this machine's, with a state folder. */
  function realSite() {
    const { director, clock } = site();
    const account = {
      userId: process.geteuid?.() === 0 ? 1000 : (process.geteuid?.() ?? null),
      home: null,
      environment: { STATE_DIRECTORY: join(folder, 'state') },
    };
    const journal = createMemoryJournal();
    const asKernel = new Proxy(director, {
      get(target, key) {
        if (key === 'source') return 'kernel';
        const value = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const state = join(folder, 'state');
    const files = () => readdirSync(state).filter((name) => name.startsWith('drains.'));
    const kept = () => files().flatMap((name) => JSON.parse(readFileSync(join(state, name), 'utf8')).drains);
    /** Makes what this process keeps that of one which has ended. */
    const die = () => {
      for (const name of files()) renameSync(join(state, name), join(state, 'drains.4194305-1.json'));
    };
    const call = (line: string) =>
      lvstop(words(line), { director: asKernel, clock, account, openJournal: () => journal });
    return { director, clock, journal, kept, die, call };
  }

  test('is kept for the next start while it goes on, and every step of it is in the journal', async () => {
    const { clock, journal, kept, call } = realSite();
    const timeOfDay = Date.UTC(2030, 0, 1);
    vi.useFakeTimers({ toFake: ['Date'], now: timeOfDay });
    const seen: unknown[] = [];
    clock.onWait = () => seen.push(...kept());
    const { exitCode, err } = await call(`drain ${web} 10.0.0.21:8080 --delete --yes`);
    expect({ exitCode, err }).toMatchObject({ exitCode: 0, err: expect.not.stringContaining('not kept') });
    expect(seen[0]).toMatchObject({
      service: web,
      realServer: '10.0.0.21:8080',
      formerWeight: 3,
      ending: 'delete',
      mark: { connections: null, change: allAtOnce(journal.read(9)).changes.at(-1)?.id },
      // In the time of day, which outlives the process: the drain's own clock began at 0 here.
      beganAt: timeOfDay,
    });
    expect(seen.at(-1)).toMatchObject({ mark: { connections: expect.stringMatching(/^\d+$/) } });
    expect(kept()).toEqual([]);
    expect(allAtOnce(journal.read(9)).changes.map(({ state, steps }) => [state, steps[0]?.kind])).toEqual([
      ['done', 'delete real server'],
      ['done', 'set real server'],
    ]);
  });

  test('is forgotten at Ctrl-C, and left to the next start when it is ended otherwise', async () => {
    const { clock, kept, call } = realSite();
    clock.onWait = () => process.emit('SIGINT');
    const broken = await call(`drain ${web} 10.0.0.21:8080`);
    expect(broken).toMatchObject({ exitCode: 130, err: expect.stringContaining('not watched any more') });
    expect(kept()).toEqual([]);
    clock.onWait = () => process.emit('SIGTERM');
    const ended = await call(`drain ${web} 10.0.0.22:8080`);
    expect(ended.exitCode).toBe(143);
    expect(ended.err).toContain(
      'is not watched until the screen is opened, which goes on and asks before it writes',
    );
    expect(kept()).toMatchObject([{ realServer: '10.0.0.22:8080' }]);
  });

  test('takes the old weight from a drain that was cut off', async () => {
    const { clock, kept, die, call } = realSite();
    clock.onWait = (time) => {
      if (time >= 5000) process.emit('SIGTERM');
    };
    await call(`drain ${web} 10.0.0.21:8080`);
    die();
    const again = await call(`drain ${web} 10.0.0.21:8080 --restore`);
    expect(again).toMatchObject({
      exitCode: 143,
      err: expect.stringContaining(`bring it back with: lvstop weight ${web} 10.0.0.21:8080 3`),
    });
    expect(kept()).toMatchObject([{ formerWeight: 3, ending: 'restore' }]);
  });

  test('takes no old weight from one whose real server was given another weight since', async () => {
    const { director, clock, die, call } = realSite();
    clock.onWait = (time) => {
      if (time >= 5000) process.emit('SIGTERM');
    };
    await call(`drain ${web} 10.0.0.21:8080`);
    die();
    const service = parseService(web);
    const entry = allRealServers(director, service).find(
      ({ realServer }) => formatRealServer(realServer.identity) === '10.0.0.21:8080',
    );
    if (entry === undefined) throw new Error('the real server is gone');
    setRealServer(director, service, { ...entry.realServer, weight: 7 });
    await clock.wait(20_000, new AbortController().signal);
    allRealServers(director, service);
    setRealServer(director, service, entry.realServer);
    const { exitCode, err } = await call(`drain ${web} 10.0.0.21:8080 --restore`);
    expect({ exitCode, err }).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('no old one to give back'),
    });
  });

  test('tells no weight to bring back where there was none', async () => {
    const { clock, call } = realSite();
    await call(`weight ${web} 10.0.0.21:8080 0`);
    clock.onWait = () => process.emit('SIGINT');
    const { err } = await call(`drain ${web} 10.0.0.21:8080`);
    expect(err).toMatch(/10\.0\.0\.21:8080 stays at weight 0 and is not watched any more\n$/);
  });
});

describe('weight --over', () => {
  test('raises a weight in steps over the time', async () => {
    const { director, clock, call } = site();
    const seen: [number, number | undefined][] = [];
    clock.onWait = (time) => seen.push([time, weights(director)['10.0.0.21:8080']]);
    const { exitCode, err } = await call(`weight ${web} 10.0.0.21:8080 11 --over 60s --steps 4`);
    expect(exitCode).toBe(0);
    expect(err).toContain('weights over 1 min: 5, 7, 9, 11\n');
    expect(seen).toEqual([
      [0, 5],
      [20_000, 7],
      [40_000, 9],
    ]);
    expect(clock.now()).toBe(60_000);
    expect(weights(director)['10.0.0.21:8080']).toBe(11);
  });

  test('stops where another hand has set the weight, and at Ctrl-C', async () => {
    const overtaken = site();
    overtaken.clock.onWait = () => {
      const [entry] = allRealServers(overtaken.director, parseService(web)).filter(
        ({ realServer }) => formatRealServer(realServer.identity) === '10.0.0.21:8080',
      );
      if (entry !== undefined)
        setRealServer(overtaken.director, parseService(web), { ...entry.realServer, weight: 1 });
    };
    const conflict = await overtaken.call(`weight ${web} 10.0.0.21:8080 9 --over 1m`);
    expect(conflict.exitCode).toBe(4);
    expect(conflict.err).toContain('it was set to 1 meanwhile, where it was 4');

    const stopped = site();
    stopped.clock.onWait = () => process.emit('SIGTERM');
    const ended = await stopped.call(`weight ${web} 10.0.0.21:8080 9 --over 1m`);
    expect(ended.exitCode).toBe(143);
    expect(ended.err).toContain('stays at weight 4');
  });

  test('refuses an impossible weight before the first step', async () => {
    const { director, call } = site();
    const before = weights(director);
    const { exitCode } = await call(`weight ${web} 10.0.0.21:8080 2147483648 --over 1m`);
    expect(exitCode).toBe(2);
    expect(weights(director)).toEqual(before);
  });
});
