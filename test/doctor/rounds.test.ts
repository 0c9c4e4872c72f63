import { expect, test } from 'vitest';
import { DoctorRounds, type Examination } from '../../src/doctor/rounds.ts';
import { unknownNetwork } from '../../src/forwarding/network-facts.ts';
import { createSimulatedMachine } from '../../src/host/simulated-machine.ts';
import { directorWith } from '../changes/table.ts';
import { real, service, viewOf } from '../ui/fixed-view.ts';

const view = viewOf([service('tcp:203.0.113.10:80', {}, [real('10.0.0.21:80', { weight: 0 })])]);

/** Rounds by a clock that stands still unless it is moved, and what they found. */
function rounds(look: () => void = () => undefined) {
  const clock = { now: 0 };
  const done: Examination[] = [];
  const doctor = new DoctorRounds(
    {
      director: directorWith({}),
      network: {
        picture: () => {
          look();
          return Promise.resolve(unknownNetwork);
        },
        close() {},
      },
      machine: createSimulatedMachine(),
      saved: () => ({ kind: 'unknown' }),
    },
    (examination) => done.push(examination),
    () => clock.now,
  );
  return { doctor, clock, done };
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

test('a round that takes long comes seldom', async () => {
  const { doctor, clock, done } = rounds(() => {
    clock.now += 1000;
  });
  await doctor.take(view);
  clock.now = 199_999;
  await doctor.take(view);
  expect(done).toHaveLength(1);
  clock.now = 200_000;
  await doctor.take(view);
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
