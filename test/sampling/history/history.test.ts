import { describe, expect, test } from 'vitest';
import { type Rates, zeroRates } from '../../../src/ipvs/counters.ts';
import { HistoryKeeper, historyLength, type RowHistory } from '../../../src/sampling/history/history.ts';

const nothing = { active: 0, inactive: 0, persistent: 0 };
const some = { active: 7, inactive: 3, persistent: 0 };
const busy: Rates = { connections: 40, inPackets: 200, outPackets: 300, inBytes: 20_000, outBytes: 90_000 };
const past = (...trend: number[]) => ({ trend });

/** The last readings of a field; what was not read is `null`. */
function last(
  keeper: HistoryKeeper,
  row: RowHistory | undefined,
  field: 'connections' | 'inBytes' | 'outBytes' | 'active' | 'inactive',
  count: number,
): (number | null)[] {
  if (row === undefined) throw new Error('the row has no history');
  return [...keeper.read(row).readings[field]]
    .slice(-count)
    .map((value) => (Number.isNaN(value) ? null : value));
}

describe('a history', () => {
  test('holds five minutes, the oldest reading first', () => {
    const keeper = new HistoryKeeper();
    let row: RowHistory | undefined;
    for (let round = 1; round <= historyLength + 20; round++) {
      keeper.advance();
      row = keeper.record(row, 'service', { ...busy, connections: round }, some, past());
    }
    const { readings, period, newest } = keeper.read(row!);
    expect(period * readings.connections.length).toBe(300);
    expect(newest).toBe(historyLength + 20);
    expect(readings.connections[0]).toBe(21);
    expect(readings.connections.at(-1)).toBe(historyLength + 20);
    expect(last(keeper, row, 'inBytes', 1)).toEqual([20_000]);
    expect(last(keeper, row, 'outBytes', 1)).toEqual([90_000]);
    expect(last(keeper, row, 'active', 1)).toEqual([7]);
    expect(last(keeper, row, 'inactive', 1)).toEqual([3]);
  });

  test('that was read stays as it is', () => {
    const keeper = new HistoryKeeper();
    keeper.advance();
    const row = keeper.record(undefined, 'service', busy, some, past());
    const before = keeper.read(row!);
    keeper.advance();
    keeper.record(row, 'service', { ...busy, connections: 1 }, some, past());
    expect(before.readings.connections.at(-1)).toBe(40);
  });

  test('tells what was carried both ways, gaps left out', () => {
    const keeper = new HistoryKeeper();
    keeper.advance();
    let row = keeper.record(undefined, 'service', busy, some, past());
    keeper.advance(3);
    expect(keeper.traffic(row!, 60)).toEqual([110_000]);
    row = keeper.record(row, 'service', { ...busy, outBytes: 0 }, some, past());
    expect(keeper.traffic(row!, 60)).toEqual([110_000, 20_000]);
    expect(keeper.traffic(row!, 2)).toEqual([20_000]);
  });

  test('has gaps where rates were not known and where nothing was read', () => {
    const keeper = new HistoryKeeper();
    keeper.advance();
    let row = keeper.record(undefined, 'service', null, some, past());
    keeper.advance();
    row = keeper.record(row, 'service', busy, some, past());
    keeper.advance(3);
    row = keeper.record(row, 'service', busy, some, past());
    expect(last(keeper, row, 'connections', 5)).toEqual([null, 40, null, null, 40]);
    expect(last(keeper, row, 'active', 6)).toEqual([null, 7, 7, null, null, 7]);
  });

  test('has the mean of the rounds since the last reading in each of them, and connections as they were read', () => {
    const keeper = new HistoryKeeper();
    keeper.advance();
    let row = keeper.record(undefined, 'service', busy, some, past());
    keeper.advance(4);
    row = keeper.record(row, 'service', { ...busy, connections: 10 }, some, past(), 3);
    expect(last(keeper, row, 'connections', 5)).toEqual([40, null, 10, 10, 10]);
    expect(last(keeper, row, 'active', 5)).toEqual([7, null, null, null, 7]);
    keeper.advance();
    expect(last(keeper, row, 'connections', 2)).toEqual([10, null]);
    row = keeper.record(row, 'service', busy, null, past());
    expect(last(keeper, row, 'connections', 2)).toEqual([10, 40]);
    expect(last(keeper, row, 'active', 2)).toEqual([7, null]);
  });

  test('keeps nothing of what lies before a pause longer than itself', () => {
    const keeper = new HistoryKeeper();
    keeper.advance();
    let row = keeper.record(undefined, 'service', busy, some, past());
    keeper.advance(10 * historyLength);
    row = keeper.record(row, 'service', busy, some, past());
    expect([...keeper.read(row!).readings.active].filter((value) => !Number.isNaN(value))).toEqual([7]);
  });
});

describe('places', () => {
  test('go only to rows that carried something', () => {
    const keeper = new HistoryKeeper();
    keeper.advance();
    expect(keeper.record(undefined, 'real server', zeroRates, nothing, past())).toBeUndefined();
    expect(keeper.size).toBe(0);
    keeper.record(undefined, 'real server', zeroRates, { ...nothing, inactive: 1 }, past());
    keeper.record(undefined, 'real server', { ...zeroRates, inPackets: 1 }, nothing, past());
    expect(keeper.size).toBe(2);
  });

  test('come with what is known: nothing was carried before', () => {
    const keeper = new HistoryKeeper();
    keeper.advance(5);
    const row = keeper.record(undefined, 'real server', busy, some, past(0, 0));
    expect(last(keeper, row, 'connections', 4)).toEqual([null, 0, 0, 40]);
    expect(last(keeper, row, 'active', 4)).toEqual([null, 0, 0, 7]);
  });

  test('are given back by rows that have gone', () => {
    const keeper = new HistoryKeeper();
    keeper.advance();
    const row = keeper.record(undefined, 'service', busy, some, past());
    keeper.watch(row, 'service', past());
    keeper.advance();
    expect(keeper.size).toBe(1);
    keeper.forget(row);
    expect(keeper.size).toBe(0);
  });

  test('are given back by rows that carried nothing for as long as a history is, unless they are watched', () => {
    const keeper = new HistoryKeeper();
    keeper.advance();
    let idle = keeper.record(undefined, 'real server', busy, some, past());
    let watched = keeper.record(undefined, 'service', busy, some, past());
    watched = keeper.watch(watched, 'service', past());
    for (let round = 0; round < historyLength; round++) {
      expect(keeper.size).toBe(2);
      keeper.advance();
      idle = keeper.record(idle, 'real server', zeroRates, nothing, past());
      watched = keeper.record(watched, 'service', zeroRates, nothing, past());
    }
    expect(keeper.size).toBe(1);
    expect(idle).toBeUndefined();
    expect(watched).toBeDefined();
  });

  test('are limited: services displace real servers, nothing displaces services', () => {
    const keeper = new HistoryKeeper(2);
    keeper.advance();
    const server = keeper.record(undefined, 'real server', busy, some, past());
    expect(keeper.record(undefined, 'service', busy, some, past())).toBeDefined();
    expect(keeper.record(undefined, 'real server', busy, some, past())).toBeUndefined();
    expect(keeper.record(undefined, 'service', busy, some, past())).toBeDefined();
    expect(keeper.record(undefined, 'service', busy, some, past())).toBeUndefined();
    expect(keeper.size).toBe(2);
    expect(keeper.record(server, 'real server', busy, some, past())).toBeUndefined();
  });

  test('are always there for what is looked at, with the trend as its past', () => {
    const keeper = new HistoryKeeper(2);
    keeper.advance();
    const services = [0, 1].map(() => keeper.record(undefined, 'service', busy, some, past()));
    let row = keeper.record(undefined, 'real server', busy, some, past());
    expect(row).toBeUndefined();
    row = keeper.watch(row, 'real server', past(11, 12, 13));
    expect(keeper.size).toBe(2);
    expect(last(keeper, row, 'connections', 4)).toEqual([null, 11, 12, 13]);
    // What it carried while it had no history is not known.
    expect(last(keeper, row, 'active', 2)).toEqual([null, null]);
    keeper.advance();
    for (const service of services) keeper.record(service, 'service', busy, some, past());
    row = keeper.record(row, 'real server', busy, some, past());
    expect(last(keeper, row, 'connections', 2)).toEqual([13, 40]);
  });

  test('of what was looked at long ago can be had by others', () => {
    const keeper = new HistoryKeeper(140);
    keeper.advance();
    for (let count = 0; count < 200; count++) {
      expect(keeper.watch(undefined, 'real server', past())).toBeDefined();
      expect(keeper.size).toBeLessThanOrEqual(140);
    }
  });
});

describe('the hour and the day', () => {
  /** Records so many rounds, in each as many connections a second as `rate` says. */
  function recorded(rounds: number, rate: (round: number) => number) {
    const keeper = new HistoryKeeper();
    let row: RowHistory | undefined;
    for (let round = 1; round <= rounds; round++) {
      keeper.advance();
      row = keeper.record(row, 'service', { ...busy, connections: rate(round) }, some, past());
    }
    if (row === undefined) throw new Error('nothing was recorded');
    return { keeper, row };
  }

  test('are means of 24 s and of 9.6 min, the newest of what there is of it so far', () => {
    const { keeper, row } = recorded(12 * 24 * 3 + 18, (round) => (round < 12 * 24 ? 100 : 200));
    const hour = keeper.read(row, '1h');
    expect([hour.period, hour.readings.connections.length]).toEqual([24, historyLength]);
    const [steps, days] = [hour.readings.connections, keeper.read(row, '24h').readings.connections];
    expect([...steps.slice(-3)]).toEqual([200, 200, 200]);
    expect(steps.filter((value) => value === 100).length).toBeGreaterThan(20);
    expect([...days.slice(-4)]).toEqual([100, 200, 200, 200]);
    expect(days.at(-5)).toBeNaN();
  });

  test('keep a peak of an hour ago that the five minutes have forgotten, to within half a percent', () => {
    const { keeper, row } = recorded(900, (round) => (round < 12 ? 1234 : 1));
    expect(Math.max(...keeper.read(row).readings.connections)).toBe(1);
    const hour = keeper.read(row, '1h').readings.connections;
    const highest = Math.max(...hour.filter((value) => !Number.isNaN(value)));
    expect(Math.abs(highest / 1234 - 1)).toBeLessThan(0.005);
  });

  test('have a gap where nothing was read', () => {
    const { keeper, row } = recorded(24, () => 5);
    keeper.advance(36);
    keeper.record(row, 'service', busy, some, past(), 1);
    const hour = [...keeper.read(row, '1h').readings.connections.slice(-4)];
    expect(hour.map((value) => Number.isNaN(value))).toEqual([false, true, true, false]);
  });

  test('are kept of a bounded number of services, and of an idle one for a day', () => {
    const keeper = new HistoryKeeper();
    const rows: (RowHistory | undefined)[] = Array.from({ length: 300 });
    for (let round = 0; round < 40; round++) {
      keeper.advance();
      for (const place of rows.keys())
        rows[place] = keeper.record(rows[place], 'service', busy, some, past());
    }
    expect(rows.filter((row) => row?.long !== null)).toHaveLength(256);
    keeper.advance(1000);
    expect(keeper.size).toBe(256);
  });

  test('the last minute is the end of the five', () => {
    const { keeper, row } = recorded(200, (round) => round);
    expect([...keeper.read(row, '1m').readings.connections]).toEqual(
      Array.from({ length: 30 }, (_, index) => 171 + index),
    );
  });
});
