import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromSmallFloat, toSmallFloat } from '../../../src/sampling/history/small-float.ts';

test('a number in two bytes is right to within 0.4 percent', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-3, max: 1e15, noNaN: true }), (value) => {
      expect(Math.abs(fromSmallFloat(toSmallFloat(value)) / value - 1)).toBeLessThan(0.004);
    }),
  );
});

test('nothing is nothing, and what is not known stays so', () => {
  expect(fromSmallFloat(toSmallFloat(0))).toBe(0);
  expect(fromSmallFloat(toSmallFloat(Number.NaN))).toBeNaN();
});
