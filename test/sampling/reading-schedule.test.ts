import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ReadingSchedule } from '../../src/sampling/reading-schedule.ts';

test('without a step in sight readings come as asked for', () => {
  const schedule = new ReadingSchedule(700);
  expect(schedule.after(1000, undefined)).toEqual({ at: 1700, step: undefined });
});

test('the reading next to a step waits for it', () => {
  const schedule = new ReadingSchedule(1000);
  const step = { from: 2000, to: 2030 };
  expect(schedule.after(1000, step)).toEqual({ at: 2000, step });
});

test('the others lie evenly between', () => {
  const schedule = new ReadingSchedule(1000);
  expect(schedule.after(0, { from: 2000, to: 2016 })).toEqual({ at: 1008, step: undefined });
});

/** Times of readings when steps come every `period`, each seen at the end of its window. */
function readings(gap: number, period: number, until: number): number[] {
  const schedule = new ReadingSchedule(gap);
  const times: number[] = [];
  let time = 0;
  while (time < until) {
    times.push(time);
    const to = (Math.floor(time / period + 1e-9) + 1) * period;
    const next = schedule.after(time, { from: to - 20, to });
    time = next.step === undefined ? next.at : next.step.to;
  }
  return times;
}

describe('over many periods', () => {
  const course = fc.record({
    gap: fc.integer({ min: 200, max: 1000 }),
    period: fc.integer({ min: 2000, max: 2133 }),
  });

  test('as many readings come as were asked for', () => {
    fc.assert(
      fc.property(course, ({ gap, period }) => {
        const count = readings(gap, period, 60 * period).length;
        expect(count / ((60 * period) / gap)).toBeGreaterThan(0.97);
        expect(count / ((60 * period) / gap)).toBeLessThan(1.03);
      }),
    );
  });

  test('one comes with each step, and two are never a period apart', () => {
    fc.assert(
      fc.property(course, ({ gap, period }) => {
        const times = readings(gap, period, 60 * period);
        for (let step = 1; step < 60; step++)
          expect(times.some((time) => Math.abs(time - step * period) < 1)).toBe(true);
        for (const [index, time] of times.slice(1).entries())
          expect(time - (times[index] ?? 0)).toBeLessThan(1.5 * Math.max(gap, 800));
      }),
      { examples: [[{ gap: 800, period: 2000 }]] },
    );
  });
});
