import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Counters, zeroCounters, zeroRates } from '../../src/ipvs/counters.ts';
import { type Estimator, RateMeter, type Sample } from '../../src/sampling/rate-meter.ts';
import type { Span } from '../../src/system/span.ts';
import { EstimatedObject, idle, ratesOf, steady } from './estimated-director.ts';

const period = 2.016;
/** Nothing is known of the steps but how far they are apart. */
const unknown: Estimator = { period, stepsBetween: () => undefined };
const known = (steps: number): Estimator => ({ period, stepsBetween: () => steps });

const at = (time: number): Span => ({ from: time, to: time });

/** Reads an object at these moments and gives the rates after each. */
function read(object: EstimatedObject, times: readonly number[], estimator = unknown) {
  const meter = new RateMeter();
  let before: Span | undefined;
  return times.map((time) => {
    meter.read(object.read(time), at(time), before, estimator);
    before = at(time);
    return meter.rates;
  });
}

function sample(connections: number, change: Partial<Counters> = {}): Sample {
  return { counters: { ...zeroCounters, connections, ...change }, kernelRates: zeroRates };
}

describe('a meter', () => {
  test('tells the rate of a load that was there before it at the first step that it sees', () => {
    const object = new EstimatedObject(steady(100), { period: 2016, phase: 500 });
    const [first, still, step] = read(object, [9000, 9500, 10_700]);
    expect(first).toBeNull();
    expect(still).toBeNull();
    expect(step!.connections).toBeCloseTo(100, 0);
  });

  test('waits for a whole period where the object is new', () => {
    const object = new EstimatedObject(steady(100, 1800), { period: 2016, phase: 2000 }, 1800);
    expect(read(object, [1900, 2100]).at(-1)).toBeNull();
    expect(read(object, [1900, 2100, 3100, 4100]).at(-1)!.connections).toBeCloseTo(100, 0);
  });

  test('tells nothing of an idle object before a period has passed, and then that it carries nothing', () => {
    const object = new EstimatedObject(idle, { period: 2016, phase: 0 });
    expect(read(object, [100, 1100, 2100, 3100])).toEqual([null, null, null, zeroRates]);
  });

  test('shows the part of a period that a load has taken at the first step, and the whole at the next', () => {
    const object = new EstimatedObject(steady(100, 5000), { period: 2016, phase: 0 });
    const shown = read(object, [1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000]);
    expect(shown.slice(4, 6)).toEqual([zeroRates, zeroRates]);
    // Steps at 6048 and 8064.
    expect(shown[6]!.connections).toBeCloseTo((100 * 1048) / 2016, 0);
    expect(shown[7]!.connections).toBe(shown[6]!.connections);
    expect(shown[8]!.connections).toBeCloseTo(100, 0);
  });

  test('reads counters beyond 2^53', () => {
    const meter = new RateMeter();
    const huge = 2n ** 60n;
    meter.read(sample(1, { inBytes: huge }), at(0), undefined, unknown);
    meter.read(sample(2, { inBytes: huge + 2016n }), at(1000), at(0), unknown);
    expect(meter.rates!.inBytes).toBeCloseTo(1000, 6);
  });

  test('divides what moved in a long gap among the steps in it', () => {
    const object = new EstimatedObject(steady(100), { period: 2016, phase: 0 });
    const [, step, afterGap] = read(object, [2100, 4100, 14_200]);
    expect(step!.connections).toBeCloseTo(100, 0);
    expect(afterGap!.connections).toBeCloseTo(100, 0);
  });

  test('keeps its rates between steps, however often it reads', () => {
    const object = new EstimatedObject(steady(100), { period: 2016, phase: 0 });
    const shown = read(object, [1000, ...Array.from({ length: 19 }, (_, index) => 2100 + index * 100)]);
    expect(new Set(shown.slice(1))).toHaveProperty('size', 1);
  });
});

describe('where the steps are known', () => {
  test('an object that did not move in one carries nothing, at once', () => {
    const meter = new RateMeter();
    meter.read(sample(100), at(0), undefined, unknown);
    meter.read(sample(200), at(1000), at(0), known(1));
    expect(meter.rates!.connections).toBeCloseTo(100 / period, 6);
    meter.read(sample(200), at(2000), at(1000), known(0));
    expect(meter.rates!.connections).toBeCloseTo(100 / period, 6);
    meter.read(sample(200), at(3000), at(2000), known(1));
    expect(meter.rates).toEqual(zeroRates);
  });

  test('what moved in several is divided among them', () => {
    const meter = new RateMeter();
    meter.read(sample(100), at(0), undefined, unknown);
    meter.read(sample(400), at(6000), at(0), known(3));
    expect(meter.rates!.connections).toBeCloseTo(100 / period, 6);
  });
});

describe('when counters are zeroed', () => {
  test('there is no rate until the next step, and then the right one', () => {
    const object = new EstimatedObject(steady(100), { period: 2016, phase: 0 });
    const meter = new RateMeter();
    let before: Span | undefined;
    const readAt = (time: number) => {
      const movement = meter.read(object.read(time), at(time), before, unknown);
      before = at(time);
      return movement;
    };
    readAt(2100);
    readAt(4100);
    object.zero(4500);
    expect(readAt(5000)).toBe('restart');
    expect(meter.rates).toBeNull();
    expect(readAt(6100)).toBe('step');
    expect(meter.rates!.connections).toBeCloseTo(100, 0);
  });
});

describe('when counters were frozen', () => {
  test('the jump at the thaw is not taken for a rate', () => {
    const meter = new RateMeter();
    meter.read(sample(100), at(0), undefined, unknown);
    meter.read(sample(200), at(1000), at(0), unknown);
    meter.freeze();
    expect(meter.rates).toBeNull();
    meter.read(sample(200), at(100_000), at(99_000), unknown);
    meter.read(sample(900_000), at(101_000), at(100_000), unknown);
    expect(meter.rates).toBeNull();
    meter.read(sample(900_000 + 100), at(103_000), at(102_000), unknown);
    expect(meter.rates!.connections).toBeCloseTo(100 / period, 6);
  });
});

describe('whatever the estimator’s phase and period', () => {
  const schedule = fc.record({
    stepPeriod: fc.integer({ min: 2000, max: 2060 }),
    phase: fc.integer({ min: 0, max: 2060 }),
    interval: fc.integer({ min: 200, max: 1000 }),
    jitter: fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 60, maxLength: 60 }),
    rate: fc.integer({ min: 50, max: 100_000 }),
  });

  function times(
    { interval, jitter }: { interval: number; jitter: readonly number[] },
    until: number,
  ): number[] {
    const all: number[] = [];
    for (let index = 0; index * interval < until; index++)
      all.push(100 + index * interval + (jitter[index % jitter.length] ?? 0));
    return all;
  }

  test('a steady load reads within 5 % once two full periods have passed, and stays so', () => {
    fc.assert(
      fc.property(schedule, (own) => {
        const start = 5000;
        const steps = { period: own.stepPeriod, phase: own.phase };
        const all = times(own, 20_000);
        const rates = read(new EstimatedObject(steady(own.rate, start), steps), all);
        const due = start + 2 * own.stepPeriod + own.interval + 80;
        for (const [index, time] of all.entries()) {
          const shown = rates[index]?.connections;
          if (shown !== undefined) expect(shown).toBeGreaterThanOrEqual(0);
          if (shown !== undefined) expect(shown).toBeLessThanOrEqual(own.rate * 1.05 + 1);
          if (time >= due) expect(shown).toBeGreaterThanOrEqual(own.rate * 0.95 - 1);
        }
      }),
    );
  });

  test('a load that stopped reads 0 from the first wholly idle step on', () => {
    fc.assert(
      fc.property(schedule, (own) => {
        const stop = 9000;
        const steps = { period: own.stepPeriod, phase: own.phase };
        const all = times(own, 25_000);
        const rates = read(new EstimatedObject(steady(own.rate, 0, stop), steps), all);
        const lastFull = own.phase + Math.ceil((stop - own.phase) / own.stepPeriod) * own.stepPeriod;
        const firstIdle = lastFull + own.stepPeriod;
        for (const [index, time] of all.entries()) {
          if (time >= firstIdle) expect(rates[index]).toEqual(ratesOf(0));
        }
      }),
    );
  });

  test('no rate is negative or out of proportion when counters are zeroed or begin anew', () => {
    fc.assert(
      fc.property(schedule, fc.integer({ min: 3000, max: 15_000 }), fc.boolean(), (own, when, isReplaced) => {
        const steps = { period: own.stepPeriod, phase: own.phase };
        let object = new EstimatedObject(steady(own.rate), steps);
        const meter = new RateMeter();
        let before: Span | undefined;
        let isDone = false;
        for (const time of times(own, 25_000)) {
          if (time >= when && !isDone) {
            if (isReplaced) object = new EstimatedObject(steady(own.rate), steps, when);
            else object.zero(when);
            isDone = true;
          }
          meter.read(object.read(time), at(time), before, unknown);
          before = at(time);
          if (meter.rates === null) continue;
          expect(meter.rates.connections).toBeGreaterThanOrEqual(0);
          expect(meter.rates.connections).toBeLessThanOrEqual(own.rate * 1.05 + 1);
        }
      }),
    );
  });
});
