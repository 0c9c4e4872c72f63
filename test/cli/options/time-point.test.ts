import { expect, test } from 'vitest';
import { readTimePoint } from '../../../src/cli/options/time-point.ts';

/** Half past three in the morning, by the clock of wherever this runs. */
const now = new Date(2026, 11, 1, 3, 30).getTime();
const local = (...parts: readonly [number, number, number, number?, number?]) => new Date(...parts).getTime();

test.each([
  ['90s', now - 90_000],
  ['-2h', now - 7_200_000],
  ['7d', now - 7 * 86_400_000],
  ['03:12', local(2026, 11, 1, 3, 12)],
  ['23:00', local(2026, 10, 30, 23, 0)],
  ['2026-11-30', local(2026, 10, 30)],
  ['2026-11-30 03:12', local(2026, 10, 30, 3, 12)],
  ['2026-11-30T03:12:00Z', Date.UTC(2026, 10, 30, 3, 12)],
  ['2026-11-30T03:12+02:00', Date.UTC(2026, 10, 30, 1, 12)],
])('%s', (text, time) => {
  expect(readTimePoint('--since', text, now)).toBe(time);
});

test.each(['', 'soon', '24', '25:00', '2026-13-01', '2026-11-30 27:00', '1e9d', '2027-01-01'])(
  '%j is refused',
  (text) => {
    expect(() => readTimePoint('--since', text, now)).toThrow(/is not a time|not come yet/);
  },
);
