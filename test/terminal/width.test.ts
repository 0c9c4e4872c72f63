import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { clusterAt, plainWidthAt } from '../../src/terminal/glyph.ts';
import { fitToWidth, textWidth, truncateToWidth } from '../../src/terminal/width.ts';

describe('the width of text', () => {
  it('is quick and right for every plain character', () => {
    for (let unit = 0; unit < 0x10000; unit += 1) {
      const character = String.fromCharCode(unit);
      const width = plainWidthAt(character, 0);
      if (width !== 0) expect([unit, width]).toEqual([unit, stringWidth(character)]);
    }
  });

  it('judges no character alone that would join its neighbour', () => {
    const any = fc.string({ unit: 'binary', minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(fc.oneof(any, fc.string({ unit: 'grapheme', maxLength: 2 })), (text) => {
        if (plainWidthAt(text, 0) !== 0) expect(clusterAt(text, 0)).toHaveLength(1);
      }),
      { numRuns: 20_000 },
    );
  });

  it.each([
    ['', 0],
    ['plain', 5],
    ['▸ größe ▁▂▃ ─', 13],
    ['負荷', 4],
    ['e\u0301', 1],
    ['👨‍👩‍👧‍👦', 2],
    ['🇩🇪', 2],
    ['\x1b', 1],
  ])('of %j is %i', (text, width) => {
    expect(textWidth(text)).toBe(width);
  });
});

describe('text fitted to a width', () => {
  it('is cut at whole characters and says so', () => {
    expect(truncateToWidth('real-server', 8)).toBe('real-se…');
    expect(truncateToWidth('real-server', 11)).toBe('real-server');
    expect(truncateToWidth('負荷分散', 6)).toBe('負荷…');
    expect(truncateToWidth('負荷分散', 6, '')).toBe('負荷分');
    expect(truncateToWidth('abc', 1)).toBe('…');
    expect(truncateToWidth('abc', 0)).toBe('');
  });

  it('stands left, right or in the middle of its column', () => {
    expect(fitToWidth('ab', 5)).toBe('ab   ');
    expect(fitToWidth('ab', 5, 'right')).toBe('   ab');
    expect(fitToWidth('ab', 5, 'center')).toBe(' ab  ');
    expect(fitToWidth('負荷分散', 6, 'right')).toBe(' 負荷…');
  });

  it('takes exactly the width, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), fc.nat(12), (text, width) => {
        expect(textWidth(truncateToWidth(text, width))).toBeLessThanOrEqual(width);
        expect(textWidth(fitToWidth(text, width))).toBe(width);
      }),
      { numRuns: 2000 },
    );
  });
});
