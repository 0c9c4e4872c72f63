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

test('a trend that was given out stays as it was', () => {
  const recorder = new TrendRecorder();
  recorder.push(1);
  const before = recorder.trend;
  recorder.push(2);
  expect([...before]).toEqual([1]);
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
