import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeAscii } from '../../src/terminal/ascii.ts';
import { Grid } from '../../src/terminal/grid.ts';

function ascii(text: string): string {
  const grid = new Grid(40, 1);
  grid.write(0, 0, text);
  makeAscii(grid);
  return grid.toString();
}

describe('a grid made ASCII', () => {
  it.each([
    ['┌─┬─┐│├┼┤╰─╯', '+-+-+|++++-+'],
    ['═║', '=|'],
    ['▁▂▃▄▅▆▇█', '_.-=+*%#'],
    ['▸▾▴▲▼●…', '>v^^v*.'],
    ['↑ 5 ↓ 3 → x', '^ 5 v 3 > x'],
    ['größe é ñ', 'grose e n'],
    ['␛[31m', '^[31m'],
    ['漢字!', '? ? !'],
    ['Ω', '?'],
  ])('shows %s as %s', (text, expected) => {
    expect(ascii(text)).toBe(expected);
  });

  it('holds nothing else, whatever was in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
        expect(ascii(text)).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });
});
