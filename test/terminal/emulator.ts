import xterm, { type IBufferCell, type Terminal } from '@xterm/headless';
import type { Grid } from '../../src/terminal/grid.ts';
import * as styles from '../../src/terminal/style.ts';
import { type ColorParts, colorParts } from '../../src/terminal/style.ts';

/** One cell of an emulator or a grid, in a form that both can be brought to. */
export interface ShownCell {
  text: string;
  width: number;
  fg: string;
  bg: string;
  attributes: number;
}

/** A terminal emulator of one screen, to see what bytes make of it. */
export class Emulator {
  readonly terminal: Terminal;

  constructor(columns: number, rows: number) {
    this.terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 50 });
  }

  /** Takes bytes or text; resolves when they are on the screen. */
  write(data: Uint8Array | string): Promise<void> {
    return new Promise((resolve) => this.terminal.write(data, resolve));
  }

  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows);
  }

  /** Every cell of the screen, row by row. */
  cells(): ShownCell[][] {
    const buffer = this.terminal.buffer.active;
    return Array.from({ length: this.terminal.rows }, (_, y) => {
      const line = buffer.getLine(buffer.baseY + y);
      return Array.from({ length: this.terminal.cols }, (_unused, x) => {
        const cell = line?.getCell(x);
        if (cell === undefined) throw new Error(`no cell at ${x},${y}`);
        return shownCell(cell);
      });
    });
  }

  /** Lines that scrolled off the screen; a full-screen program never scrolls. */
  get scrolledLines(): number {
    return this.terminal.buffer.active.baseY;
  }

  get cursor(): { x: number; y: number } {
    const buffer = this.terminal.buffer.active;
    return { x: buffer.cursorX, y: buffer.cursorY };
  }

  /** The text of the screen, trailing blanks left out. */
  text(): string {
    const buffer = this.terminal.buffer.active;
    return Array.from({ length: this.terminal.rows }, (_, y) =>
      (buffer.getLine(buffer.baseY + y)?.translateToString(true) ?? '').trimEnd(),
    )
      .join('\n')
      .trimEnd();
  }
}

function shownCell(cell: IBufferCell): ShownCell {
  const attributes =
    (cell.isBold() ? styles.BOLD : 0) |
    (cell.isDim() ? styles.DIM : 0) |
    (cell.isItalic() ? styles.ITALIC : 0) |
    (cell.isUnderline() ? styles.UNDERLINE : 0) |
    (cell.isInverse() ? styles.INVERSE : 0) |
    (cell.isStrikethrough() ? styles.STRIKETHROUGH : 0);
  const fg = cell.isFgDefault()
    ? 'default'
    : cell.isFgRGB()
      ? `#${cell.getFgColor().toString(16).padStart(6, '0')}`
      : `${cell.getFgColor()}`;
  const bg = cell.isBgDefault()
    ? 'default'
    : cell.isBgRGB()
      ? `#${cell.getBgColor().toString(16).padStart(6, '0')}`
      : `${cell.getBgColor()}`;
  const width = cell.getWidth();
  const text = width === 0 ? '' : cell.getChars() || ' ';
  return asSeen({ text, width, fg, bg, attributes });
}

/** What a grid shows, cell by cell, as an emulator would report it. */
export function gridCells(grid: Grid): ShownCell[][] {
  return Array.from({ length: grid.height }, (_, y) =>
    Array.from({ length: grid.width }, (_unused, x) => {
      const cell = grid.cell(x, y);
      return asSeen({
        text: cell.text,
        width: cell.width,
        fg: colorName(colorParts(styles.styleForeground(cell.style))),
        bg: colorName(colorParts(styles.styleBackground(cell.style))),
        attributes: styles.styleAttributes(cell.style),
      });
    }),
  );
}

function colorName(color: ColorParts): string {
  switch (color.kind) {
    case 'default':
      return 'default';
    case 'rgb':
      return `#${((color.red << 16) | (color.green << 8) | color.blue).toString(16).padStart(6, '0')}`;
    default:
      return `${color.index}`;
  }
}

/** On a blank only the background shows, unless a line or inverse brings out the foreground. */
function asSeen(cell: ShownCell): ShownCell {
  if (cell.text !== ' ') return cell;
  const lines = cell.attributes & (styles.UNDERLINE | styles.INVERSE | styles.STRIKETHROUGH);
  if (lines === 0) return { ...cell, fg: 'default', attributes: 0 };
  return { ...cell, attributes: cell.attributes & ~styles.ITALIC };
}
