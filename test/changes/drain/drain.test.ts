import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  beginDrain,
  type Drain,
  type DrainNumbers,
  type DrainOrder,
  type DrainReading,
  drainProgress,
  observeDrain,
} from '../../../src/changes/drain/drain.ts';
import { drainLine } from '../../../src/changes/drain/drain-line.ts';
import { drainObstacles, obstaclesAhead } from '../../../src/changes/drain/drain-obstacles.ts';
import { rampSteps } from '../../../src/changes/drain/ramp.ts';
import { parseService } from '../../../src/ipvs/identity.ts';
import { defaultServiceSettings } from '../../../src/ipvs/service.ts';
import { real, web } from '../table.ts';

const order: DrainOrder = {
  service: web,
  realServer: real('10.0.0.21:80'),
  formerWeight: 3,
  ending: 'leave',
  until: 'all',
  beganAt: 0,
  timeout: null,
};

function reading(time: number, numbers: Partial<DrainNumbers>, more: Partial<DrainReading> = {}) {
  return {
    time,
    weight: 0,
    numbers: { active: 0, inactive: 0, persistent: 0, ...numbers },
    connections: 0,
    persistentStillCome: false,
    ...more,
  };
}

function observed(readings: readonly DrainReading[], change: Partial<DrainOrder> = {}): Drain {
  return readings.reduce(
    (drain, next) => observeDrain(drain, next, next.time),
    beginDrain({ ...order, ...change }),
  );
}

describe('a drain', () => {
  test('tells an even emptying: half of it gone, its rate, and its end', () => {
    const drain = observed(
      Array.from({ length: 51 }, (_, second) => reading(second * 1000, { active: 100 - second })),
    );
    const { progress, rate, expectedEnd } = drainProgress(drain);
    expect(progress).toBe(0.5);
    expect(rate).toBeCloseTo(1);
    expect(expectedEnd).toBeCloseTo(100_000, -1);
    expect(drainLine(drain)).toBe(
      '10.0.0.21:80: 50 active, 0 inactive, 50 % gone, 1.0 a second, empty in about 50 s',
    );
  });

  test('tells no end before it has seen enough, nor while nothing ends', () => {
    expect(
      drainProgress(observed([reading(0, { active: 9 }), reading(1000, { active: 8 })])).expectedEnd,
    ).toBeNull();
    const still = observed(Array.from({ length: 60 }, (_, second) => reading(second * 1000, { active: 9 })));
    expect(drainProgress(still)).toMatchObject({ rate: 0, expectedEnd: null, progress: 0 });
  });

  test('tells a fast one in whole numbers, and clients that are held where there are some', () => {
    const emptying = (perSecond: number, persistent: number) =>
      drainLine(
        observed(
          Array.from({ length: 31 }, (_, second) =>
            reading(second * 1000, { active: 1000 - perSecond * second, persistent }),
          ),
        ),
      );
    expect(emptying(12, 1)).toContain('640 active, 0 inactive, 1 persistent, 36 % gone, 12 a second');
    expect(emptying(10, 0)).toContain('700 active, 0 inactive, 30 % gone, 10 a second');
    expect(emptying(9, 0)).toContain('27 % gone, 9.0 a second');
  });

  test('is empty by its criterion', () => {
    const closed = [reading(0, { active: 3, inactive: 5 }), reading(1000, { inactive: 8 })];
    expect(observed(closed).state).toBe('draining');
    expect(observed(closed, { until: 'active' }).state).toBe('draining');
    // A handshake that was under way would have become active by now.
    expect(observed([...closed, reading(4000, { inactive: 8 })], { until: 'active' }).state).toBe('empty');
    expect(observed([reading(0, { persistent: 2 })]).state).toBe('empty');
    expect(observed([reading(0, { persistent: 2 }, { persistentStillCome: true })]).state).toBe('draining');
  });

  test('ends at its time-out, and not before', () => {
    const timeout = { timeout: 5000 };
    expect(observed([reading(4999, { active: 1 })], timeout).state).toBe('draining');
    expect(observed([reading(5000, { active: 1 })], timeout).state).toBe('timed out');
    expect(observed([reading(5000, {})], timeout).state).toBe('empty');
  });

  test('believes another hand when two readings agree', () => {
    const raised = reading(1000, { active: 4 }, { weight: 2 });
    expect(observed([raised]).state).toBe('draining');
    expect(observed([raised, reading(2000, { active: 4 }), raised]).state).toBe('draining');
    expect(observed([raised, raised]).state).toBe('overtaken');
    const missed = observeDrain(beginDrain(order), null, 0);
    expect(missed.state).toBe('draining');
    expect(observeDrain(missed, null, 1000).state).toBe('gone');
  });

  test('keeps its bounds whatever the connections do', () => {
    const numbers = fc.record({
      active: fc.nat(100_000),
      inactive: fc.nat(100_000),
      persistent: fc.nat(1000),
    });
    const series = fc.array(fc.tuple(fc.integer({ min: 0, max: 60_000 }), numbers, fc.boolean()), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(series, fc.constantFrom('active' as const, 'all' as const), (steps, until) => {
        let time = 0;
        let drain = beginDrain({ ...order, until });
        for (const [gap, given, persistentStillCome] of steps) {
          time += gap;
          const next = reading(time, given, { persistentStillCome });
          const wasDraining = drain.state === 'draining';
          drain = observeDrain(drain, next, time);
          const { left, progress, rate, expectedEnd, elapsed } = drainProgress(drain);
          expect(progress).toBeGreaterThanOrEqual(0);
          expect(progress).toBeLessThanOrEqual(1);
          expect(Number.isFinite(rate) && rate >= 0).toBe(true);
          expect(elapsed).toBeGreaterThanOrEqual(0);
          if (expectedEnd !== null) expect(expectedEnd).toBeGreaterThanOrEqual(drain.latest?.time ?? 0);
          if (wasDraining && until === 'all') expect(drain.state === 'empty').toBe(left === 0);
          if (drain.state === 'empty') expect(left).toBe(0);
          expect(drain.greatest).toBeGreaterThanOrEqual(left);
        }
      }),
    );
  });

  test('empties in the time that it told, when it goes on evenly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 40, max: 5000 }), fc.integer({ min: 1, max: 20 }), (begin, perSecond) => {
        const left = (second: number) => Math.max(0, begin - perSecond * second);
        const drain = observed(
          Array.from({ length: 12 }, (_, second) => reading(second * 1000, { active: left(second) })),
        );
        if (drain.state === 'empty' || left(11) === 0) return;
        expect(drainProgress(drain).expectedEnd).toBeCloseTo((begin / perSecond) * 1000, 0);
      }),
    );
  });
});

describe('obstacles', () => {
  const surroundings = {
    service: { identity: web, ...defaultServiceSettings },
    persistentMoveOn: false,
    udpTimeout: 300,
  };

  test('are none for short connections over TCP', () => {
    expect(obstaclesAhead(surroundings)).toEqual([]);
  });

  test('name persistence only while it brings clients back', () => {
    const service = { ...surroundings.service, persistence: { timeout: 360, netmask: 0xffffffff } };
    expect(obstaclesAhead({ ...surroundings, service }).join()).toContain(
      'clients of the last 360 s, and those with a connection that is not forgotten yet, may still come',
    );
    expect(obstaclesAhead({ ...surroundings, service, persistentMoveOn: true })).toEqual([]);
  });

  test('name the time-out of UDP, but not under one-packet scheduling', () => {
    const service = { ...surroundings.service, identity: parseService('udp:203.0.113.10:53') };
    expect(obstaclesAhead({ ...surroundings, service }).join()).toContain('no packet came for 300 s');
    expect(obstaclesAhead({ ...surroundings, service: { ...service, onePacket: true } })).toEqual([]);
  });

  test('name long sessions, and closed connections that linger', () => {
    const long = observed([reading(0, { active: 2 }), reading(31_000, { active: 2 })]);
    expect(drainObstacles(long, surroundings)).toEqual([
      'no active connection has ended for 31 s: 2 long sessions, or their end was not seen here',
    ]);
    const fresh = observed([reading(0, { active: 2 }), reading(5000, { active: 2 })]);
    expect(drainObstacles(fresh, surroundings)).toEqual([]);
    const idle = observed([reading(0, { inactive: 3 }), reading(60_000, { inactive: 3 })], {
      until: 'active',
    });
    expect(drainObstacles(idle, surroundings)).toEqual([]);
    const closed = observed([reading(0, { active: 1 }), reading(1000, { inactive: 1 })]);
    expect(drainObstacles(closed, surroundings).join()).toContain('1 connection is closed');
  });
});

describe('a ramp', () => {
  test('goes up in even steps, the first at once', () => {
    expect(rampSteps(0, 10, 5, 60_000)).toEqual([
      { weight: 2, at: 0 },
      { weight: 4, at: 15_000 },
      { weight: 6, at: 30_000 },
      { weight: 8, at: 45_000 },
      { weight: 10, at: 60_000 },
    ]);
  });

  test('always moves on towards its end, within its time', () => {
    const weight = fc.integer({ min: 0, max: 65_535 });
    fc.assert(
      fc.property(
        weight,
        weight,
        fc.integer({ min: 1, max: 50 }),
        fc.nat(600_000),
        (from, to, steps, time) => {
          const ramp = rampSteps(from, to, steps, time);
          expect(ramp.length).toBe(Math.min(steps, Math.abs(to - from)));
          expect(ramp.at(-1)?.weight ?? from).toBe(to);
          const weights = [from, ...ramp.map((step) => step.weight)];
          for (const [index, step] of ramp.entries()) {
            expect(Math.sign(step.weight - (weights[index] ?? 0))).toBe(Math.sign(to - from));
            expect(step.at).toBeGreaterThanOrEqual(ramp[index - 1]?.at ?? 0);
            expect(step.at).toBeLessThanOrEqual(time);
          }
        },
      ),
    );
  });
});
