import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isVisible, visible } from '../../src/ipvs/visible.ts';

describe('foreign text made visible', () => {
  it.each([
    ['eth0', 'eth0'],
    ['größe 負荷 ▁▂', 'größe 負荷 ▁▂'],
    ['\x1b[31mred', '␛[31mred'],
    ['a\r\nb\tc', 'a␍␊b␉c'],
    ['\x00\x07\x1f\x7f', '␀␇␟␡'],
    ['\x7f', '␡'],
    ['eth0\x7f', 'eth0␡'],
    ['\u0090\u009b31m', '\\x90\\x9b31m'],
    ['\u202eevil', '\\u202eevil'],
    ['\u2066x\u2069', '\\u2066x\\u2069'],
    ['zero\u200bwidth\u00ad\ufeff', 'zero\\u200bwidth\\xad\\ufeff'],
    ['line\u2028separator', 'line\\u2028separator'],
    ['tag\u{e0041}', 'tag\\u{e0041}'],
    ['lone \ud800', 'lone \\ud800'],
    ['e\u0301', 'e\u0301'],
  ])('%j reads %j', (text, expected) => {
    expect(visible(text)).toBe(expected);
    expect(isVisible(text)).toBe(text === expected);
  });

  it('does not let a heap of marks grow over its neighbours', () => {
    expect(visible(`a${'\u0301'.repeat(6)}`)).toBe(`a${'\u0301'.repeat(4)}\\u0301\\u0301`);
  });

  it('holds nothing that a terminal would obey, and stays as it is the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const shown = visible(text);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
        expect(visible(shown)).toBe(shown);
      }),
      { numRuns: 3000 },
    );
  });
});
