import { describe, expect, it } from 'vitest';
import { readScene } from '../../../src/director/simulated/scenes/read-scene.ts';
import { sceneText } from '../../../src/director/simulated/scenes/shipped-scenes.ts';
import { createSimulatedDirector } from '../../../src/director/simulated/simulated-director.ts';
import type { HostView } from '../../../src/host/host-view.ts';
import { createSimulatedHost } from '../../../src/host/load/simulated-host.ts';
import { type Counters, zeroCounters } from '../../../src/ipvs/counters.ts';

/** A view of each second, beside services that carry the same each second. */
async function run(seed: number, seconds: number, each: Partial<Counters> = usual): Promise<HostView[]> {
  let time = 0;
  const counters = () =>
    Object.fromEntries(
      Object.entries({ ...zeroCounters, ...each }).map(([name, amount]) => [name, Number(amount) * time]),
    ) as unknown as Counters;
  const host = createSimulatedHost({ seed, carried: () => ({ seconds: time, counters: counters() }) });
  const views: HostView[] = [];
  for (time = 1; time <= seconds; time++) views.push(await host.sample());
  return views;
}

const surgeSite = readScene('surge', sceneText('surge')).site;

const usual = { inPackets: 20_000, outPackets: 25_000, inBytes: 3_000_000, outBytes: 20_000_000 };

it('gives the same by the same seed and traffic, and something else by another seed', async () => {
  const views = await run(7, 100);
  expect(await run(7, 100)).toEqual(views);
  expect(await run(8, 100)).not.toEqual(views);
});

it('stays believable for an hour, for many seeds, however much it carries', async () => {
  for (let seed = 0; seed < 5; seed++) {
    for (const packets of [0, 20_000, 10_000_000]) {
      const views = await run(seed, 3600, { ...usual, inPackets: packets });
      expect(views.filter((view) => !isBelievable(view))).toEqual([]);
    }
  }
});

function isBelievable({ cpu, memory, interfaces, busiest }: HostView): boolean {
  if (!cpu?.hottestCore || !memory || !busiest || !interfaces) return false;
  const { busy, softirq, steal, hottestCore, history } = cpu;
  return (
    softirq > steal &&
    busy > softirq + steal &&
    hottestCore.busy > busy &&
    hottestCore.busy < 1 &&
    hottestCore.busy > hottestCore.softirq &&
    history.at(-1) === busy &&
    memory.used < memory.total &&
    busiest.name === 'eth0' &&
    interfaces.includes(busiest)
  );
}

it('moves smoothly, and moves', async () => {
  const views = await run(1, 600);
  const loads = views.map(({ cpu }) => cpu?.busy ?? 0);
  const steps = loads.slice(1).map((load, index) => Math.abs(load - (loads[index] ?? 0)));
  expect(Math.max(...steps)).toBeLessThan(0.02);
  expect(Math.max(...loads) - Math.min(...loads)).toBeGreaterThan(0.01);
  expect(views.at(-1)?.cpu?.history).toEqual(loads.slice(-60));
});

it('carries what the services do, and a little more: requests in by eth0 and out by eth1, answers back', async () => {
  for (const { interfaces } of await run(1, 100)) {
    const [, front, back] = interfaces ?? [];
    if (front === undefined || back === undefined) throw new Error('an interface is missing');
    const { inPackets, outPackets, inBytes, outBytes } = usual;
    expect(back.inPacketsPerSecond).toBe(outPackets);
    expect(back.outPacketsPerSecond).toBe(inPackets);
    expect(front.inPacketsPerSecond).toBeGreaterThan(inPackets);
    expect(front.inPacketsPerSecond).toBeLessThan(inPackets + 100);
    expect(front.outPacketsPerSecond).toBeGreaterThan(outPackets);
    // Each packet has an Ethernet header, which IPVS does not count.
    expect(front.inBytesPerSecond - inBytes - 14 * inPackets).toBeGreaterThan(0);
    expect(front.inBytesPerSecond - inBytes - 14 * inPackets).toBeLessThan(10_000);
    expect(back.inBytesPerSecond).toBe(outBytes + 14 * outPackets);
  }
});

it('has no rates before time has passed, and keeps a view for as long as none passes', async () => {
  let seconds = 5;
  const host = createSimulatedHost({ seed: 1, carried: () => ({ seconds, counters: zeroCounters }) });
  expect(await host.sample()).toMatchObject({ cpu: null, interfaces: [], busiest: null });
  seconds = 6;
  const view = await host.sample();
  expect(view.cpu).not.toBeNull();
  expect(await host.sample()).toBe(view);
});

describe('beside a simulated director', () => {
  /** Views of the machine in the scene of a surge, so many milliseconds apart. */
  async function surge(interval: number) {
    let now = 0;
    const director = createSimulatedDirector({ now: () => now, seed: 1, site: surgeSite });
    const host = createSimulatedHost({ seed: 1, carried: () => director.carried() });
    const views: HostView[] = [];
    for (now = interval; now <= 120_000; now += interval) views.push(await host.sample());
    return views;
  }

  it('follows a surge, in packets and in soft interrupts, and is the same each time', async () => {
    const views = await surge(1000);
    const early = mean(views.slice(5, 20));
    const late = mean(views.slice(60, 120));
    expect(late.packets / early.packets).toBeGreaterThan(1.8);
    expect(late.softirq / early.softirq).toBeGreaterThan(1.3);
    expect(await surge(1000)).toEqual(views);
  });

  it('tells a rate of whole ticks, whatever lies between two samples', async () => {
    const often = mean((await surge(250)).slice(20, 80));
    const seldom = mean((await surge(1000)).slice(5, 20));
    expect(often.packets / seldom.packets).toBeGreaterThan(0.95);
    expect(often.packets / seldom.packets).toBeLessThan(1.05);
  });

  it('goes on where a service with all that it carried is deleted', async () => {
    let now = 10_000;
    const director = createSimulatedDirector({ now: () => now, seed: 1, site: surgeSite });
    now = 20_000;
    const { counters } = director.carried();
    for (const batch of [...director.serviceBatches()]) {
      for (const { service } of batch) {
        director.zero(service.identity);
        director.write([{ operation: 'delete service', identity: service.identity }]);
      }
    }
    expect(director.carried().counters).toEqual(counters);
  });
});

function mean(views: readonly HostView[]): { readonly packets: number; readonly softirq: number } {
  const sum = (of: (view: HostView) => number) =>
    views.reduce((total, view) => total + of(view), 0) / views.length;
  return {
    packets: sum(({ busiest }) => busiest?.inPacketsPerSecond ?? 0),
    softirq: sum(({ cpu }) => cpu?.softirq ?? 0),
  };
}
