import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import xterm, { type IBufferCell, type Terminal } from '@xterm/headless';
import { Ghostty, type GhosttyCell, type GhosttyTerminal } from 'ghostty-web';
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
export interface ScreenEmulator {
  /** Takes bytes or text; resolves when they are on the screen. */
  write(data: Uint8Array | string): Promise<void>;
  resize(columns: number, rows: number): void;
  /** Every cell of the screen, row by row. */
  cells(): ShownCell[][];
  /** Lines that scrolled off the screen; a full-screen program never scrolls. */
  readonly scrolledLines: number;
  readonly cursor: { x: number; y: number };
  /** Gives back what it holds. */
  free(): void;
}

/** xterm.js without its screen. */
export class Emulator implements ScreenEmulator {
  readonly terminal: Terminal;

  constructor(columns: number, rows: number) {
    this.terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 50 });
  }

  write(data: Uint8Array | string): Promise<void> {
    return new Promise((resolve) => this.terminal.write(data, resolve));
  }

  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows);
  }

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

  free(): void {
    this.terminal.dispose();
  }

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
      ? hexColor(cell.getFgColor())
      : `${cell.getFgColor()}`;
  const bg = cell.isBgDefault()
    ? 'default'
    : cell.isBgRGB()
      ? hexColor(cell.getBgColor())
      : `${cell.getBgColor()}`;
  const width = cell.getWidth();
  const text = width === 0 ? '' : cell.getChars() || ' ';
  return asSeen({ text, width, fg, bg, attributes });
}

const require = createRequire(import.meta.url);
/** The part of WebAssembly that is used; Node's types leave its values out. */
const { WebAssembly: webAssembly } = globalThis as unknown as {
  WebAssembly: {
    instantiate(
      bytes: Uint8Array,
      imports: Record<string, Record<string, () => void>>,
    ): Promise<{ instance: ConstructorParameters<typeof Ghostty>[0] }>;
  };
};
const { instance } = await webAssembly.instantiate(
  readFileSync(require.resolve('ghostty-web/ghostty-vt.wasm')),
  { env: { log: () => undefined } },
);
const ghostty = new Ghostty(instance);
/** Ghostty reports colours as it would paint them, so the terminal's own get values that nothing else has. */
const GHOSTTY_FG = 0x010203;
const GHOSTTY_BG = 0x040506;
const GHOSTTY_PALETTE = 0x070809;

/** Ghostty's own emulator, compiled to WebAssembly: written independently of xterm.js. */
export class GhosttyEmulator implements ScreenEmulator {
  readonly #terminal: GhosttyTerminal;

  constructor(columns: number, rows: number) {
    this.#terminal = ghostty.createTerminal(columns, rows, {
      scrollbackLimit: 1000,
      fgColor: GHOSTTY_FG,
      bgColor: GHOSTTY_BG,
      palette: Array.from({ length: 16 }, (_, index) => GHOSTTY_PALETTE + (index << 16)),
    });
  }

  async write(data: Uint8Array | string): Promise<void> {
    // Its wrapper stumbles over writing nothing.
    if (data.length > 0) this.#terminal.write(data);
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
  }

  cells(): ShownCell[][] {
    this.#terminal.update();
    return Array.from({ length: this.#terminal.rows }, (_, y) =>
      (this.#terminal.getLine(y) ?? []).map((cell, x, row) => {
        // Ghostty forgets what a row's last cell is when a wide character at the next row's beginning is
        // written over, though it goes on drawing it rightly.
        const isForgotten = x === row.length - 1 && row[x - 1]?.width === 2;
        return this.#shownCell(isForgotten ? { ...cell, width: 0 } : cell, x, y);
      }),
    );
  }

  get scrolledLines(): number {
    return this.#terminal.getScrollbackLength();
  }

  get cursor(): { x: number; y: number } {
    this.#terminal.update();
    const { x, y } = this.#terminal.getCursor();
    return { x, y };
  }

  free(): void {
    this.#terminal.free();
  }

  #shownCell(cell: GhosttyCell, x: number, y: number): ShownCell {
    let text = '';
    if (cell.width > 0) text = cell.codepoint === 0 ? ' ' : this.#terminal.getGraphemeString(y, x);
    const attributes = GHOSTTY_FLAGS.reduce(
      (bits, [flag, attribute]) => bits | ((cell.flags & flag) === 0 ? 0 : attribute),
      0,
    );
    return asSeen(
      {
        text,
        width: cell.width,
        fg: hexColor((cell.fg_r << 16) | (cell.fg_g << 8) | cell.fg_b),
        bg: hexColor((cell.bg_r << 16) | (cell.bg_g << 8) | cell.bg_b),
        attributes,
      },
      hexColor(GHOSTTY_FG),
    );
  }
}

const GHOSTTY_FLAGS = [
  [1, styles.BOLD],
  [2, styles.ITALIC],
  [4, styles.UNDERLINE],
  [8, styles.STRIKETHROUGH],
  [16, styles.INVERSE],
  [128, styles.DIM],
] as const;

/** The cells of a grid with their colours as Ghostty would paint them. */
export function ghosttyCells(grid: Grid): ShownCell[][] {
  return gridCells(grid).map((row) =>
    row.map((cell) => ({
      ...cell,
      fg: ghosttyColor(cell.fg, GHOSTTY_FG),
      bg: ghosttyColor(cell.bg, GHOSTTY_BG),
    })),
  );
}

function ghosttyColor(name: string, byDefault: number): string {
  if (name === 'default') return hexColor(byDefault);
  if (name.startsWith('#')) return name;
  const index = Number(name);
  if (index < 16) return hexColor(GHOSTTY_PALETTE + (index << 16));
  if (index >= 232) return hexColor((8 + (index - 232) * 10) * 0x010101);
  const steps = [0, 95, 135, 175, 215, 255];
  const [red = 0, green = 0, blue = 0] = [36, 6, 1].map(
    (weight) => steps[Math.floor((index - 16) / weight) % 6],
  );
  return hexColor((red << 16) | (green << 8) | blue);
}

function hexColor(value: number): string {
  return `#${value.toString(16).padStart(6, '0')}`;
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
      return hexColor((color.red << 16) | (color.green << 8) | color.blue);
    default:
      return `${color.index}`;
  }
}

/** On a blank only the background shows, unless a line or inverse brings out the foreground. */
function asSeen(cell: ShownCell, plain = 'default'): ShownCell {
  if (cell.text !== ' ') return cell;
  const lines = cell.attributes & (styles.UNDERLINE | styles.INVERSE | styles.STRIKETHROUGH);
  if (lines === 0) return { ...cell, fg: plain, attributes: 0 };
  return { ...cell, attributes: cell.attributes & ~styles.ITALIC };
}
