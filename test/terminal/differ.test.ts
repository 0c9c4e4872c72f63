import { describe, expect, it } from 'vitest';
import { Differ } from '../../src/terminal/differ.ts';
import { Grid } from '../../src/terminal/grid.ts';
import { named, type StyleId, style } from '../../src/terminal/style.ts';

const RED = style({ fg: named('red') });
const ON_BLUE = style({ bg: named('blue') });

/** What is written between two screens of 40×4, without the frame around it. */
function written(before: (grid: Grid) => void, after: (grid: Grid) => void): string {
  const differ = new Differ({ synchronized: false });
  const shown = new Grid(40, 4);
  const next = new Grid(40, 4);
  before(shown);
  after(next);
  return Buffer.from(differ.diff(shown, next)).toString();
}

function row(text: string, look?: StyleId, y = 1): (grid: Grid) => void {
  return (grid) => {
    grid.write(0, y, text, look);
  };
}

describe('the difference of two frames', () => {
  it('is nothing when they show the same', () => {
    expect(written(row('same'), row('same'))).toBe('');
    expect(written(row('blank   ', RED), row('blank', RED))).toBe('');
  });

  it('is the changed cells, each reached in the fewest bytes', () => {
    expect(written(row('load 12 of 40'), row('load 13 of 40'))).toBe('\x1b[2;7H3');
    // A jump of three cells costs four bytes, writing them again three.
    expect(written(row('a...b'), row('A...B'))).toBe('\x1b[2HA...B');
    expect(written(row(`a${'.'.repeat(20)}b`), row(`A${'.'.repeat(20)}B`))).toBe('\x1b[2HA\x1b[20CB');
  });

  it('goes to the next line as a typewriter does', () => {
    const before = (grid: Grid): void => {
      row('a', undefined, 1)(grid);
      row('b', undefined, 2)(grid);
    };
    const after = (grid: Grid): void => {
      row('A', undefined, 1)(grid);
      row('B', undefined, 2)(grid);
    };
    expect(written(before, after)).toBe('\x1b[2HA\r\nB');
  });

  it('erases blanks instead of writing them', () => {
    expect(written(row('a long line of text'), row('a'))).toBe('\x1b[2;3H\x1b[K');
    expect(written(row(`a${'.'.repeat(20)}b`), row(`a${' '.repeat(20)}b`))).toBe('\x1b[2;2H\x1b[20X');
  });

  it('writes coloured blanks, since terminals disagree on the colour of erased cells', () => {
    expect(written(row(''), row(' '.repeat(40), ON_BLUE))).toBe(`\x1b[2H\x1b[44m${' '.repeat(40)}\x1b[m`);
  });

  it('changes no style for the blanks between words', () => {
    expect(written(row(''), row('two words', RED))).toBe('\x1b[2H\x1b[31mtwo words\x1b[m');
  });

  it('shows the cursor where the frame has it, and hides it again', () => {
    const place = (grid: Grid): void => grid.placeCursor(4, 2);
    expect(written(() => undefined, place)).toBe('\x1b[3;5H\x1b[?25h');
    expect(written(place, place)).toBe('');
    expect(written(place, () => undefined)).toBe('\x1b[?25l');
    expect(
      written(place, (grid) => {
        grid.write(0, 0, 'x');
        place(grid);
      }),
    ).toBe('\x1b[Hx\x1b[3;5H');
  });

  it('clears the terminal when what it shows is unknown or of another size', () => {
    const differ = new Differ({ synchronized: false });
    const next = new Grid(10, 2);
    next.write(0, 1, 'x');
    const whole = '\x1b[m\x1b[?25l\x1b[H\x1b[2J\x1b[2Hx';
    expect(Buffer.from(differ.diff(undefined, next)).toString()).toBe(whole);
    expect(Buffer.from(differ.diff(new Grid(9, 2), next)).toString()).toBe(whole);
  });

  it('comes as one synchronized update', () => {
    const next = new Grid(10, 2);
    next.write(0, 0, 'x');
    expect(Buffer.from(new Differ().diff(new Grid(10, 2), next)).toString()).toBe(
      '\x1b[?2026h\x1b[Hx\x1b[?2026l',
    );
  });

  it('takes the cursor anew behind characters whose width is in dispute', () => {
    expect(written(row('1 apples 5'), row('😀apples 6'))).toBe('\x1b[2H  \x1b[2H😀\x1b[2;10H6');
    expect(written(row('x apples'), row('⚠ apples'))).toBe('\x1b[2H⚠\x1b[2;2H ');
  });
});
