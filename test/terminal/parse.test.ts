import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Grid } from '../../src/terminal/grid.ts';
import { FrameParser, paintLine } from '../../src/terminal/parse.ts';
import { ansi256, named, rgb, style } from '../../src/terminal/style.ts';

function painted(line: string): Grid {
  const grid = new Grid(20, 1);
  paintLine(line, grid, 0);
  return grid;
}

describe('a styled line', () => {
  it.each([
    ['\x1b[1;31mx', style({ bold: true, fg: named('red') })],
    ['\x1b[1m\x1b[31m\x1b[22mx', style({ fg: named('red') })],
    ['\x1b[38;5;200mx', style({ fg: ansi256(200) })],
    ['\x1b[48;2;1;2;3mx', style({ bg: rgb(1, 2, 3) })],
    ['\x1b[38;5;200;1mx', style({ fg: ansi256(200), bold: true })],
    ['\x1b[95;104mx', style({ fg: named('magenta', true), bg: named('blue', true) })],
    ['\x1b[7m\x1b[mx', style({})],
    [
      '\x1b[2;3;4;7;9mx',
      style({ dim: true, italic: true, underline: true, inverse: true, strikethrough: true }),
    ],
    ['\x1b[31m\x1b[39;49mx', style({})],
    // Underline's colour takes parameters, and is not shown.
    ['\x1b[58;5;3;1mx', style({ bold: true })],
  ])('%j has its style', (line, expected) => {
    expect(painted(line).cell(0, 0)).toEqual({ text: 'x', width: 1, style: expected });
  });

  it.each([
    '\x1b[2Kx',
    '\x1b[?25lx',
    '\x1b[>4;2mx',
    '\x1b]8;;https://example.com\x07x\x1b]8;;\x07',
    '\x1b]8;;https://example.com\x1b\\x\x1b]8;;\x1b\\',
    '\x1b]0;title\x07x',
    '\x1bPdata\x1b\\x',
    '\x1b(Bx',
    '\x1b7x',
    'x\x1b[31',
    'x\x1b',
    'x\x1b]0;unfinished',
  ])('%j shows its text only', (line) => {
    expect(painted(line).toString()).toBe('x');
    expect(painted(line).cell(0, 0).style).toBe(style({}));
  });

  it('takes no harm from any text', () => {
    const piece = fc.oneof(
      fc.constantFrom('\x1b', '[', ']', ';', 'm', '3', '38;5;', '\x07', 'x', '漢'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(painted(pieces.join('')).toString()).not.toMatch(/\p{Cc}/u);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a frame', () => {
  it('fills the grid from its top left and blanks the rest', () => {
    const grid = new Grid(6, 3);
    const parser = new FrameParser(grid);
    parser.paint('one\ntwo and more\nthree\nfour');
    expect(grid.toString()).toBe('one\ntwo an\nthree');
    parser.paint('\x1b[31mONE');
    expect(grid.toString()).toBe('ONE');
  });

  it('carries a style on to the next line', () => {
    const grid = new Grid(6, 2);
    const parser = new FrameParser(grid);
    parser.paint('\x1b[1ma\nb');
    expect(grid.cell(0, 1).style).toBe(style({ bold: true }));
    parser.paint('a\nb');
    expect(grid.cell(0, 1).style).toBe(style({}));
  });

  it('looks the same after others as at first', () => {
    const line = fc.constantFrom(
      '',
      'plain',
      '\x1b[31mred\x1b[39m',
      '\x1b[1mbold stays',
      '漢字 wide',
      'x'.repeat(20),
    );
    const frame = fc.array(line, { maxLength: 5 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 5 }), fc.nat(8), (frames, width) => {
        const grid = new Grid(12, 4);
        const parser = new FrameParser(grid);
        for (const [index, text] of frames.entries()) {
          if (index === 2) grid.resize(width + 4, 3);
          parser.paint(text);
        }
        const fresh = new Grid(grid.width, grid.height);
        new FrameParser(fresh).paint(frames.at(-1) ?? '');
        expect(grid.equals(fresh)).toBe(true);
      }),
    );
  });
});
