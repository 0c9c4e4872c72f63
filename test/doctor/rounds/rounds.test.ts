import { expect, test } from 'vitest';
import type { ConnectionTable } from '../../../src/director/connection-table.ts';
import { DoctorRounds, type Examination } from '../../../src/doctor/rounds/rounds.ts';
import type { NetworkNews } from '../../../src/forwarding/network.ts';
import { unknownNetwork } from '../../../src/forwarding/network-facts.ts';
import { createSimulatedMachine } from '../../../src/host/machine/simulated-machine.ts';
import type { Connection } from '../../../src/ipvs/connection.ts';
import { directorWith } from '../../changes/table.ts';
import { real, service, viewOf } from '../../ui/fixed-view.ts';
import { connections, stuck } from '../sampled.ts';

const view = viewOf([service('tcp:203.0.113.10:80', {}, [real('10.0.0.21:80', { weight: 0 })])]);

/** Rounds by a clock that stands still unless it is moved, and what they found. */
function rounds(look: () => void = () => undefined, samples: Connection[][] = []) {
  const clock = { now: 0, worked: 0 };
  const settings: Record<string, string> = { 'net/ipv4/ip_forward': '1' };
  const later: (() => void)[] = [];
  let tell: (news: NetworkNews) => void = () => undefined;
  const machine = createSimulatedMachine();
  const director = directorWith({});
  const done: Examination[] = [];
  /** Some of a table that is larger than that. */
  function* nextSample(table: ConnectionTable) {
    for (const connection of samples.shift() ?? []) table.addConnection(connection);
    // Nobody has the patience for the rest.
    for (;;) yield;
  }
  const doctor = new DoctorRounds(
    {
      director: new Proxy(director, {
        get: (target, key) => (key === 'readConnections' ? nextSample : Reflect.get(target, key)),
      }),
      network: {
        picture: () => {
          look();
          return Promise.resolve(unknownNetwork);
        },
        watch: (onNews) => {
          tell = onNews;
          return () => undefined;
        },
        close() {},
      },
      machine: {
        sysctl: (path) => settings[path] ?? machine.sysctl(path),
        sample: async () => ({
          ...(await machine.sample()),
          sysctl: (path) => settings[path] ?? machine.sysctl(path),
        }),
      },
      saved: () => ({ kind: 'unknown' }),
    },
    (examination) => done.push(examination),
    {
      now: () => clock.now,
      worked: () => clock.worked,
      after: (_, run) => {
        later.push(run);
        return () => undefined;
      },
    },
  );
  return { doctor, clock, done, settings, later, tell: (news: NetworkNews) => tell(news) };
}

test('the first view is examined at once, the next after five seconds', async () => {
  const { doctor, clock, done } = rounds();
  await doctor.take(view);
  expect(done[0]?.findings.map(({ check }) => check)).toEqual(['no-weight']);
  clock.now = 4999;
  await doctor.take(view);
  expect(done).toHaveLength(1);
  clock.now = 5000;
  await doctor.take(view);
  expect(done).toHaveLength(2);
});

test('a round that costs much comes more seldom, and after half a minute whatever it cost', async () => {
  let work = 0;
  const { doctor, clock, done } = rounds(() => {
    clock.worked += work;
    // What others do meanwhile does not count.
    clock.now += 1000;
  });
  await doctor.take(view);
  work = 50;
  clock.now = 5000;
  await doctor.take(view);
  expect(done).toHaveLength(2);
  clock.now = 9999;
  await doctor.take(view);
  expect(done).toHaveLength(2);
  work = 5000;
  clock.now = 10_000;
  await doctor.take(view);
  expect(done).toHaveLength(3);
  clock.now = 39_999;
  await doctor.take(view);
  expect(done).toHaveLength(3);
  clock.now = 40_000;
  await doctor.take(view);
  expect(done).toHaveLength(4);
});

test('the first round, in which nothing is warm, does not count', async () => {
  const { doctor, clock, done } = rounds(() => {
    clock.worked += 2000;
  });
  await doctor.take(view);
  clock.now = 5000;
  await doctor.take(view);
  expect(done).toHaveLength(2);
});

test('a table that anybody has changed is examined at once', async () => {
  const { doctor, clock, done } = rounds();
  await doctor.take(view);
  clock.now = 1000;
  await doctor.take(viewOf([service('tcp:203.0.113.10:80', {}, [real('10.0.0.21:80', { weight: 1 })])]));
  expect(done.map(({ findings }) => findings.length)).toEqual([1, 0]);
  clock.now = 2000;
  await doctor.take(viewOf([]));
  expect(done).toHaveLength(3);
});

test('a setting that a check has asked for is noticed when it changes', async () => {
  const { doctor, clock, done, settings } = rounds();
  const nat = viewOf([service('tcp:203.0.113.10:80', {}, [real('10.0.0.21:80', { forwarding: 'nat' })])]);
  await doctor.take(nat);
  clock.now = 1000;
  await doctor.take(nat);
  expect(done).toHaveLength(1);
  settings['net/ipv4/ip_forward'] = '0';
  await doctor.take(nat);
  expect(done.at(-1)?.findings.map(({ check }) => check)).toEqual(['forwarding-off']);
});

test('a change of the network is looked at without waiting for a view, one of many once', async () => {
  const { doctor, done, later, tell } = rounds();
  await doctor.take(view);
  tell({ kind: 'changed' });
  tell({ kind: 'changed' });
  expect(later).toHaveLength(1);
  later[0]?.();
  await expect.poll(() => done.length).toBe(2);
});

test('where something changes all the time, the pause is still some of the work', async () => {
  const { doctor, clock, done, later, tell } = rounds(() => {
    clock.worked += 100;
  });
  await doctor.take(view);
  clock.now = 5000;
  await doctor.take(view);
  tell({ kind: 'changed' });
  clock.now = 5499;
  later[0]?.();
  await doctor.take(view);
  expect(done).toHaveLength(2);
  clock.now = 5500;
  await doctor.take(view);
  expect(done).toHaveLength(3);
});

test('whoever wants to know now is told now', async () => {
  const { doctor, done } = rounds();
  await doctor.take(view);
  await doctor.lookNow();
  expect(done).toHaveLength(2);
});

test('after an edit there is no pause, and what was being looked at does not count', async () => {
  let edits = 1;
  const { doctor, done } = rounds(() => {
    if (edits-- > 0) doctor.hurry();
  });
  await doctor.take(view);
  expect(done).toHaveLength(0);
  await doctor.take(view);
  expect(done).toHaveLength(1);
});

test('a director that is gone is left to the sampler', async () => {
  const { doctor, done } = rounds();
  await doctor.take({
    ...view,
    director: { ...view.director, state: { kind: 'lost', error: new Error('gone') as never, since: 0 } },
  });
  expect(done).toHaveLength(0);
});

test('what connections show does not come and go with how many of them a round happens to see', async () => {
  const waiting = connections(6, stuck);
  const samples = [waiting.slice(0, 3), waiting.slice(2, 5), [], waiting.slice(0, 1), [], []];
  const { doctor, clock, done } = rounds(undefined, [...samples]);
  const served = viewOf([
    service('tcp:203.0.113.10:80', {}, [real('10.0.0.21:80', { forwarding: 'dr', weight: 1 })]),
  ]);
  const found: unknown[] = [];
  for (const _ of samples) {
    await doctor.take(served);
    clock.now += 5000;
    found.push(done.at(-1)?.findings.find(({ check }) => check === 'half-open')?.severity);
  }
  expect(found).toEqual(['hint', 'error', 'error', 'error', 'error', 'error']);
});

test('what is seen to go well again ends what was found of connections', async () => {
  const served = connections(6, { state: 'TIME_WAIT', expires: 119 }).map((connection, index) => ({
    ...connection,
    client: { ...connection.client, port: 50_000 + index },
  }));
  const { doctor, clock, done } = rounds(undefined, [connections(6, stuck), served]);
  const view = viewOf([
    service('tcp:203.0.113.10:80', {}, [real('10.0.0.21:80', { forwarding: 'dr', weight: 1 })]),
  ]);
  await doctor.take(view);
  expect(done.at(-1)?.findings.map(({ check }) => check)).toContain('half-open');
  clock.now += 5000;
  await doctor.take(view);
  expect(done.at(-1)?.findings.map(({ check }) => check)).not.toContain('half-open');
});
