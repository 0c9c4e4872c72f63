import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ColorDepth, reduceColor, reduceForeground } from '../../src/terminal/color-depth.ts';
import { Grid } from '../../src/terminal/grid.ts';
import { paintLine } from '../../src/terminal/parse.ts';
import { StyleWriter, styleTransition } from '../../src/terminal/sgr.ts';
import {
  ansi16,
  ansi256,
  blankStyle,
  type Color,
  colorParts,
  DEFAULT_COLOR,
  DEFAULT_STYLE,
  extendStyle,
  named,
  rgb,
  type StyleId,
  style,
  styleBackground,
  styleForeground,
} from '../../src/terminal/style.ts';

const color: fc.Arbitrary<Color> = fc.oneof(
  fc.constant(DEFAULT_COLOR),
  fc.nat(15).map(ansi16),
  fc.nat(255).map(ansi256),
  fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)).map(([red, green, blue]) => rgb(red, green, blue)),
);
const styles: fc.Arbitrary<StyleId> = fc
  .record({
    fg: color,
    bg: color,
    bold: fc.boolean(),
    dim: fc.boolean(),
    italic: fc.boolean(),
    underline: fc.boolean(),
    inverse: fc.boolean(),
    strikethrough: fc.boolean(),
  })
  .map((spec) => style(spec));

describe('styles', () => {
  it('are the same number when they look the same', () => {
    expect(style({})).toBe(DEFAULT_STYLE);
    expect(style({ fg: named('red'), bold: true })).toBe(style({ bold: true, italic: false, fg: ansi16(1) }));
    expect(style({ fg: ansi256(9) })).toBe(style({ fg: named('red', true) }));
    expect(style({ fg: rgb(1, 2, 3) })).not.toBe(style({ bg: rgb(1, 2, 3) }));
  });

  it('can be extended, keeping what is not named', () => {
    const base = style({ fg: named('red'), bold: true });
    expect(extendStyle(base, { bg: named('blue') })).toBe(
      style({ fg: named('red'), bg: named('blue'), bold: true }),
    );
    expect(extendStyle(base, { bold: false, fg: DEFAULT_COLOR })).toBe(DEFAULT_STYLE);
  });

  it('on a blank are what shows of them, once and for all', () => {
    expect(blankStyle(style({ fg: named('red'), bold: true, italic: true }))).toBe(DEFAULT_STYLE);
    expect(blankStyle(style({ fg: named('red'), bg: named('blue') }))).toBe(style({ bg: named('blue') }));
    fc.assert(fc.property(styles, (id) => blankStyle(blankStyle(id)) === blankStyle(id)));
  });
});

describe('a change of style', () => {
  it.each([
    [{}, { bold: true }, '\x1b[1m'],
    [{ bold: true }, {}, '\x1b[m'],
    [{ bold: true, dim: true }, { dim: true }, '\x1b[0;2m'],
    [{ fg: named('red'), bold: true }, { fg: named('red') }, '\x1b[22m'],
    [{ fg: named('red') }, { fg: named('green', true), bg: named('white', true) }, '\x1b[92;107m'],
    [{ fg: ansi256(200) }, { fg: rgb(1, 2, 3) }, '\x1b[38;2;1;2;3m'],
    [{ fg: rgb(1, 2, 3), underline: true }, { fg: rgb(1, 2, 3) }, '\x1b[24m'],
    [{ bold: true }, { bold: true }, ''],
  ])('from %j to %j is %j', (from, to, expected) => {
    expect(styleTransition(style(from), style(to), 'true')).toBe(expected);
  });

  it('leads from any style to any other', () => {
    fc.assert(
      fc.property(styles, styles, (from, to) => {
        const sequence = styleTransition(from, to, 'true');
        expect(paintLine(`${sequence}x`, new Grid(4, 1), 0, from)).toBe(to);
      }),
      { numRuns: 2000 },
    );
  });

  it('is remembered as bytes', () => {
    const writer = new StyleWriter('true');
    const bytes = writer.transition(DEFAULT_STYLE, style({ bold: true }));
    expect(Buffer.from(bytes).toString()).toBe('\x1b[1m');
    expect(writer.transition(DEFAULT_STYLE, style({ bold: true }))).toBe(bytes);
  });

  it('shows attributes but no colours on a terminal without any', () => {
    const loud = style({ fg: named('red'), bg: rgb(1, 2, 3), inverse: true });
    expect(styleTransition(DEFAULT_STYLE, loud, 'none')).toBe('\x1b[7m');
    expect(styleTransition(DEFAULT_STYLE, style({ fg: named('red') }), 'none')).toBe('');
  });
});

describe('colours on terminals with fewer', () => {
  it.each<[Color, ColorDepth, Color]>([
    [rgb(255, 0, 0), '16', named('red', true)],
    [rgb(250, 250, 250), '16', named('white', true)],
    [ansi256(196), '16', named('red', true)],
    [rgb(255, 0, 0), '256', ansi256(196)],
    [rgb(128, 128, 128), '256', ansi256(244)],
    [ansi256(200), '256', ansi256(200)],
    [rgb(1, 2, 3), 'true', rgb(1, 2, 3)],
    [named('red'), '16', named('red')],
    [rgb(1, 2, 3), 'none', DEFAULT_COLOR],
  ])('%i at depth %s becomes %i', (from, depth, to) => {
    expect(reduceColor(from, depth)).toBe(to);
  });

  it('stay within what the terminal has', () => {
    fc.assert(
      fc.property(color, (any) => {
        expect(['default', '16']).toContain(colorParts(reduceColor(any, '16')).kind);
        expect(['default', '16', '256']).toContain(colorParts(reduceColor(any, '256')).kind);
      }),
    );
  });

  it('never make readable text invisible', () => {
    fc.assert(
      fc.property(styles, fc.constantFrom<ColorDepth>('16', '256', 'true'), (id, depth) => {
        const [fg, bg] = [styleForeground(id), styleBackground(id)];
        fc.pre(fg !== bg && fg !== DEFAULT_COLOR);
        expect(reduceForeground(fg, bg, depth)).not.toBe(reduceColor(bg, depth));
      }),
      { numRuns: 2000 },
    );
  });
});
