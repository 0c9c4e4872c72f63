import { describe, expect, it } from 'vitest';
import { historyLength } from '../../../src/host/host-view.ts';
import { createHostSampler } from '../../../src/host/load/host-sampler.ts';
import { until } from '../../until.ts';
import { netDevText, statText } from '../proc-text.ts';

/** A machine whose files and clock the test sets. */
function machine(files: Record<string, string> = {}) {
  const state = { files, time: 0, memory: { total: 1000, used: 400 } };
  const sampler = createHostSampler({
    read: (path) => {
      const text = state.files[path];
      if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
      return text;
    },
    memory: async () => state.memory,
    now: () => state.time,
  });
  return { state, sampler };
}

function files(second: number, interfaces: Parameters<typeof netDevText>[0] = {}) {
  return {
    '/proc/stat': statText({ 0: { idle: second * 90, softirq: second * 10 }, 1: { idle: second * 100 } }),
    '/proc/net/dev': netDevText(interfaces),
  };
}

describe('createHostSampler', () => {
  it('knows memory at once, rates from the second sample', async () => {
    const { state, sampler } = machine(files(1, { lo: {}, eth0: { inBytes: 1000 } }));
    expect(await sampler.sample()).toEqual({
      cpu: null,
      memory: { total: 1000, used: 400 },
      interfaces: [],
      busiest: null,
    });

    state.time = 2000;
    state.files = files(2, { lo: {}, eth0: { inBytes: 5000, inDrops: 8 } });
    const { cpu, interfaces, busiest } = await sampler.sample();
    expect(cpu).toEqual({
      busy: 0.05,
      softirq: 0.05,
      steal: 0,
      cores: 2,
      hottestCore: { index: 0, busy: 0.1, softirq: 0.1 },
      history: [0.05],
    });
    expect(interfaces?.map(({ name }) => name)).toEqual(['lo', 'eth0']);
    expect(busiest).toMatchObject({ name: 'eth0', inBytesPerSecond: 2000, inDropsPerSecond: 4 });
    expect(interfaces).toContain(busiest);
  });

  it('keeps the last 60 loads, and never changes a view that it gave', async () => {
    const { state, sampler } = machine(files(0));
    await sampler.sample();
    const views = [];
    for (let second = 1; second <= historyLength + 5; second++) {
      state.time = second * 1000;
      state.files = files(second);
      views.push(await sampler.sample());
    }
    expect(views[0]?.cpu?.history).toHaveLength(1);
    expect(views.at(-1)?.cpu?.history).toHaveLength(historyLength);
  });

  it('shows interfaces that come from their second sample on, and drops those that go', async () => {
    const { state, sampler } = machine(files(1, { eth0: {}, eth1: {} }));
    await sampler.sample();
    const namesAfter = async (time: number, interfaces: Parameters<typeof netDevText>[0]) => {
      state.time = time;
      state.files = files(time / 1000, interfaces);
      const view = await sampler.sample();
      return { names: view.interfaces?.map(({ name }) => name), busiest: view.busiest?.name };
    };
    expect(await namesAfter(1000, { eth0: {}, eth1: { inBytes: 9 } })).toEqual({
      names: ['eth0', 'eth1'],
      busiest: 'eth1',
    });
    expect(await namesAfter(2000, { eth0: {}, tun0: {} })).toEqual({ names: ['eth0'], busiest: 'eth0' });
    expect(await namesAfter(3000, { eth0: {}, tun0: {} })).toEqual({
      names: ['eth0', 'tun0'],
      busiest: 'eth0',
    });
  });

  it('asks the kernel whether an idle interface is down', async () => {
    const idle = { eth0: { inBytes: 9 }, eth1: { inBytes: 5 } };
    const { state, sampler } = machine(files(1, idle));
    await sampler.sample();
    state.time = 1000;
    state.files = { ...files(2, idle), '/sys/class/net/eth0/operstate': 'down\n' };
    expect((await sampler.sample()).busiest?.name).toBe('eth1');
  });

  it('gives the same view to calls that come too close', async () => {
    const { state, sampler } = machine(files(1));
    const first = sampler.sample();
    state.time = 99;
    expect(sampler.sample()).toBe(first);
    state.time = 100;
    expect(sampler.sample()).not.toBe(first);
  });

  it('keeps the last load while the clock of the kernel stands still', async () => {
    const { state, sampler } = machine(files(1));
    await sampler.sample();
    state.time = 1000;
    state.files = files(2);
    const before = await sampler.sample();
    state.time = 1100;
    expect((await sampler.sample()).cpu).toBe(before.cpu);
  });

  it('has nothing to tell where there is no /proc, and starts anew when it is back', async () => {
    const nothing = { cpu: null, memory: null, interfaces: null, busiest: null };
    const silent = createHostSampler({
      read: () => {
        throw new Error('no such file');
      },
      memory: () => Promise.reject(new Error('not here')),
    });
    expect(await silent.sample()).toEqual(nothing);

    const { state, sampler } = machine(files(1, { eth0: {} }));
    for (const [time, present, cpu] of [
      [0, true, false],
      [1000, true, true],
      [2000, false, false],
      [3000, true, false],
      [4000, true, true],
    ] as const) {
      state.time = time;
      state.files = present ? files(time / 1000 + 1, { eth0: {} }) : {};
      const view = await sampler.sample();
      expect(view.cpu !== null, `at ${time}`).toBe(cpu);
      expect(view.interfaces === null, `at ${time}`).toBe(!present);
    }
  });
});

describe.runIf(process.platform === 'linux')('on this machine', () => {
  it('tells processors, memory and interfaces', async () => {
    let time = 0;
    const sampler = createHostSampler({ now: () => time });
    await sampler.sample();
    // The kernel counts processor time in ticks: there is no load before the first one.
    const { cpu, memory, interfaces } = await until('a tick of the processors', async () => {
      time += 10;
      const view = await sampler.sample();
      return view.cpu !== null && view;
    });
    expect(cpu?.cores).toBeGreaterThan(0);
    for (const share of [cpu?.busy, cpu?.softirq, cpu?.steal, cpu?.hottestCore?.busy]) {
      expect(share).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThanOrEqual(1);
    }
    expect(memory?.total).toBeGreaterThan(0);
    expect(memory?.used).toBeGreaterThan(0);
    expect(memory?.used).toBeLessThan(memory?.total ?? 0);
    expect(interfaces?.map(({ name }) => name)).toContain('lo');
  });
});
