import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Grid } from '../../src/terminal/grid.ts';
import { DEFAULT_STYLE, named, style } from '../../src/terminal/style.ts';
import { textWidth, truncateToWidth } from '../../src/terminal/width.ts';

const RED = style({ fg: named('red') });
const ON_BLUE = style({ bg: named('blue') });

/** The cells of a row, one character each; `<` for the right half of a wide one. */
function cells(grid: Grid, y = 0): string {
  return Array.from({ length: grid.width }, (_, x) => grid.cell(x, y).text || '<').join('');
}

function gridOf(width: number, ...rows: string[]): Grid {
  const grid = new Grid(width, rows.length);
  for (const [y, row] of rows.entries()) grid.write(0, y, row);
  return grid;
}

describe('a grid', () => {
  it('shows text where it was written, and nothing beyond its edges', () => {
    const grid = new Grid(6, 2);
    grid.write(-2, 0, 'abcdefghij', RED);
    grid.write(0, 2, 'below');
    grid.write(0, -1, 'above');
    expect(grid.toString()).toBe('cdefgh');
    expect(grid.cell(0, 0)).toEqual({ text: 'c', width: 1, style: RED });
  });

  it('says where the text ended, clipped or not', () => {
    const grid = new Grid(4, 1);
    expect(grid.write(1, 0, 'a漢b')).toBe(5);
    expect(grid.write(0, 9, 'a漢b')).toBe(4);
    expect(grid.write(-9, 0, 'ab')).toBe(-7);
  });

  it('gives wide characters two cells', () => {
    expect(cells(gridOf(6, '漢字a'))).toBe('漢<字<a ');
  });

  it('leaves a blank where an edge cuts a wide character', () => {
    const grid = new Grid(3, 2);
    grid.write(-1, 0, '漢字', ON_BLUE);
    grid.write(0, 1, '漢字', ON_BLUE);
    expect(cells(grid, 0)).toBe(' 字<');
    expect(cells(grid, 1)).toBe('漢< ');
    expect(grid.cell(0, 0).style).toBe(ON_BLUE);
  });

  it('blanks the other half of a wide character that is half written over', () => {
    const left = gridOf(4, '漢字');
    left.write(0, 0, 'a');
    expect(cells(left)).toBe('a 字<');
    const right = gridOf(4, '漢字');
    right.write(1, 0, 'a');
    expect(cells(right)).toBe(' a字<');
    const both = gridOf(4, '漢字');
    both.write(1, 0, '語');
    expect(cells(both)).toBe(' 語< ');
    const filled = gridOf(6, '漢字語');
    filled.fill({ x: 1, y: 0, width: 2, height: 1 }, DEFAULT_STYLE, '-');
    expect(cells(filled)).toBe(' -- 語<');
  });

  it('joins combining marks with their base', () => {
    const grid = gridOf(4, 'e\u0301a\u0308\u0323x');
    expect([0, 1, 2].map((x) => grid.cell(x, 0).text)).toEqual(['e\u0301', 'a\u0308\u0323', 'x']);
  });

  it('lets no control character in, and nothing that joins its neighbours', () => {
    const grid = gridOf(20, '\x1b[31m\r\n\x7f\u009b|\u202e\u200b|\ud800', '\uff9fa', '\u0301\u1161b');
    expect(grid.toString()).toBe('␛[31m␍␡\ufffd||\ufffd\n\ufffda\n\ufffdb');
  });

  it('keeps of a style on blanks only what shows', () => {
    const grid = new Grid(4, 1);
    grid.write(0, 0, 'a b', style({ fg: named('red'), bold: true }));
    expect(grid.cell(1, 0).style).toBe(DEFAULT_STYLE);
    grid.write(0, 0, ' ', style({ fg: named('red'), underline: true, italic: true }));
    expect(grid.cell(0, 0).style).toBe(style({ fg: named('red'), underline: true }));
  });

  it('changes styles in place, whole characters at a time', () => {
    const grid = gridOf(5, 'a漢bc');
    grid.restyle({ x: 2, y: 0, width: 2, height: 1 }, () => RED);
    expect([0, 1, 2, 3, 4].map((x) => grid.cell(x, 0).style === RED)).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
  });

  it('copies rectangles of other grids, clipped', () => {
    const source = gridOf(4, 'abcd', 'efgh');
    const target = gridOf(5, '.....', '.....', '.....');
    target.copy(source, { x: 1, y: 0, width: 9, height: 9 }, 3, 1);
    expect(target.toString()).toBe('.....\n...bc\n...fg');
    target.copy(source, { x: 0, y: 0, width: 4, height: 2 }, -2, -1);
    expect(target.toString()).toBe('gh...\n...bc\n...fg');
  });

  it('keeps what fits when resized', () => {
    const grid = gridOf(4, 'a漢b', 'cdef');
    grid.resize(2, 3);
    expect([cells(grid, 0), cells(grid, 1), cells(grid, 2)]).toEqual(['a ', 'cd', '  ']);
  });

  it('paints views at their own origin, clipped to all of their parents', () => {
    const grid = new Grid(8, 4);
    const view = grid.view({ x: 2, y: 1, width: 4, height: 2 });
    expect([view.width, view.height]).toEqual([4, 2]);
    view.fill({ x: -5, y: -5, width: 99, height: 99 }, DEFAULT_STYLE, '.');
    view.write(-1, 0, 'abcdefgh');
    view.write(0, 2, 'below');
    view.view({ x: 3, y: 1, width: 5, height: 5 }).write(0, 0, 'xyz');
    expect(grid.toString()).toBe('\n  bcde\n  ...x');
  });

  it('holds the cursor, unless it is outside', () => {
    const grid = new Grid(8, 4);
    grid.view({ x: 2, y: 1, width: 3, height: 2 }).placeCursor(1, 1);
    expect([grid.cursorX, grid.cursorY]).toEqual([3, 2]);
    grid.view({ x: 2, y: 1, width: 3, height: 2 }).placeCursor(3, 1);
    grid.placeCursor(8, 0);
    expect([grid.cursorX, grid.cursorY]).toEqual([3, 2]);
    grid.clear();
    expect([grid.cursorX, grid.cursorY]).toEqual([-1, -1]);
  });

  const area = fc.record({
    x: fc.integer({ min: -3, max: 12 }),
    y: fc.integer({ min: -1, max: 3 }),
    width: fc.nat(9),
    height: fc.nat(3),
  });
  const text = fc.oneof(
    fc.constantFrom('漢字', 'a漢b', 'abc', '한국어 text', '👨‍👩‍👧‍👦!'),
    fc.string({ unit: 'binary', maxLength: 6 }),
  );
  const step = fc.oneof(
    fc.record({ kind: fc.constantFrom('write', 'fill', 'copy', 'restyle', 'view', 'resize'), area, text }),
  );

  it('never holds half a wide character, whatever is done to it', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        const grid = new Grid(10, 3);
        const other = gridOf(11, '漢字漢字漢字', ' 漢字漢字漢', '漢字漢字漢字');
        for (const { kind, area, text } of steps) {
          const { x, y, width } = area;
          if (kind === 'write') grid.write(x, y, text, RED);
          else if (kind === 'fill') grid.fill(area, ON_BLUE, text.slice(0, 1));
          else if (kind === 'copy') grid.copy(other, area, y, x >> 2);
          else if (kind === 'restyle') grid.restyle(area, (id) => (id === RED ? ON_BLUE : RED));
          else if (kind === 'view') grid.view(area).write(-1, 0, text);
          else grid.resize(Math.max(1, width), 3);
          expectWholeCharacters(grid);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

function expectWholeCharacters(grid: Grid): void {
  for (let y = 0; y < grid.height; y += 1) {
    for (let x = 0; x < grid.width; x += 1) {
      const cell = grid.cell(x, y);
      if (cell.width === 2) {
        expect(x + 1).toBeLessThan(grid.width);
        expect(grid.cell(x + 1, y)).toEqual({ text: '', width: 0, style: cell.style });
      }
      if (cell.width === 0) expect(x > 0 && grid.cell(x - 1, y).width).toBe(2);
    }
  }
}

describe('a field', () => {
  const text = fc.array(
    fc.constantFrom('a', '7', ' ', '▂', '漢', 'e\u0301', '\u0301', '\u200b', '👍', '\x1b'),
    {
      maxLength: 12,
    },
  );

  it('shows its text at its side, cut where it is too long, whatever the text', () => {
    fc.assert(
      fc.property(
        text.map((parts) => parts.join('')),
        fc.constantFrom('left' as const, 'right' as const),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: -3, max: 10 }),
        (written, side, width, x) => {
          const [inField, placed] = [new Grid(10, 1), new Grid(10, 1)];
          inField.view({ x: 1, y: 0, width: 7, height: 1 }).writeField(x, 0, width, written, side, RED);
          const shown = truncateToWidth(written, width);
          const start = side === 'left' ? x : x + width - textWidth(shown);
          placed.view({ x: 1, y: 0, width: 7, height: 1 }).write(start, 0, shown, RED);
          expect(cells(inField)).toBe(cells(placed));
          expect(inField.equals(placed)).toBe(true);
        },
      ),
    );
  });
});
