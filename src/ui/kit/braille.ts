/** Rows of dots in a cell. */
export const dotRows = 4;

/** The empty cell of the block of Braille patterns; the dots of a cell are bits on top of it. */
const emptyCell = 0x2800;
/** Bits of a column of dots filled from below, by the number of dots: in the left half of a cell, and in its right. */
const leftColumn = [0, 0x40, 0x44, 0x46, 0x47];
const rightColumn = [0, 0x80, 0xa0, 0xb0, 0xb8];

/**
 * The characters by the dots of their two columns, at index left × `stride` + right. Without any dot the cell is blank.
 */
const stride = dotRows + 1;
const cells: readonly string[] = leftColumn.flatMap((left) =>
  rightColumn.map((right) => (left + right === 0 ? ' ' : String.fromCharCode(emptyCell + left + right))),
);

/**
 * Columns of dots, two a cell, as `rows` lines from top to bottom: `levels` says how many dots each column is high, the
 * last stands at the right end of the lines. What they do not reach is blank.
 */
export function brailleRows(levels: ArrayLike<number>, columns: number, rows: number): string[] {
  const lines: string[] = [];
  const first = levels.length - columns * 2;
  for (let floor = (rows - 1) * dotRows; floor >= 0; floor -= dotRows) {
    let line = '';
    for (let column = first; column < levels.length; column += 2)
      line += cells[dotsIn(levels[column], floor) * stride + dotsIn(levels[column + 1], floor)];
    lines.push(line);
  }
  return lines;
}

function dotsIn(level: number | undefined, floor: number): number {
  if (level === undefined || level <= floor) return 0;
  return level >= floor + dotRows ? dotRows : Math.floor(level - floor);
}
