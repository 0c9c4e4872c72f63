import { expect, test } from 'vitest';
import { formatCounter, formatTable } from '../../src/formats/table.ts';
import { sample } from './sample.ts';

test('a listing reads as the screen does', () => {
  expect(`\n${formatTable(sample)}`).toBe(`
SERVICE / REAL SERVER  MODE   SCHED       WEIGHT  ACTIVE  INACT  CONNS  IN BYTES  OUT BYTES  SETTINGS
tcp:203.0.113.10:80    mixed  sh               4   12000      7  12.3M      1.2E          0  sh-fallback sh-port persistent 300 mask 255.255.255.0
  10.0.0.21:8080       NAT                     3   12000      7  12.3M      1.2E          0  upper 100 lower 50
  [2001:db8::21]:80    TUN                     1       0      0      0         0   not seen  gue:6080 with checksum
fwm6:7                        evil"␛[2J,       0       0      0      0         0          0  one-packet engine sip
`);
});

test('no services leave the titles', () => {
  expect(formatTable({ ...sample, services: [] }).split('\n')).toHaveLength(2);
});

test.each([
  [0, '0'],
  [9999, '9999'],
  [10_000, '10.0k'],
  [99_949, '99.9k'],
  [99_950, '100k'],
  [999_499, '999k'],
  [999_500, '1.0M'],
  [2n ** 64n - 1n, '18.4E'],
])('%s is %s', (counter, text) => {
  expect(formatCounter(counter)).toBe(text);
});
