import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAmount, formatBits, formatShare, formatSpan } from '../../../src/ui/kit/number-format.ts';

const multiples: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
};

/** What a reader takes a written amount for. */
function read(text: string): number {
  const [, digits, unit = ''] = /^(-?[0-9.]+)([kMGTPE]?)$/.exec(text) ?? [];
  return Number(digits) * (multiples[unit] ?? Number.NaN);
}

describe('an amount', () => {
  it.each([
    [0, '0'],
    [0.04, '0'],
    [0.4, '0.4'],
    [9.94, '9.9'],
    [9.96, '10'],
    [37.4, '37'],
    [9999, '9999'],
    [9999.6, '10.0k'],
    [12_100, '12.1k'],
    [99_960, '100k'],
    [999_499, '999k'],
    [999_600, '1.0M'],
    [210e6, '210M'],
    [1.9e9, '1.9G'],
    [2 ** 64, '18.4E'],
    [-3, '-3'],
    [Number.NaN, '?'],
    [Number.POSITIVE_INFINITY, '?'],
  ])('%d is written %s', (value, text) => {
    expect(formatAmount(value)).toBe(text);
  });

  it('takes five cells at most, and is off by no more than five in a hundred', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 2 ** 64, noNaN: true }), (value) => {
        const text = formatAmount(value);
        expect(text.length).toBeLessThanOrEqual(5);
        expect(Math.abs(read(text) - value)).toBeLessThanOrEqual(Math.max(0.05, value * 0.05));
      }),
    );
  });

  it('never grows smaller when the number grows', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e12, noNaN: true }),
        fc.double({ min: 0, max: 1e12, noNaN: true }),
        (one, other) => {
          const [less, more] = one < other ? [one, other] : [other, one];
          expect(read(formatAmount(less))).toBeLessThanOrEqual(read(formatAmount(more)));
        },
      ),
    );
  });
});

it('bytes a second are written as bits', () => {
  expect(formatBits(26_250_000)).toBe('210M');
  expect(formatBits(0)).toBe('0');
});

it('a share is a whole percentage', () => {
  expect(formatShare(0.505)).toBe('51');
  expect(formatShare(0)).toBe('0');
  expect(formatShare(1)).toBe('100');
});

it('a span tells its two greatest parts', () => {
  expect(formatSpan(-5)).toBe('0s');
  expect(formatSpan(4200)).toBe('4s');
  expect(formatSpan(59_700)).toBe('1m00s');
  expect(formatSpan(130_000)).toBe('2m10s');
  expect(formatSpan(3 * 3_600_000 + 5 * 60_000)).toBe('3h05m');
});
