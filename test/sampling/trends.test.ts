import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RateMeters, type RatesOfRows } from '../../src/sampling/rate-meter.ts';
import { Trends } from '../../src/sampling/trends.ts';
import { trendLength } from '../../src/sampling/view.ts';

/** Rates of which only new connections are of interest here. */
function ratesOf(...connections: readonly number[]): RatesOfRows {
  return connections.flatMap((value) => [value, 0, 0, 0, 0]);
}

const numbers = fc.constantFrom(0, 0, 0, 1, 2.5, 1000);
const readings = fc.record({
  values: fc.tuple(numbers, numbers, numbers),
  periods: fc.constantFrom(1, 1, 1, 2, 7, 59, 70),
});

test('a trend is the last two minutes of readings, oldest first, each as often as it has periods', () => {
  fc.assert(
    fc.property(fc.array(readings, { maxLength: 200 }), (pushed) => {
      let trends = new Trends(3);
      for (const { values, periods } of pushed) trends = trends.pushed(ratesOf(...values), periods);
      for (const place of [0, 1, 2]) {
        const all = pushed.flatMap(({ values, periods }) => new Array<number>(periods).fill(values[place]!));
        const kept = all.slice(-trendLength);
        expect([...trends.at(place)]).toEqual(kept);
        expect(trends.sum(place, 30)).toBe(kept.slice(-30).reduce((sum, value) => sum + value, 0));
      }
    }),
  );
});

test('a trend that was given out stays as it was', () => {
  fc.assert(
    fc.property(fc.array(readings, { maxLength: 200 }), (pushed) => {
      let trends = new Trends(3);
      const given = pushed.map(({ values, periods }) => {
        trends = trends.pushed(ratesOf(...values), periods);
        return { trends, copy: [...trends.at(1)] };
      });
      for (const { trends: then, copy } of given) expect([...then.at(1)]).toEqual(copy);
    }),
    { numRuns: 20 },
  );
});

test('what was not known is left out, and counts for nothing', () => {
  let trends = new Trends(2).pushed(ratesOf(5, Number.NaN), 3);
  trends = trends.pushed(ratesOf(7, 4));
  expect([...trends.at(0)]).toEqual([5, 5, 5, 7]);
  expect([...trends.at(1)]).toEqual([4]);
  expect(trends.sum(1, 30)).toBe(4);
});

test('rows that carried nothing share their trend', () => {
  let [one, other] = [new Trends(1), new Trends(2)];
  const rest = (count: number) => {
    for (let reading = 0; reading < count; reading++) {
      one = one.pushed(ratesOf(0));
      other = other.pushed(ratesOf(0, 0));
    }
  };
  rest(5);
  expect(one.at(0)).toBe(other.at(1));
  expect([...one.at(0)]).toEqual([0, 0, 0, 0, 0]);
  rest(100);
  expect(one.at(0)).toBe(other.at(0));
  expect(one.at(0)).toHaveLength(trendLength);
  expect(one.isSameAs(one.pushed(ratesOf(0)))).toBe(true);
});

test('rows keep their trends when others come, go or change places', () => {
  fc.assert(
    fc.property(
      fc.array(readings, { maxLength: 90 }),
      fc.array(readings, { maxLength: 90 }),
      (sooner, later) => {
        let trends = new Trends(3);
        for (const { values, periods } of sooner) trends = trends.pushed(ratesOf(...values), periods);
        trends = trends.arranged([2, -1, 0]);
        for (const { values, periods } of later) trends = trends.pushed(ratesOf(...values), periods);
        const of = (pushed: typeof sooner, place: number) =>
          pushed.flatMap(({ values, periods }) => new Array<number>(periods).fill(values[place]!));
        expect([...trends.at(0)]).toEqual([...of(sooner, 2), ...of(later, 0)].slice(-trendLength));
        expect([...trends.at(1)]).toEqual(of(later, 1).slice(-trendLength));
        expect([...trends.at(2)]).toEqual([...of(sooner, 0), ...of(later, 2)].slice(-trendLength));
      },
    ),
  );
});

test('trends go with what rate meters give', () => {
  expect([...new Trends(1).pushed(new RateMeters(1).rates).at(0)]).toEqual([]);
});
