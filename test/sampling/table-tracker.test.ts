import { describe, expect, test } from 'vitest';
import { zeroRates } from '../../src/ipvs/counters.ts';
import { PhaseLock } from '../../src/sampling/phase-lock.ts';
import { type Sweep, sweep } from '../../src/sampling/sweep.ts';
import { TableTracker, type TableView } from '../../src/sampling/table-tracker.ts';
import type { Pace } from '../../src/system/clock.ts';
import { allAtOnce } from '../../src/system/turns.ts';
import { realServerOf, serviceKey } from '../ipvs/keys.ts';
import { EstimatedDirector, EstimatedObject, idle, type Load, steady } from './estimated-director.ts';

/** A director that is read by hand, at moments chosen by the test. */
class Bench {
  readonly director = new EstimatedDirector(() => this.#now);
  readonly lock = new PhaseLock();
  readonly tracker = new TableTracker(this.lock);
  #now = 0;
  #sweep: Sweep | undefined;
  readonly #pace: Pace = {
    now: () => this.#now,
    turn: () => Promise.resolve(),
    slice: Number.POSITIVE_INFINITY,
  };

  object(load: Load, phase = 0, made = this.#now): EstimatedObject {
    return new EstimatedObject(load, { period: 2000, phase }, made);
  }

  async read(time: number, isFrozen = false): Promise<TableView> {
    this.#now = time;
    this.#sweep = await sweep(this.director, this.#pace, this.#sweep);
    return allAtOnce(this.tracker.take(this.#sweep, time, isFrozen));
  }

  /** Reads every second; gives the last view. */
  async readUntil(end: number): Promise<TableView> {
    let view = await this.read(this.#now + 1000);
    while (this.#now + 1000 <= end) view = await this.read(this.#now + 1000);
    return view;
  }
}

const web = serviceKey('tcp:203.0.113.10:80');

/** A service with two real servers that share its load three to one. */
function site(bench: Bench, rate = 120): void {
  bench.director.addServiceUnder(web, bench.object(steady(rate)), {
    '10.0.0.21:8080': bench.object(steady((rate * 3) / 4)),
    '10.0.0.22:8080': bench.object(steady(rate / 4)),
  });
}

describe('a table that is read again and again', () => {
  test('shows true rates, of real servers, services and all together', async () => {
    const bench = new Bench();
    site(bench);
    bench.director.addServiceUnder('udp:203.0.113.10:53', bench.object(steady(10)));
    const { services, totals } = await bench.readUntil(8000);
    const rates = services.map((service) => service.rates!.connections);
    expect(rates[0]).toBeCloseTo(10, 0);
    expect(rates[1]).toBeCloseTo(120, 0);
    expect(services[1]!.realServers.map(({ rates: own }) => Math.round(own!.connections))).toEqual([90, 30]);
    expect(totals.rates!.connections).toBeCloseTo(130, 0);
    expect(totals).toMatchObject({ services: 2, realServers: 2 });
  });

  test('shows services and real servers in order, whatever order they come in', async () => {
    const bench = new Bench();
    for (const name of ['fwm:7', 'tcp:203.0.113.10:80', 'tcp:[2001:db8::1]:80', 'udp:203.0.113.9:53']) {
      bench.director.addServiceUnder(name, bench.object(idle), {
        '10.0.0.100:80': bench.object(idle),
        '10.0.0.9:81': bench.object(idle),
        '10.0.0.9:80': bench.object(idle),
      });
    }
    const { services } = await bench.read(1000);
    expect(services.map(({ key }) => key)).toEqual([
      'udp:203.0.113.9:53',
      'tcp:203.0.113.10:80',
      'tcp:[2001:db8::1]:80',
      'fwm:7',
    ]);
    expect(services[3]!.realServers.map(({ key }) => key)).toEqual([
      'fwm:7 10.0.0.9:80',
      'fwm:7 10.0.0.9:81',
      'fwm:7 10.0.0.100:80',
    ]);
  });

  test('shows the share that each real server got beside what is due to it', async () => {
    const bench = new Bench();
    site(bench);
    const { services } = await bench.readUntil(20_000);
    const [more, less] = services[0]!.realServers;
    expect(more!.share).toBeCloseTo(0.75, 1);
    expect(less!.share).toBeCloseTo(0.25, 1);
    expect(more!.share! + less!.share!).toBeCloseTo(1, 9);
    expect([more!.due, less!.due]).toEqual([0.5, 0.5]);
  });

  test('has no shares where nothing came', async () => {
    const bench = new Bench();
    site(bench, 0);
    const { services } = await bench.readUntil(10_000);
    expect(services[0]!.realServers.map(({ share }) => share)).toEqual([null, null]);
    expect(services[0]!.rates).toEqual(zeroRates);
  });

  test('has one trend reading for each period, however often it is read', async () => {
    const bench = new Bench();
    site(bench);
    let view = await bench.read(0);
    for (let time = 200; time <= 20_000; time += 200) view = await bench.read(time);
    expect(view.services[0]!.trend.length).toBeGreaterThanOrEqual(8);
    expect(view.services[0]!.trend.length).toBeLessThanOrEqual(10);
  });

  test('has no totals of rates before any are known', async () => {
    const bench = new Bench();
    site(bench);
    expect((await bench.read(500)).totals.rates).toBeNull();
    expect((await new Bench().read(500)).totals.rates).toEqual(zeroRates);
  });

  test('has no totals of rates while that of one service is not known yet, unless it has carried nothing', async () => {
    const bench = new Bench();
    site(bench);
    await bench.readUntil(8000);
    bench.director.addServiceUnder('udp:203.0.113.10:53', bench.object(idle));
    expect((await bench.read(8500)).totals.rates!.connections).toBeCloseTo(120, 0);
    bench.director.addServiceUnder('tcp:203.0.113.10:443', bench.object(steady(50)));
    const shown: (number | null)[] = [];
    for (let time = 9000; time <= 14_000; time += 500) {
      const { rates } = (await bench.read(time)).totals;
      shown.push(rates && Math.round(rates.connections / 10) * 10);
    }
    expect([...new Set(shown)]).toEqual([120, null, 170]);
  });

  test('keeps the past of what stays and forgets what has left', async () => {
    const bench = new Bench();
    site(bench);
    await bench.readUntil(8000);
    const { services } = bench.director;
    const service = services.get(web)!;
    services.delete(web);
    expect((await bench.read(9000)).services).toEqual([]);
    expect(bench.tracker.history(web)).toBeNull();
    services.set(web, service);
    const again = await bench.read(10_000);
    expect(again.services[0]!.rates).toBeNull();
    expect(again.services[0]!.trend).toHaveLength(0);
    expect((await bench.readUntil(13_000)).services[0]!.rates!.connections).toBeCloseTo(120, 0);
  });

  test('keeps each real server’s own past when another one comes before it', async () => {
    const bench = new Bench();
    site(bench);
    await bench.readUntil(8000);
    const { realServers } = bench.director.services.get(web)!;
    const known = [...realServers];
    realServers.clear();
    realServers.set('10.0.0.5:8080', bench.object(idle));
    for (const [name, object] of known) realServers.set(name, object);
    const { services } = await bench.read(8500);
    expect(services[0]!.realServers.map(({ rates }) => rates && Math.round(rates.connections))).toEqual([
      null,
      90,
      30,
    ]);
  });
});

describe('what did not change', () => {
  test('is shown by the same objects: a service at rest as a whole', async () => {
    const bench = new Bench();
    site(bench, 0);
    await bench.readUntil(200_000);
    const before = await bench.read(200_400);
    const after = await bench.read(200_800);
    expect(after.services[0]).toBe(before.services[0]);
  });

  test('is shown by the same objects: real servers between two steps', async () => {
    const bench = new Bench();
    site(bench);
    await bench.readUntil(10_200);
    const before = await bench.read(10_400);
    const after = await bench.read(10_600);
    expect(after.services[0]!.realServers[0]).toBe(before.services[0]!.realServers[0]);
  });

  test('does not hold back a rate after a long rest', async () => {
    const bench = new Bench();
    bench.director.addServiceUnder(web, bench.object(steady(100, 300_000)));
    await bench.readUntil(300_000);
    const view = await bench.readUntil(306_000);
    expect(view.services[0]!.rates!.connections).toBeCloseTo(100, 0);
  });
});

describe('while the kernel holds its counters', () => {
  test('there are no rates and no shares, and afterwards no jump', async () => {
    const bench = new Bench();
    site(bench);
    await bench.readUntil(10_000);
    let view = await bench.read(11_000, true);
    expect(view.services[0]!.rates).toBeNull();
    expect(view.services[0]!.realServers.map(({ rates, share }) => rates ?? share)).toEqual([null, null]);
    view = await bench.readUntil(16_000);
    expect(view.services[0]!.rates!.connections).toBeCloseTo(120, 0);
  });
});

describe('the phase lock', () => {
  /** Reads around steps that are known to the lock, as the sampler does. */
  async function readLocked(phaseOfOne: number) {
    const bench = new Bench();
    bench.director.addServiceUnder(web, bench.object(steady(100)), {
      '10.0.0.21:8080': bench.object(steady(50), phaseOfOne),
      '10.0.0.22:8080': bench.object(steady(50)),
    });
    for (let step = 2; step < 12; step++) {
      bench.lock.observe({ from: step * 2000 - 5, to: step * 2000 + 5 });
      await bench.read(step * 2000 + 10);
      await bench.read(step * 2000 + 1000);
    }
    return bench.lock;
  }

  test('is told that all objects step together', async () => {
    const lock = await readLocked(0);
    const at = (time: number) => ({ from: time, to: time });
    expect(lock.stepsBetween(at(9 * 2000 + 20), at(10 * 2000 + 20))).toBe(1);
  });

  test('is told that one does not', async () => {
    const lock = await readLocked(500);
    expect(lock.next(11 * 2000 + 1000)).toBeUndefined();
  });
});

test('what rows carried is had by the keys of the view', async () => {
  const bench = new Bench();
  site(bench);
  const { services } = await bench.readUntil(10_000);
  for (const { key, rates } of [services[0]!, services[0]!.realServers[1]!])
    expect([...bench.tracker.traffic(key)].at(-1)).toBeCloseTo(rates!.inBytes + rates!.outBytes, 0);
  expect(bench.tracker.traffic(serviceKey('tcp:192.0.2.1:80'))).toEqual([]);
  expect(bench.tracker.traffic(realServerOf(web, '192.0.2.1:80'))).toEqual([]);
});

test('histories are had by the keys of the view', async () => {
  const bench = new Bench();
  site(bench);
  const { services } = await bench.readUntil(10_000);
  for (const key of [services[0]!.key, services[0]!.realServers[1]!.key])
    expect(bench.tracker.history(key)!.readings.connections.at(-1)).toBeGreaterThan(0);
  expect(bench.tracker.history(serviceKey('tcp:192.0.2.1:80'))).toBeNull();
  expect(bench.tracker.history(realServerOf(web, '192.0.2.1:80'))).toBeNull();
});
