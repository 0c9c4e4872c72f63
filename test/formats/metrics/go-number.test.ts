import { expect, test } from 'vitest';
import { goNumber } from '../../../src/formats/metrics/go-number.ts';

test.each([
  [0, '0'],
  [1, '1'],
  [123_456, '123456'],
  [1_000_000, '1e+06'],
  [12_345_678, '1.2345678e+07'],
  [2 ** 60, '1.152921504606847e+18'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05'],
  [-1_500_000, '-1.5e+06'],
  [1e21, '1e+21'],
  [1e100, '1e+100'],
  [Number.POSITIVE_INFINITY, '+Inf'],
  [Number.NaN, 'NaN'],
])('%d is %s to Go', (value, text) => {
  expect(goNumber(value)).toBe(text);
});
