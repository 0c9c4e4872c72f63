/** Rows of dots in a cell. */
export const dotRows = 4;

const blank = 0x20;
/** The empty cell of the block of Braille patterns; the dots of a cell are bits on top of it. */
const emptyCell = 0x2800;
/** Bits of a column that is filled up to so many dots, of the left half of a cell and of its right. */
const leftColumn = [0, 0x40, 0x44, 0x46, 0x47];
const rightColumn = [0, 0x80, 0xa0, 0xb0, 0xb8];

/**
 * Columns of dots, two a cell, as `rows` lines from top to bottom: `levels` says how many dots each column is high, the
 * last stands at the right end of the lines. What they do not reach is blank.
 */
export function brailleRows(levels: ArrayLike<number>, columns: number, rows: number): string[] {
  const lines: string[] = [];
  const first = levels.length - columns * 2;
  for (let row = rows - 1; row >= 0; row--) {
    const floor = row * dotRows;
    const line = new Uint16Array(columns);
    for (let column = 0; column < columns; column++) {
      const left = dotsIn(levels[first + column * 2], floor);
      const right = dotsIn(levels[first + column * 2 + 1], floor);
      const bits = (leftColumn[left] ?? 0) | (rightColumn[right] ?? 0);
      line[column] = bits === 0 ? blank : emptyCell + bits;
    }
    lines.push(String.fromCharCode(...line));
  }
  return lines;
}

function dotsIn(level: number | undefined, floor: number): number {
  return level === undefined ? 0 : Math.min(dotRows, Math.max(0, level - floor));
}
