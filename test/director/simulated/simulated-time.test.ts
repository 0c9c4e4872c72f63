import { describe, expect, it } from 'vitest';
import { allRealServers, allServices, type Director } from '../../../src/director/director.ts';
import { createSimulatedDirector } from '../../../src/director/simulated/simulated-director.ts';
import { SimulatedTime } from '../../../src/director/simulated/simulated-time.ts';
import { createSampler } from '../../../src/sampling/sampler.ts';
import type { View } from '../../../src/sampling/view.ts';
import { VirtualClock } from '../../sampling/virtual-clock.ts';

function timeOver(machine: VirtualClock, speed?: number): SimulatedTime {
  return new SimulatedTime({ machine, began: Date.UTC(2026, 0, 1), speed });
}

describe('simulated time', () => {
  it('passes as the machine’s does, or as many times as fast', async () => {
    const machine = new VirtualClock();
    const time = timeOver(machine);
    await machine.pass(1000);
    expect(time.now()).toBe(1000);
    time.speed = 8;
    await machine.pass(1000);
    expect(time.now()).toBe(9000);
    expect(time.time()).toBe(Date.UTC(2026, 0, 1) + 9000);
  });

  it('stands still while it is paused, and goes on from there', async () => {
    const machine = new VirtualClock();
    const time = timeOver(machine, 4);
    await machine.pass(500);
    time.pause();
    await machine.pass(60_000);
    expect([time.now(), time.isPaused]).toEqual([2000, true]);
    time.resume();
    await machine.pass(500);
    expect(time.now()).toBe(4000);
  });

  it('runs what is due at its moment, in order, and nothing while it is paused', async () => {
    const machine = new VirtualClock();
    const time = timeOver(machine, 16);
    const ran: string[] = [];
    const note = (name: string) => () => ran.push(`${name} at ${time.now()}`);
    time.after(730, note('later'));
    time.after(720, note('sooner'));
    time.after(720, note('beside it'));
    time.after(725, note('never'))();
    time.pause();
    await machine.pass(5000);
    expect(ran).toEqual([]);
    time.resume();
    await machine.pass(50);
    expect(ran).toEqual(['sooner at 720', 'beside it at 720', 'later at 730']);
  });

  it('steps by exactly what is asked, with all that falls into it, and pauses', async () => {
    const machine = new VirtualClock();
    const time = timeOver(machine);
    await machine.pass(350);
    const ran: number[] = [];
    const again = () => {
      ran.push(time.now());
      time.after(700, again);
    };
    time.after(700, again);
    const step = time.step(2000);
    const further = time.step(1000);
    await machine.pass(10_000);
    await Promise.all([step, further]);
    expect([time.now(), time.isPaused]).toEqual([3350, true]);
    expect(ran).toHaveLength(4);
  });

  it('stands still at once when what runs pauses it', async () => {
    const machine = new VirtualClock();
    const time = timeOver(machine, 16);
    time.after(30, () => time.pause());
    await machine.pass(1000);
    expect(time.now()).toBe(30);
  });

  it('does not make up for a machine that slept', async () => {
    const machine = new VirtualClock();
    const time = timeOver(machine);
    machine.spend(3_600_000);
    await machine.pass(0);
    expect(time.now()).toBe(5000);
  });

  it('is kept by a reading, and makes up for what it lost by one that was short', async () => {
    const machine = new VirtualClock();
    const time = timeOver(machine, 16);
    let goOn = () => {};
    const ran: number[] = [];
    const read = () => {
      ran.push(time.now());
      goOn = time.hold();
      time.after(1000, read);
    };
    time.after(300, read);
    await machine.pass(50);
    expect(time.now()).toBe(300);
    goOn();
    await machine.pass(50);
    expect(time.now()).toBe(1300);
    await machine.pass(10_000);
    expect(time.now()).toBe(1300);
    goOn();
    await machine.pass(50);
    expect(time.now()).toBeLessThan(2300 + 800);
    expect(ran.slice(0, 2)).toEqual([300, 1300]);
  });

  it('moves by less than lies between two readings, at the greatest speed too', async () => {
    const machine = new VirtualClock();
    const time = timeOver(machine, 16);
    await machine.pass(50);
    expect(time.now()).toBeLessThan(1000);
  });
});

/** Everything that the table says, by service. */
function tableOf(director: Director): unknown {
  return allServices(director).map((entry) => ({
    entry,
    realServers: allRealServers(director, entry.service.identity),
  }));
}

/** What a run does to its time before each of the moments at which tables are compared. */
type Handling = (time: SimulatedTime, machine: VirtualClock, director: Director) => Promise<void>;

/** The tables of a run at 5, 12, 31 and 60 simulated seconds. */
async function run(handle: Handling): Promise<unknown[]> {
  const machine = new VirtualClock();
  const time = timeOver(machine);
  const director = createSimulatedDirector({ now: time.now, seed: 7 });
  // As a sampler does; what is asked after more than ten seconds is simulated in coarser steps.
  const ask = () => {
    allServices(director);
    time.after(1000, ask);
  };
  ask();
  const tables: unknown[] = [];
  for (const moment of [5000, 12_000, 31_000, 60_000]) {
    await handle(time, machine, director);
    const step = time.step(moment - time.now());
    await machine.pass(60_000);
    await step;
    expect(time.now()).toBe(moment);
    tables.push(tableOf(director));
  }
  return tables;
}

describe('the same seed', () => {
  it('is the same run, wherever time was paused, stepped or sped up', async () => {
    const straight = await run(async () => undefined);
    const handled = await run(async (time, machine, director) => {
      time.resume();
      time.speed = 8;
      await machine.pass(250);
      tableOf(director);
      time.pause();
      await machine.pass(100_000);
      void time.step(300);
      await machine.pass(20);
      time.resume();
      time.speed = 0.5;
      await machine.pass(330);
      tableOf(director);
    });
    const slept = await run(async (time, machine) => {
      time.resume();
      time.speed = 16;
      machine.spend(700_000);
      await machine.pass(0);
    });
    expect(handled).toEqual(straight);
    expect(slept).toEqual(straight);
    expect(straight[0]).not.toEqual(straight[1]);
  });
});

describe('a sampler', () => {
  it('reads, dates and makes rates in the director’s time, and nothing while that is paused', async () => {
    const machine = new VirtualClock();
    const time = timeOver(machine, 8);
    const director = createSimulatedDirector({ now: time.now, time: time.time, after: time.after, seed: 1 });
    const sampler = createSampler({ director, interval: 1 });
    const views: View[] = [];
    sampler.start((view) => views.push(view));
    while (views.length < 12) await machine.pass(50);
    sampler.stop();
    const newest = await sampler.refresh();
    expect(newest.time).toBe(time.time());
    // Twelve readings, a simulated second from one to the next.
    expect(newest.time - time.time() + time.now()).toBeGreaterThanOrEqual(9000);
    expect(machine.now()).toBeLessThanOrEqual(time.now() / 8 + 50);
    const { rates } = newest.totals;
    expect(rates?.connections).toBeGreaterThan(0);

    time.pause();
    await machine.pass(60_000);
    const { tick, readingTime, services, ...later } = await sampler.refresh();
    expect(later).toMatchObject({ time: newest.time, totals: newest.totals, director: newest.director });
    expect(services.map(({ rates, connections }) => ({ rates, connections }))).toEqual(
      newest.services.map(({ rates, connections }) => ({ rates, connections })),
    );

    sampler.start((view) => views.push(view));
    const seen = views.length;
    while (views.length === seen) await machine.pass(50);
    await machine.pass(60_000);
    expect(views).toHaveLength(seen + 1);
    sampler.stop();
  });

  it('shows the same rates at ×1 and at ×16', async () => {
    const rates = async (speed: number) => {
      const machine = new VirtualClock();
      const time = timeOver(machine, speed);
      const director = createSimulatedDirector({
        now: time.now,
        time: time.time,
        after: time.after,
        seed: 1,
      });
      const sampler = createSampler({ director, interval: 1 });
      const seen = new Set<string>();
      sampler.start((view) => {
        const web = view.services[0];
        if (web?.rates !== null && web !== undefined) seen.add(JSON.stringify(web.rates));
      });
      while (time.now() < 30_000) await machine.pass(50);
      sampler.stop();
      return seen;
    };
    const [slow, fast] = [await rates(1), await rates(16)];
    expect([...fast].filter((rate) => !slow.has(rate))).toEqual([]);
  });
});
