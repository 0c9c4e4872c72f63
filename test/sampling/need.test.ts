/** Which real servers are read when: what is needed each time, the others in turn within the budget. */

import { expect, test } from 'vitest';
import { everything } from '../../src/sampling/need.ts';
import { createSampler, type Sampler } from '../../src/sampling/sampler.ts';
import type { PublicServiceView, View } from '../../src/sampling/view.ts';
import { serviceKey } from '../ipvs/keys.ts';
import { EstimatedDirector, EstimatedObject, steady } from './estimated-director.ts';
import { VirtualClock } from './virtual-clock.ts';

const rate = 40;
const serviceCount = 600;
const period = 2016;
const nameOf = (index: number) => serviceKey(`tcp:10.1.${index >> 8}.${index & 255}:80`);
/** Milliseconds that the real servers of one service take to be read: all of them 600, and the budget is 10. */
const cost = 1;

/** A sampler of many services, each under the same load, whose reading takes time. */
class Bench {
  readonly clock = new VirtualClock();
  readonly director = new EstimatedDirector(() => this.clock.now());
  readonly sampler: Sampler;
  readonly views: View[] = [];
  /** Services whose real servers were read, since `asked` was emptied. */
  asked: string[] = [];

  /** Objects step all together, or each at a moment of its own. */
  constructor(services = serviceCount, isTogether = true) {
    let made = 0;
    const phaseOf = (number: number) => (isTogether ? 300 : (number * 137) % period);
    const object = () => new EstimatedObject(steady(rate), { period, phase: phaseOf(made++) });
    for (let index = 0; index < services; index++)
      this.director.addServiceUnder(nameOf(index), object(), { '10.0.0.21:8080': object() });
    this.director.onRealServers = (name) => {
      this.asked.push(name);
      this.clock.spend(cost);
    };
    this.sampler = createSampler({ director: this.director, interval: 1, clock: this.clock });
  }

  start(...needed: readonly number[]): void {
    this.need(...needed);
    this.sampler.start((view) => this.views.push(view));
  }

  need(...needed: readonly number[]): void {
    this.sampler.need = { kind: 'services', keys: new Set(needed.map(nameOf)) };
  }

  get last(): View {
    return this.views.at(-1)!;
  }

  service(index: number, view = this.last): PublicServiceView {
    return view.services.find(({ key }) => key === nameOf(index))!;
  }
}

test('what is needed is never older than the interval; the others have their turn within the budget', async () => {
  const bench = new Bench();
  bench.start(3, 500);
  await bench.clock.pass(5000);
  bench.asked = [];
  const before = bench.views.length;
  await bench.clock.pass(20_000);
  bench.sampler.stop();
  const shown = bench.views.slice(before);
  expect(shown.length).toBeGreaterThanOrEqual(19);
  for (const view of shown) {
    expect([bench.service(3, view), bench.service(500, view)].map((own) => own.realServersTime)).toEqual([
      null,
      null,
    ]);
    expect(view.totals.oldest).not.toBeNull();
    expect(view.services).toHaveLength(serviceCount);
  }
  // The clock is looked at after so many rows only, so a reading may take somewhat more.
  expect(bench.asked.length / shown.length).toBeLessThan(60);
  // And nobody is forgotten.
  expect(new Set(bench.asked).size).toBe(serviceCount);
});

test('a table that fits into the budget is read whole each time', async () => {
  const bench = new Bench(8);
  bench.start(0);
  await bench.clock.pass(10_000);
  bench.sampler.stop();
  for (const { totals } of bench.views) expect(totals.oldest).toBeNull();
});

test('by default everything is needed', async () => {
  const bench = new Bench();
  expect(bench.sampler.need).toBe(everything);
  bench.sampler.start((view) => bench.views.push(view));
  await bench.clock.pass(10_000);
  bench.sampler.stop();
  for (const { totals } of bench.views) expect(totals.oldest).toBeNull();
});

test('what has come into view is read at once, and nothing else is', async () => {
  const bench = new Bench();
  bench.start(0);
  await bench.clock.pass(10_500);
  const old = bench.last.services.filter(({ realServersTime }) => realServersTime !== null);
  const wanted = [...bench.last.services.keys()]
    .filter((index) => old.includes(bench.service(index)))
    .slice(0, 3);
  const views = bench.views.length;
  bench.asked = [];
  bench.need(...wanted);
  await bench.clock.pass(50);
  expect(bench.views.length).toBe(views + 1);
  expect(bench.asked.toSorted()).toEqual(wanted.map(nameOf).toSorted());
  for (const index of wanted) expect(bench.service(index).realServersTime).toBeNull();
  // What was read at the tick is still as new as it says.
  expect(bench.service(0).realServersTime).toBeNull();
  bench.sampler.stop();
});

test('a view that moves on quickly is followed ten times a second', async () => {
  const bench = new Bench();
  bench.start(0);
  await bench.clock.pass(10_050);
  const views = bench.views.length;
  for (let step = 1; step <= 40; step++) {
    bench.need(step * 10, step * 10 + 1);
    await bench.clock.pass(20);
  }
  await bench.clock.pass(100);
  expect(bench.views.length - views).toBeLessThanOrEqual(11);
  expect(bench.service(400).realServersTime).toBeNull();
  bench.sampler.stop();
  expect(bench.clock.waiting).toBe(0);
});

test('rates and trends of what is read in turn are true means of the time in between', async () => {
  const bench = new Bench();
  bench.start(0);
  await bench.clock.pass(150_000);
  bench.sampler.stop();
  for (const { realServers } of bench.last.services) {
    expect(realServers[0]!.rates!.connections).toBeCloseTo(rate, -0.5);
    const trend = [...realServers[0]!.trend];
    expect(trend.length).toBeGreaterThan(40);
    // Before the steps are known for certain there may be one more or less between two readings, of nine.
    for (const reading of trend) expect(Math.abs(reading - rate)).toBeLessThan(rate * 0.15);
    const mean = trend.reduce((sum, reading) => sum + reading, 0) / trend.length;
    expect(Math.abs(mean - rate)).toBeLessThan(rate * 0.03);
  }
});

test('where each object steps at its own moment, nothing that scrolls by is taken for standing still', async () => {
  const bench = new Bench(serviceCount, false);
  bench.start(0);
  for (let step = 0; step < 60; step++) {
    await bench.clock.pass(step % 3 === 0 ? 700 : 130);
    bench.need(...Array.from({ length: 8 }, (_, index) => (step * 8 + index) % serviceCount));
  }
  bench.sampler.stop();
  for (const { services } of bench.views.slice(8)) {
    for (const { realServers } of services) expect(realServers[0]!.rates?.connections).not.toBe(0);
  }
});

test('a refresh reads what it is told of, whether it is in view or not', async () => {
  const bench = new Bench();
  bench.start(0);
  await bench.clock.pass(10_500);
  const far = bench.last.services.findIndex(({ realServersTime }) => realServersTime !== null);
  const { key } = bench.last.services[far]!;
  const view = await bench.sampler.refresh([key]);
  expect(view.services[far]!.realServersTime).toBeNull();
  bench.sampler.stop();
});

test('a service that is new comes with its real servers', async () => {
  const bench = new Bench();
  bench.start(0);
  await bench.clock.pass(10_500);
  const object = () => new EstimatedObject(steady(rate), { period, phase: 300 }, bench.clock.now());
  bench.director.addServiceUnder('tcp:192.0.2.1:80', object(), { '10.0.0.21:8080': object() });
  await bench.clock.pass(1100);
  const added = bench.last.services.find(({ key }) => key === 'tcp:192.0.2.1:80')!;
  expect(added.realServers).toHaveLength(1);
  bench.sampler.stop();
});

test('counters held still leave nothing with a rate, in view or not', async () => {
  const bench = new Bench();
  bench.start(0);
  await bench.clock.pass(10_500);
  bench.director.settings.set('run_estimation', '0');
  await bench.clock.pass(1100);
  for (const { rates, realServers } of bench.last.services) {
    expect(rates).toBeNull();
    expect(realServers[0]!.rates).toBeNull();
  }
  bench.sampler.stop();
});
