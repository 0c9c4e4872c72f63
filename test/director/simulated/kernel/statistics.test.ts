import { describe, expect, it } from 'vitest';
import { Statistics } from '../../../../src/director/simulated/kernel/statistics.ts';
import { zeroCounters, zeroRates } from '../../../../src/ipvs/counters.ts';

const traffic = { connections: 90, inPackets: 900, outPackets: 450, inBytes: 90_000, outBytes: 9000 };

/** Adds the traffic of each second in ten equal ticks, and calls `afterTick` with the number of the tick. */
function run(statistics: Statistics, ticks: number, afterTick: (tick: number) => void): void {
  for (let tick = 1; tick <= ticks; tick++) {
    statistics.beginStep();
    statistics.add(traffic, 0.1);
    statistics.endStep({ from: tick - 1, to: tick });
    afterTick(tick);
  }
}

describe('statistics', () => {
  it('move every 2 s, at the phase of the object', () => {
    const statistics = new Statistics(7);
    const moved: number[] = [];
    let before = zeroCounters;
    run(statistics, 100, (tick) => {
      const counters = statistics.counters();
      if (counters.connections !== before.connections) moved.push(tick);
      before = counters;
    });
    expect(moved).toEqual([7, 27, 47, 67, 87]);
    expect(before.connections).toBe(87 * 9);
    expect(before.inBytes).toBe(87 * 9000);
  });

  it('read a steady load as a slow average, as was seen on a real kernel', () => {
    const statistics = new Statistics(4);
    const rates: number[] = [];
    run(statistics, 84, (tick) => {
      if (tick % 20 === 4) rates.push(statistics.rates().connections);
    });
    // Seen on 6.1 for 90 a second: 5, 26, 43, 56, 65 over the first 9 s.
    expect(rates).toEqual([4, 26, 42, 54, 63]);
  });

  it('read it right in the end, and forget it as slowly', () => {
    const statistics = new Statistics(0);
    run(statistics, 1200, () => {});
    expect(statistics.rates()).toEqual(traffic);
    const falling: number[] = [];
    for (let tick = 1220; tick <= 1280; tick += 20) {
      statistics.beginStep();
      statistics.endStep({ from: tick - 20, to: tick });
      falling.push(statistics.rates().connections);
    }
    expect(falling).toEqual([67, 51, 38, 28]);
  });

  it('scale like the kernel: half a connection a second is nothing, a little more is one', () => {
    const reading = (everyStep: number) => {
      const statistics = new Statistics(0);
      for (let tick = 20; tick <= 2000; tick += 20) {
        statistics.beginStep();
        statistics.add({ ...traffic, connections: everyStep }, 1);
        statistics.endStep({ from: tick - 20, to: tick });
      }
      return statistics.rates().connections;
    };
    expect(reading(1)).toBe(0);
    expect(reading(2)).toBe(1);
    expect(reading(3)).toBe(1);
    expect(reading(4)).toBe(2);
  });

  it('are zero after zeroing and then count on from there', () => {
    const statistics = new Statistics(0);
    run(statistics, 590, () => {});
    statistics.zero();
    expect(statistics.counters()).toEqual(zeroCounters);
    expect(statistics.rates()).toEqual(zeroRates);
    statistics.beginStep();
    statistics.add(traffic, 1);
    statistics.endStep({ from: 590, to: 600 });
    // The second and 10 ticks since the last estimate.
    expect(statistics.counters().connections).toBe(180);
  });

  it('spread a long step over the estimates in it', () => {
    const fine = new Statistics(3);
    run(fine, 300, () => {});
    const coarse = new Statistics(3);
    coarse.beginStep();
    coarse.add(traffic, 30);
    coarse.endStep({ from: 0, to: 300 });
    expect(coarse.counters()).toEqual(fine.counters());
    expect(coarse.rates()).toEqual(fine.rates());
  });

  it('bound the work of a very long step and read the rate right after it', () => {
    const statistics = new Statistics(0);
    const day = 864_000;
    statistics.beginStep();
    statistics.add(traffic, 365 * 86_400);
    statistics.endStep({ from: 0, to: 365 * day });
    expect(statistics.counters().connections).toBe(90 * 365 * 86_400);
    expect(statistics.rates()).toEqual(traffic);
  });

  it('can repeat a sample without a change of rates', () => {
    const statistics = new Statistics(0);
    run(statistics, 200, () => {});
    statistics.beginSample();
    run(statistics, 1000, () => {});
    statistics.repeatSample(100);
    expect(statistics.counters().connections).toBe(90 * 20 + 90 * 100 * 101);
    run(statistics, 20, () => {});
    expect(statistics.counters().connections).toBe(90 * 22 + 90 * 100 * 101);
    expect(statistics.rates()).toEqual(traffic);
  });
});
