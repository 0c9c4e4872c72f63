import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TrendRecorder } from '../../src/sampling/trend-recorder.ts';
import { trendLength } from '../../src/sampling/view.ts';

test('a trend is the last two minutes of readings, oldest first', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(0, 0, 0, 1, 2.5, 1000), { maxLength: 200 }), (readings) => {
      const recorder = new TrendRecorder();
      for (const reading of readings) recorder.push(reading);
      const kept = readings.slice(-trendLength);
      expect([...recorder.trend]).toEqual(kept);
      expect(recorder.sum(30)).toBe(kept.slice(-30).reduce<number>((sum, reading) => sum + reading, 0));
    }),
  );
});

test('a reading that holds for several periods is there once for each', () => {
  const readings = fc.record({ value: fc.constantFrom(0, 0, 3), periods: fc.integer({ min: 1, max: 70 }) });
  fc.assert(
    fc.property(fc.array(readings, { maxLength: 40 }), (pushed) => {
      const [one, other] = [new TrendRecorder(), new TrendRecorder()];
      for (const { value, periods } of pushed) {
        one.push(value, periods);
        for (let period = 0; period < periods; period++) other.push(value);
      }
      expect([...one.trend]).toEqual([...other.trend]);
    }),
  );
});

test('a trend that was given out stays as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(0, 1, 2), { maxLength: 300 }), (readings) => {
      const recorder = new TrendRecorder();
      const given = readings.map((reading) => {
        recorder.push(reading);
        return { trend: recorder.trend, copy: [...recorder.trend] };
      });
      for (const { trend, copy } of given) expect([...trend]).toEqual(copy);
    }),
    { numRuns: 20 },
  );
});

test('objects that carried nothing share their trends', () => {
  const [one, other] = [new TrendRecorder(), new TrendRecorder()];
  for (const recorder of [one, other]) for (let count = 0; count < 5; count++) recorder.push(0);
  expect(one.trend).toBe(other.trend);
  expect([...one.trend]).toEqual([0, 0, 0, 0, 0]);
  for (const recorder of [one, other]) for (let count = 0; count < 100; count++) recorder.push(0);
  expect(one.trend).toBe(other.trend);
  expect(one.trend).toHaveLength(trendLength);
});
