import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSampler, type Sampler } from '../../src/sampling/sampler.ts';
import type { PublicServiceView, View } from '../../src/sampling/view.ts';
import {
  EstimatedDirector,
  EstimatedObject,
  idle,
  type Load,
  lostError,
  steady,
} from './estimated-director.ts';
import { VirtualClock } from './virtual-clock.ts';

const web = 'tcp:203.0.113.10:80';
const dns = 'udp:203.0.113.10:53';

/** A sampler in a time of its own, and every view with the moment at which it came. */
class Bench {
  readonly clock = new VirtualClock();
  readonly director = new EstimatedDirector(() => this.clock.now());
  readonly views: { readonly time: number; readonly view: View }[] = [];
  readonly sampler: Sampler;

  constructor(interval = 1) {
    this.sampler = createSampler({ director: this.director, interval, clock: this.clock });
  }

  start(): void {
    this.sampler.start((view) => this.views.push({ time: this.clock.now(), view }));
  }

  get last(): View {
    return this.views.at(-1)!.view;
  }

  /** Times and shown connection rates of a service from a moment on. */
  rates(name: string, from = 0): { readonly time: number; readonly rate: number | null }[] {
    return this.views
      .filter(({ time }) => time >= from)
      .map(({ time, view }) => ({ time, rate: serviceOf(view, name)?.rates?.connections ?? null }));
  }
}

function serviceOf(view: View, name: string): PublicServiceView | undefined {
  return view.services.find(({ key }) => key === name);
}

/** A kernel whose objects all step together, or each at its own moment. */
function addSite(
  bench: Bench,
  loads: Record<string, Load>,
  steps: { readonly period: number; readonly phase: number; readonly isTogether: boolean },
): void {
  let object = 0;
  const make = (load: Load) => {
    object++;
    const phase = steps.isTogether ? steps.phase : (steps.phase + object * 730) % steps.period;
    return new EstimatedObject(load, { period: steps.period, phase });
  };
  for (const [name, load] of Object.entries(loads))
    bench.director.addServiceUnder(name, make(load), { '10.0.0.21:8080': make(load) });
}

/** First moment from which a condition holds for good. */
function sinceWhen<Shown extends { readonly time: number }>(
  shown: readonly Shown[],
  holds: (one: Shown) => boolean,
) {
  const lastWrong = shown.findLastIndex((one) => !holds(one));
  return shown[lastWrong + 1]?.time ?? Number.POSITIVE_INFINITY;
}

const kernels = fc.record({
  period: fc.integer({ min: 2000, max: 2060 }),
  phase: fc.integer({ min: 0, max: 2060 }),
});

describe('on a kernel whose objects step together', () => {
  test('a load that starts reads right within 4 s, and 0 within 4 s after its end', async () => {
    await fc.assert(
      fc.asyncProperty(
        kernels,
        fc.integer({ min: 0, max: 4000 }),
        fc.integer({ min: 0, max: 4000 }),
        async (kernel, offset, length) => {
          const bench = new Bench();
          const start = 30_000 + offset;
          const stop = start + 12_000 + length;
          addSite(
            bench,
            { [dns]: steady(40), [web]: steady(1000, start, stop) },
            { ...kernel, isTogether: true },
          );
          bench.start();
          await bench.clock.pass(stop + 10_000);
          bench.sampler.stop();
          const loaded = bench.rates(web, start).filter(({ time }) => time < stop);
          const right = sinceWhen(loaded, ({ rate }) => Math.abs(rate! - 1000) <= 50);
          // A load that starts just before a step is right one period later; 1.95 periods are the worst.
          expect(right - start).toBeLessThan(1.95 * kernel.period + 100);
          const still = sinceWhen(bench.rates(web, stop), ({ rate }) => rate === 0);
          expect(still - stop).toBeLessThan(2 * kernel.period + 100);
          expect(sinceWhen(bench.rates(dns, 8000), ({ rate }) => Math.abs(rate! - 40) <= 2)).toBeLessThan(
            10_000,
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  test('there are as many views as were asked for, one right after each step', async () => {
    for (const interval of [0.2, 0.5, 0.8, 1]) {
      const bench = new Bench(interval);
      addSite(bench, { [web]: steady(100) }, { period: 2016, phase: 300, isTogether: true });
      bench.start();
      await bench.clock.pass(100_000);
      bench.sampler.stop();
      const gap = 100_000 / bench.views.length / 1000;
      expect(gap / interval).toBeGreaterThan(0.96);
      expect(gap / interval).toBeLessThan(1.04);
      const times = bench.views.map(({ time }) => time);
      for (let step = 300 + 10 * 2016; step < 99_000; step += 2016) {
        const delay = times.find((time) => time >= step)! - step;
        expect(delay).toBeLessThan(80);
      }
    }
  });

  test('waiting for steps costs a few requests more a second', async () => {
    const bench = new Bench();
    addSite(bench, { [web]: steady(100) }, { period: 2016, phase: 300, isTogether: true });
    bench.start();
    await bench.clock.pass(60_000);
    const before = bench.director.requests;
    await bench.clock.pass(60_000);
    bench.sampler.stop();
    // A reading is information, services, and the real servers of one: three a second.
    expect((bench.director.requests - before) / 60).toBeLessThan(3 + 4);
  });

  test('a load after a long rest is seen at its first step', async () => {
    const bench = new Bench();
    const start = 120_000;
    addSite(
      bench,
      { [web]: (time) => steady(100, 0, 30_000)(time) + steady(100, start)(time) },
      { period: 2016, phase: 300, isTogether: true },
    );
    bench.start();
    await bench.clock.pass(130_000);
    bench.sampler.stop();
    const right = sinceWhen(bench.rates(web, start), ({ rate }) => Math.abs(rate! - 100) <= 5);
    expect(right - start).toBeLessThan(4100);
  });

  test('timers that come late do no harm', async () => {
    const bench = new Bench();
    let seed = 7;
    bench.clock.lateness = () => {
      seed = (seed * 16807) % 2147483647;
      return seed % 10 === 0 ? 60 : seed % 4;
    };
    addSite(bench, { [web]: steady(1000) }, { period: 2016, phase: 300, isTogether: true });
    bench.start();
    await bench.clock.pass(120_000);
    bench.sampler.stop();
    expect(sinceWhen(bench.rates(web), ({ rate }) => Math.abs((rate ?? 0) - 1000) <= 20)).toBeLessThan(
      15_000,
    );
  });
});

describe('on a kernel whose objects step each at its own moment', () => {
  test('a load reads right and stops as soon as readings allow, and nothing flickers', async () => {
    await fc.assert(
      fc.asyncProperty(kernels, fc.integer({ min: 0, max: 4000 }), async (kernel, offset) => {
        const bench = new Bench();
        const start = 30_000 + offset;
        const stop = start + 14_000;
        const loads = {
          [dns]: steady(400),
          [web]: steady(1000, start, stop),
          'tcp:203.0.113.11:80': steady(300),
        };
        addSite(bench, loads, { ...kernel, isTogether: false });
        bench.start();
        await bench.clock.pass(stop + 10_000);
        bench.sampler.stop();
        const loaded = bench.rates(web, start).filter(({ time }) => time < stop);
        expect(sinceWhen(loaded, ({ rate }) => Math.abs(rate! - 1000) <= 50) - start).toBeLessThan(
          2 * kernel.period + 1100,
        );
        const still = sinceWhen(bench.rates(web, stop), ({ rate }) => rate === 0);
        expect(still - stop).toBeLessThan(2 * kernel.period + 1100);
        expect(sinceWhen(bench.rates(dns, 3000), ({ rate }) => Math.abs(rate! - 400) <= 20)).toBeLessThan(
          6000,
        );
      }),
      { numRuns: 30 },
    );
  });

  test('readings come as asked for, and nobody waits for steps', async () => {
    const bench = new Bench();
    addSite(
      bench,
      { [web]: steady(100), [dns]: steady(100) },
      { period: 2016, phase: 300, isTogether: false },
    );
    bench.start();
    await bench.clock.pass(20_000);
    const { requests } = bench.director;
    const views = bench.views.length;
    await bench.clock.pass(30_000);
    bench.sampler.stop();
    expect(bench.views.length - views).toBe(30);
    // Information, services, and the real servers of two.
    expect(bench.director.requests - requests).toBe(30 * 4);
  });
});

describe('when the director is lost', () => {
  test('the view keeps its rows and says since when and why; it recovers by itself', async () => {
    const bench = new Bench();
    addSite(bench, { [web]: steady(100) }, { period: 2016, phase: 300, isTogether: true });
    bench.start();
    await bench.clock.pass(20_000);
    expect(bench.last.director.state).toEqual({ kind: 'live' });

    bench.director.error = lostError;
    await bench.clock.pass(1500);
    const first = bench.last.director.state;
    expect(first).toMatchObject({ kind: 'lost', error: lostError, since: expect.any(Number) });
    expect(bench.last.services.map(({ key }) => key)).toEqual([web]);
    expect(bench.last.director.info).toEqual({ version: '1.2.1', connectionTableSize: 4096 });
    const { tick } = bench.last;
    await bench.clock.pass(5000);
    expect(bench.last.tick).toBeGreaterThanOrEqual(tick + 4);
    expect(bench.last.director.state).toEqual(first);

    bench.director.error = undefined;
    await bench.clock.pass(5000);
    bench.sampler.stop();
    expect(bench.last.director.state).toEqual({ kind: 'live' });
    expect(serviceOf(bench.last, web)!.rates!.connections).toBeCloseTo(100, 0);
  });

  test('and its table is empty afterwards, so is the view', async () => {
    const bench = new Bench();
    addSite(bench, { [web]: steady(100) }, { period: 2016, phase: 300, isTogether: true });
    bench.start();
    await bench.clock.pass(20_000);
    bench.director.error = lostError;
    await bench.clock.pass(5000);
    bench.director.error = undefined;
    bench.director.services.clear();
    await bench.clock.pass(3000);
    bench.sampler.stop();
    expect(bench.last.director.state.kind).toBe('live');
    expect(bench.last.services).toEqual([]);
  });

  test('from the beginning, there is a view that says so', async () => {
    const bench = new Bench();
    bench.director.error = lostError;
    bench.start();
    await bench.clock.pass(100);
    expect(bench.last).toMatchObject({ services: [], director: { info: null, state: { kind: 'lost' } } });
    bench.sampler.stop();
  });
});

test('run_estimation=0 is told, and there are no rates', async () => {
  const bench = new Bench();
  addSite(bench, { [web]: steady(100) }, { period: 2016, phase: 300, isTogether: true });
  bench.start();
  await bench.clock.pass(10_000);
  bench.director.settings.set('run_estimation', '0');
  await bench.clock.pass(1500);
  bench.sampler.stop();
  expect(bench.last.director.state).toEqual({ kind: 'frozen-counters' });
  expect(serviceOf(bench.last, web)!.rates).toBeNull();
});

describe('the interval', () => {
  test('of views can be long while readings stay close enough to tell steps apart', async () => {
    const bench = new Bench(5);
    addSite(bench, { [web]: steady(100) }, { period: 2016, phase: 300, isTogether: true });
    bench.start();
    await bench.clock.pass(100_500);
    bench.sampler.stop();
    expect(bench.views.length).toBeGreaterThanOrEqual(19);
    expect(bench.views.length).toBeLessThanOrEqual(21);
    expect(bench.rates(web, 10_000).every(({ rate }) => Math.abs(rate! - 100) < 5)).toBe(true);
  });

  test('can be changed while it runs, and holds from then on', async () => {
    const bench = new Bench(5);
    addSite(bench, { [web]: idle }, { period: 2016, phase: 300, isTogether: true });
    bench.start();
    await bench.clock.pass(2000);
    bench.sampler.interval = 0.5;
    expect(bench.sampler.interval).toBe(0.5);
    const before = bench.views.length;
    await bench.clock.pass(10_000);
    bench.sampler.stop();
    expect(bench.views.length - before).toBeGreaterThanOrEqual(19);
    expect(bench.views.length - before).toBeLessThanOrEqual(21);
    expect(bench.last.interval).toBe(0.5);
  });
});

describe('starting and stopping', () => {
  test('a stopped sampler reads nothing and waits for nothing', async () => {
    const bench = new Bench();
    addSite(bench, { [web]: steady(100) }, { period: 2016, phase: 300, isTogether: true });
    bench.start();
    await bench.clock.pass(7300);
    bench.sampler.stop();
    const { requests } = bench.director;
    expect(bench.clock.waiting).toBe(0);
    await bench.clock.pass(5000);
    expect(bench.director.requests).toBe(requests);
  });

  test('it may be stopped by the one who takes its views', async () => {
    const bench = new Bench();
    bench.sampler.start(() => bench.sampler.stop());
    await bench.clock.pass(5000);
    expect(bench.clock.waiting).toBe(0);
  });

  test('started twice it reads once', async () => {
    const bench = new Bench();
    bench.start();
    bench.start();
    await bench.clock.pass(10_000);
    bench.sampler.stop();
    expect(bench.views.length).toBeLessThanOrEqual(12);
    expect(new Set(bench.views.map(({ view }) => view.tick)).size).toBe(bench.views.length);
  });

  test('a refresh shows what is there now, between two ticks', async () => {
    const bench = new Bench();
    bench.start();
    await bench.clock.pass(10_300);
    addSite(bench, { [web]: idle }, { period: 2016, phase: 300, isTogether: true });
    const view = await bench.sampler.refresh();
    expect(serviceOf(view, web)).toBeDefined();
    expect(bench.last).toBe(view);
    bench.sampler.stop();
  });

  test('a refresh works without a start', async () => {
    const bench = new Bench();
    addSite(bench, { [web]: idle }, { period: 2016, phase: 300, isTogether: true });
    expect(serviceOf(await bench.sampler.refresh(), web)).toBeDefined();
    expect(bench.views).toEqual([]);
  });
});
