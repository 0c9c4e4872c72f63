import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visible } from '../../src/ipvs/visible.ts';

test.each([
  ['wlc', 'wlc'],
  ['\x1b[31mred', '␛[31mred'],
  ['a\r\nb', 'a␍␊b'],
  ['\x7f', '␡'],
  ['\x9b2J', '\\x9b2J'],
  ['\u202eevil', '\\u202eevil'],
  ['zero\u200bwidth', 'zero\\u200bwidth'],
  ['\ud800', '\\ud800'],
  ['Köln 漢字 😀', 'Köln 漢字 😀'],
])('%j is shown as %s', (text, shown) => {
  expect(visible(text)).toBe(shown);
});

test('nothing that a terminal acts upon is left, and showing twice changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const shown = visible(text);
      expect(shown).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      expect(visible(shown)).toBe(shown);
    }),
  );
});
