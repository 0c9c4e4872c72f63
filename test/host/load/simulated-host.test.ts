import { expect, it } from 'vitest';
import type { HostView } from '../../../src/host/host-view.ts';
import { createSimulatedHost } from '../../../src/host/load/simulated-host.ts';

async function run(seed: number, seconds: number, start = 0): Promise<HostView[]> {
  let time = start;
  const host = createSimulatedHost({ seed, now: () => time });
  const views: HostView[] = [];
  for (let second = 0; second < seconds; second++) {
    time = start + second * 1000;
    views.push(await host.sample());
  }
  return views;
}

it('gives the same by the same seed, whenever it starts, and something else by another', async () => {
  const views = await run(7, 100);
  expect(await run(7, 100, 123_456)).toEqual(views);
  expect(await run(8, 100)).not.toEqual(views);
});

it('stays believable for an hour, for many seeds', async () => {
  for (let seed = 0; seed < 20; seed++) {
    const views = await run(seed, 3600);
    expect(views.filter((view) => !isBelievable(view))).toEqual([]);
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
  expect(Math.max(...loads) - Math.min(...loads)).toBeGreaterThan(0.04);
  expect(views.at(-1)?.cpu?.history).toEqual(loads.slice(-60));
});
