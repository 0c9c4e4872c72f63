import { describe, expect, it } from 'vitest';
import { loadBetween } from '../../../src/host/load/processor-load.ts';
import { parseProcessorTimes } from '../../../src/host/load/processor-times.ts';
import { fixture } from '../fixture.ts';
import { statText, type Ticks } from '../proc-text.ts';

function reading(text: string) {
  const parsed = parseProcessorTimes(text);
  if (parsed === null) throw new Error('no processors in the text');
  return parsed;
}

function load(before: Record<number, Ticks>, after: Record<number, Ticks>) {
  return loadBetween(reading(statText(before)), reading(statText(after)));
}

describe('parseProcessorTimes', () => {
  it('reads a current kernel with two processors', () => {
    const { all, cores } = reading(fixture('stat-6.18-two-cores.txt'));
    expect([...cores.keys()]).toEqual([0, 1]);
    expect(all.idle).toBeGreaterThan(0);
    // The kernel rounds each line by itself.
    const sum = [...cores.values()].reduce((total, { user }) => total + user, 0);
    expect(Math.abs(sum - all.user)).toBeLessThanOrEqual(2);
  });

  it('reads an old kernel with one processor and without the time of guests', () => {
    const times = {
      user: 1132,
      nice: 34,
      system: 1441,
      idle: 11311718,
      ioWait: 3675,
      irq: 127,
      softirq: 438,
      steal: 0,
    };
    expect(reading(fixture('stat-2.6.18-one-core.txt'))).toEqual({
      all: times,
      cores: new Map([[0, times]]),
    });
  });

  it('takes fields that are missing as zero', () => {
    expect(reading('cpu  10 0 20 70\n').all).toMatchObject({ idle: 70, softirq: 0, steal: 0 });
  });

  it('reads 64 processors and gaps between them', () => {
    const cores = Object.fromEntries(Array.from({ length: 64 }, (_, i) => [i * 2, { user: i }]));
    expect([...reading(statText(cores)).cores.keys()]).toEqual(Array.from({ length: 64 }, (_, i) => i * 2));
  });

  it.each(['', 'intr 1 2 3\n', 'cpu0 1 2 3 4\n'])('knows nothing from %j', (text) => {
    expect(parseProcessorTimes(text)).toBeNull();
  });

  it('ends with a text that ends in the middle of a line', () => {
    expect(reading('cpu  10 0 20 70 0 0 1').all.softirq).toBe(1);
  });
});

describe('loadBetween', () => {
  it('shares out the time between the readings', () => {
    const before = { 0: { user: 1000, idle: 9000, softirq: 50 } };
    const after = { 0: { user: 1010, system: 5, idle: 9070, ioWait: 5, softirq: 57, irq: 1, steal: 2 } };
    expect(load(before, after)).toMatchObject({ busy: 0.25, softirq: 0.07, steal: 0.02 });
  });

  it('counts waiting for a disk as idle', () => {
    expect(load({ 0: {} }, { 0: { ioWait: 100 } })?.busy).toBe(0);
  });

  it('finds the processor that a receive queue fills, though the average is low', () => {
    const idle = Object.fromEntries(Array.from({ length: 64 }, (_, i) => [i, {}]));
    const after = Object.fromEntries(Array.from({ length: 64 }, (_, i) => [i, { idle: 100 } as Ticks]));
    after[37] = { softirq: 98, system: 1, idle: 1 };
    const shares = load(idle, after);
    expect(shares?.hottestCore).toEqual({ index: 37, busy: 0.99, softirq: 0.98 });
    expect(shares?.busy).toBeCloseTo(0.99 / 64);
  });

  it('takes idle time that goes backwards as none', () => {
    expect(load({ 0: { idle: 100 } }, { 0: { idle: 99, user: 10 } })).toMatchObject({ busy: 1 });
  });

  it('says nothing when the clock stood still or everything was set back', () => {
    expect(load({ 0: { idle: 100 } }, { 0: { idle: 100 } })).toBeNull();
    expect(load({ 0: { idle: 100, user: 50 } }, { 0: { idle: 1 } })).toBeNull();
  });

  it('passes over processors that came or went between the readings', () => {
    const before = { 0: {}, 1: {} };
    const after = { 0: { user: 10, idle: 90 }, 2: { user: 500 } };
    expect(load(before, after)?.hottestCore).toEqual({ index: 0, busy: 0.1, softirq: 0 });
  });
});
