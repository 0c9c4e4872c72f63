import { expect, test } from 'vitest';
import { ReadingWatch } from '../../../src/ui/state/reading-watch.ts';
import { VirtualClock } from '../../sampling/virtual-clock.ts';

test('while readings come in time nothing is said, and from the second that is missing on the time is told', async () => {
  const clock = new VirtualClock();
  const told: number[] = [];
  const watch = new ReadingWatch((now) => told.push(now), clock);
  for (const time of [10_000, 11_000, 12_000]) {
    watch.take({ time, interval: 1 });
    await clock.pass(1900);
  }
  expect(told).toEqual([]);
  await clock.pass(3200);
  expect(told).toEqual([15_000, 16_000, 17_000]);
  watch.take({ time: 18_000, interval: 10 });
  await clock.pass(20_000);
  expect(told).toHaveLength(3);
});
