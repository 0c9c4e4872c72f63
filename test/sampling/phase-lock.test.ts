import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { likelyPeriod, PhaseLock } from '../../src/sampling/phase-lock.ts';
import type { Span } from '../../src/system/span.ts';

const at = (time: number): Span => ({ from: time, to: time });

/** Looks from `from` on until the step is seen, and tells the lock of it. */
function watch(lock: PhaseLock, stepTime: number, from: number, every: number): number {
  let before = from;
  for (let look = from; ; look += every) {
    if (look >= stepTime) {
      lock.observe({ from: before, to: look });
      return look;
    }
    before = look;
  }
}

/** A lock that has seen steps at `phase`, `phase + period`, … to within 10 ms. */
function lockedTo(period: number, phase = 1000, steps = 6): { lock: PhaseLock; last: number } {
  const lock = new PhaseLock();
  for (let index = 0; index < steps; index++) {
    const step = phase + index * period;
    watch(lock, step, step - 5, 10);
  }
  return { lock, last: phase + (steps - 1) * period };
}

/** Lets readings agree until the lock is sure that all objects step together. */
function agree(lock: PhaseLock, time: number): void {
  for (let reading = 0; reading < 3; reading++) lock.judge(time, 5, 0);
}

describe('a lock that knows nothing', () => {
  test('foretells nothing and has the nominal period', () => {
    const lock = new PhaseLock();
    expect(lock.next(0)).toBeUndefined();
    expect(lock.stepsBetween(at(0), at(10_000))).toBeUndefined();
    expect(lock.isStranger(at(0), at(100))).toBe(false);
    expect(lock.period).toBe(2);
  });
});

test.each([
  ['6.1.176', 2030],
  ['5.15.0-100-generic', 2030],
  ['4.18.0', 2030],
  ['6.2.0', 2000],
  ['6.12.9+deb13-amd64', 2000],
  ['7.2.0', 2000],
])('Linux %s is likely to step every %i ms', (release, milliseconds) => {
  expect(likelyPeriod(release)).toBe(milliseconds);
  expect(new PhaseLock(likelyPeriod(release)).period).toBe(milliseconds / 1000);
});

describe('after steps were seen', () => {
  test('the next one is foretold', () => {
    const { lock, last } = lockedTo(2016);
    const next = lock.next(last + 50);
    expect(next!.from).toBeLessThanOrEqual(last + 2016);
    expect(next!.to).toBeGreaterThanOrEqual(last + 2016);
    expect(next!.to - next!.from).toBeLessThan(60);
  });

  test('so are later ones that nobody watched, less and less closely, until it is not worth waiting', () => {
    const { lock, last } = lockedTo(2016, 1000, 16);
    const next = lock.next(last + 9 * 2016 + 50);
    expect(next!.from).toBeLessThanOrEqual(last + 10 * 2016);
    expect(next!.to).toBeGreaterThanOrEqual(last + 10 * 2016);
    expect(lock.next(last + 100_000_000)).toBeUndefined();
  });

  test('one reading a second is enough to know where to look', () => {
    const lock = new PhaseLock();
    lock.observe({ from: 0, to: 1000 });
    const next = lock.next(1000);
    expect(next!.from).toBeLessThanOrEqual(1950);
    expect(next!.to).toBeGreaterThanOrEqual(3060);
  });

  test('the period is learned to within 5 ms', () => {
    for (const period of [2000, 2016, 2048, 2080, 2133]) {
      expect(lockedTo(period, 1000, 16).lock.period * 1000).toBeCloseTo(period, -1);
      expect(Math.abs(lockedTo(period, 1000, 16).lock.period * 1000 - period)).toBeLessThan(5);
    }
  });

  test('a step where none was expected begins everything anew', () => {
    const { lock, last } = lockedTo(2016);
    agree(lock, last + 50);
    expect(lock.stepsBetween(at(last - 500), at(last + 500))).toBe(1);
    lock.observe(at(last + 700));
    expect(lock.stepsBetween(at(last - 500), at(last + 500))).toBeUndefined();
    lock.observe({ from: last + 650, to: last + 700 });
    expect(lock.next(last + 800)!.to).toBeGreaterThan(last + 700 + 2000);
  });
});

describe('steps between two readings', () => {
  test('are told only when readings have agreed that all objects step together', () => {
    const { lock, last } = lockedTo(2016);
    expect(lock.stepsBetween(at(last + 100), at(last + 2100))).toBeUndefined();
    agree(lock, last + 50);
    expect(lock.stepsBetween(at(last + 100), at(last + 2200))).toBe(1);
    expect(lock.stepsBetween(at(last + 100), at(last + 1900))).toBe(0);
    expect(lock.stepsBetween(at(last - 2100), at(last + 1000))).toBe(2);
    expect(lock.stepsBetween(at(last + 100), at(last + 6200))).toBe(3);
  });

  test('are not told where a step may lie within a reading', () => {
    const { lock, last } = lockedTo(2016);
    agree(lock, last + 50);
    expect(lock.stepsBetween(at(last + 100), at(last + 2016))).toBeUndefined();
    expect(lock.stepsBetween(at(last + 100), { from: last + 1900, to: last + 2200 })).toBeUndefined();
    expect(lock.stepsBetween({ from: last - 100, to: last + 100 }, at(last + 1500))).toBeUndefined();
  });

  test('are not told of the time before the first', () => {
    const { lock, last } = lockedTo(2016, 1000, 6);
    agree(lock, last + 50);
    expect(lock.stepsBetween(at(-5000), at(last + 500))).toBeUndefined();
  });

  test('take the kernel so long as its objects are many', () => {
    const { lock, last } = lockedTo(2016);
    agree(lock, last + 50);
    lock.spread = 200;
    expect(lock.stepsBetween(at(last - 500), at(last + 100))).toBeUndefined();
    expect(lock.stepsBetween(at(last - 500), at(last + 300))).toBe(1);
  });
});

describe('where objects have phases of their own', () => {
  test('one that moves where no step is due is a stranger', () => {
    const { lock, last } = lockedTo(2016);
    expect(lock.isStranger(at(last + 100), at(last + 1100))).toBe(true);
    expect(lock.isStranger(at(last + 100), at(last + 2100))).toBe(false);
  });

  test('strangers in three readings end it for a minute', () => {
    const { lock, last } = lockedTo(2016);
    agree(lock, last + 50);
    lock.judge(last + 1100, 10, 6);
    expect(lock.stepsBetween(at(last - 500), at(last + 500))).toBeUndefined();
    expect(lock.next(last + 1100)).toBeDefined();
    lock.judge(last + 1200, 10, 4);
    lock.judge(last + 1300, 10, 4);
    expect(lock.next(last + 1300)).toBeUndefined();
    expect(lock.next(last + 30_000)).toBeUndefined();
    expect(lock.isStranger(at(last + 1300), at(last + 1400))).toBe(false);
  });

  test('after the minute one stranger is enough to end it again', () => {
    const { lock, last } = lockedTo(2016);
    for (const time of [1100, 1200, 1300]) lock.judge(last + time, 10, 5);
    const later = last + 31 * 2016;
    watch(lock, later, later - 300, 50);
    for (let index = 1; index < 4; index++) watch(lock, later + index * 2016, later + index * 2016 - 5, 10);
    expect(lock.next(later + 3 * 2016 + 100)).toBeDefined();
    lock.judge(later + 3 * 2016 + 100, 10, 5);
    expect(lock.next(later + 3 * 2016 + 200)).toBeUndefined();
  });

  test('one object alone is no proof of anything', () => {
    const { lock, last } = lockedTo(2016);
    for (let reading = 0; reading < 10; reading++) lock.judge(last + 100, 1, 0);
    expect(lock.stepsBetween(at(last - 500), at(last + 500))).toBeUndefined();
  });
});

describe('whatever period, phase and jitter the steps have', () => {
  const course = fc.record({
    period: fc.integer({ min: 2000, max: 2133 }),
    phase: fc.integer({ min: 0, max: 2000 }),
    // A timer comes late by a little, and the next one is set from there or from where it should have been.
    jitter: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 40, maxLength: 40 }),
    isSetAnew: fc.boolean(),
    first: fc.integer({ min: 200, max: 1000 }),
  });

  interface Course {
    readonly period: number;
    readonly phase: number;
    readonly jitter: readonly number[];
    readonly isSetAnew: boolean;
    readonly first: number;
  }

  function stepsOf({ period, phase, jitter, isSetAnew }: Course): number[] {
    let late = 0;
    return jitter.map((own, index) => {
      late = isSetAnew ? late + own : own;
      return phase + index * period + late;
    });
  }

  /** Steps seen as the sampler sees them: a second's reading at first, then looks in the window foretold. */
  function follow(course: Course) {
    const { first } = course;
    const lock = new PhaseLock();
    const delays: number[] = [];
    let looks = 0;
    let time = 0;
    for (const step of stepsOf(course)) {
      const window = lock.next(time);
      if (window === undefined) {
        const look = Math.ceil((step + 1) / first) * first;
        lock.observe({ from: look - first, to: look });
        time = look;
        continue;
      }
      const every = Math.min(50, Math.max(10, (window.to - window.from) / 16));
      let before = time;
      let look = Math.max(time, window.from);
      for (; look < step; look += every) {
        before = look;
        looks++;
      }
      lock.observe({ from: before, to: look });
      time = look;
      delays.push(look - step);
    }
    return { lock, delays, looks };
  }

  test('every step after the first few is seen within 60 ms, with a handful of looks each', () => {
    fc.assert(
      fc.property(course, (own) => {
        const { delays, looks, lock } = follow(own);
        expect(delays.length).toBeGreaterThanOrEqual(38);
        for (const delay of delays.slice(3)) expect(delay).toBeLessThanOrEqual(60);
        expect(looks / delays.length).toBeLessThan(8);
        const steps = stepsOf(own);
        const period = (steps.at(-1)! - steps.at(-16)!) / 15;
        expect(Math.abs(lock.period * 1000 - period)).toBeLessThan(8);
      }),
    );
  });

  test('no step is counted that was none, and none is missed', () => {
    const reading = fc.integer({ min: 0, max: 12_000 });
    fc.assert(
      fc.property(course, reading, reading, (own, one, other) => {
        const { lock } = follow(own);
        const steps = stepsOf(own);
        const start = steps.at(-4)! - 100;
        agree(lock, steps.at(-1)! + 100);
        const [earlier, later] = [start + Math.min(one, other), start + Math.max(one, other)] as const;
        const counted = lock.stepsBetween(at(earlier), at(later));
        const late = own.isSetAnew ? 3 : 0;
        const beyond = Array.from(
          { length: 10 },
          (_, index) => steps.at(-1)! + (index + 1) * (own.period + late),
        );
        const real = [...steps, ...beyond].filter((step) => step > earlier && step <= later).length;
        if (counted !== undefined) expect(counted).toBe(real);
      }),
    );
  });
});
