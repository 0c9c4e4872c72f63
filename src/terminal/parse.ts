import type { Grid } from './grid.ts';
import {
  ansi16,
  ansi256,
  BOLD,
  type Color,
  DEFAULT_COLOR,
  DEFAULT_STYLE,
  DIM,
  INVERSE,
  ITALIC,
  internStyle,
  rgb,
  STRIKETHROUGH,
  type StyleId,
  styleAttributes,
  styleBackground,
  styleForeground,
  UNDERLINE,
} from './style.ts';

/** What a row was last painted from, so that an unchanged row is not parsed again. */
interface ParsedLine {
  readonly text: string;
  readonly begin: StyleId;
  readonly end: StyleId;
}

/**
 * Paints frames of styled text (lines with SGR sequences, as Ink writes them) into a grid. Lines that
 * did not change since the last frame are left as they are. Every other escape sequence, hyperlinks
 * included, is passed over; a line too many or too long is cut.
 */
export class FrameParser {
  readonly #grid: Grid;
  #lines: (ParsedLine | undefined)[] = [];
  #width = 0;
  #height = 0;

  /** The parser must be the only one that writes into `grid`; its size may change between frames. */
  constructor(grid: Grid) {
    this.#grid = grid;
  }

  /** Makes the grid show `frame`, from its top left; what the frame does not reach is blank. */
  paint(frame: string): void {
    const grid = this.#grid;
    if (grid.width !== this.#width || grid.height !== this.#height) {
      this.#lines = [];
      this.#width = grid.width;
      this.#height = grid.height;
    }
    let style = DEFAULT_STYLE;
    let from = 0;
    for (let y = 0; y < grid.height; y += 1) {
      const newline = from > frame.length ? -1 : frame.indexOf('\n', from);
      const end = newline < 0 ? frame.length : newline;
      const text = from > frame.length ? '' : frame.slice(from, end);
      from = end + 1;
      const last = this.#lines[y];
      if (last !== undefined && last.begin === style && last.text === text) {
        style = last.end;
        continue;
      }
      const begin = style;
      grid.fill({ x: 0, y, width: grid.width, height: 1 });
      style = paintLine(text, grid, y, begin);
      this.#lines[y] = { text, begin, end: style };
    }
  }
}

/** Writes one line of styled text on row `y`, beginning in `begin`; returns the style at its end. */
export function paintLine(line: string, grid: Grid, y: number, begin: StyleId = DEFAULT_STYLE): StyleId {
  let style = begin;
  let x = 0;
  let index = 0;
  while (index < line.length) {
    const escapeAt = line.indexOf('\x1b', index);
    const end = escapeAt < 0 ? line.length : escapeAt;
    if (end > index) x = grid.write(x, y, line.slice(index, end), style);
    if (escapeAt < 0) break;
    const after = endOfSequence(line, escapeAt);
    if (isStyleSequence(line, escapeAt, after)) {
      style = applyStyleSequence(line, escapeAt + 2, after - 1, style);
    }
    index = after;
  }
  return style;
}

const BRACKET = 0x5b;
const SMALL_M = 0x6d;

function isStyleSequence(text: string, escapeAt: number, after: number): boolean {
  if (text.charCodeAt(escapeAt + 1) !== BRACKET || text.charCodeAt(after - 1) !== SMALL_M) return false;
  for (let index = escapeAt + 2; index < after - 1; index += 1) {
    const code = text.charCodeAt(index);
    // Digits, colon, semicolon; `<=>?` would make it another command.
    if (code < 0x30 || code > 0x3b) return false;
  }
  return after - 1 > escapeAt + 1;
}

/** Where the sequence that begins with the ESC at `escapeAt` ends; the text's end if it is cut off. */
function endOfSequence(text: string, escapeAt: number): number {
  const kind = text.charCodeAt(escapeAt + 1);
  if (kind === BRACKET) return endAfterFinal(text, escapeAt + 2, 0x20, 0x3f);
  // OSC, DCS, SOS, PM and APC run to a string terminator.
  if (kind === 0x5d || kind === 0x50 || kind === 0x58 || kind === 0x5e || kind === 0x5f) {
    for (let index = escapeAt + 2; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code === 0x07 || code === 0x9c) return index + 1;
      if (code === 0x1b) return text.charCodeAt(index + 1) === 0x5c ? index + 2 : index;
    }
    return text.length;
  }
  return endAfterFinal(text, escapeAt + 1, 0x20, 0x2f);
}

/** Skips characters from `low` to `high`, then the one that ends the sequence unless it is no final. */
function endAfterFinal(text: string, start: number, low: number, high: number): number {
  let index = start;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code < low || code > high) return code >= 0x30 && code <= 0x7e ? index + 1 : index;
    index += 1;
  }
  return text.length;
}

const parameters: number[] = [];

/** The style after the SGR parameters in `text` from `from` up to `to`. */
function applyStyleSequence(text: string, from: number, to: number, before: StyleId): StyleId {
  readParameters(text, from, to);
  let fg = styleForeground(before);
  let bg = styleBackground(before);
  let attributes = styleAttributes(before);
  for (let index = 0; index < parameters.length; index += 1) {
    const code = parameters[index] ?? 0;
    switch (code) {
      case 0:
        fg = DEFAULT_COLOR;
        bg = DEFAULT_COLOR;
        attributes = 0;
        break;
      case 1:
        attributes |= BOLD;
        break;
      case 2:
        attributes |= DIM;
        break;
      case 3:
        attributes |= ITALIC;
        break;
      case 4:
        attributes |= UNDERLINE;
        break;
      case 7:
        attributes |= INVERSE;
        break;
      case 9:
        attributes |= STRIKETHROUGH;
        break;
      case 22:
        attributes &= ~(BOLD | DIM);
        break;
      case 23:
        attributes &= ~ITALIC;
        break;
      case 24:
        attributes &= ~UNDERLINE;
        break;
      case 27:
        attributes &= ~INVERSE;
        break;
      case 29:
        attributes &= ~STRIKETHROUGH;
        break;
      case 38:
      case 48:
      case 58: {
        const length = parameters[index + 1] === 2 ? 4 : 2;
        const color = extendedColor(index + 1);
        if (code === 38 && color !== undefined) fg = color;
        if (code === 48 && color !== undefined) bg = color;
        index += length;
        break;
      }
      case 39:
        fg = DEFAULT_COLOR;
        break;
      case 49:
        bg = DEFAULT_COLOR;
        break;
      default:
        if (code >= 30 && code <= 37) fg = ansi16(code - 30);
        else if (code >= 40 && code <= 47) bg = ansi16(code - 40);
        else if (code >= 90 && code <= 97) fg = ansi16(code - 82);
        else if (code >= 100 && code <= 107) bg = ansi16(code - 92);
    }
  }
  return internStyle(fg, bg, attributes);
}

function readParameters(text: string, from: number, to: number): void {
  parameters.length = 0;
  let value = 0;
  for (let index = from; index < to; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x3b || code === 0x3a) {
      parameters.push(value);
      value = 0;
    } else {
      value = Math.min(99_999, value * 10 + code - 0x30);
    }
  }
  parameters.push(value);
}

/** The colour whose kind, 5 or 2, stands at `index` of the parameters. */
function extendedColor(index: number): Color | undefined {
  const kind = parameters[index];
  if (kind === 5) return ansi256(parameters[index + 1] ?? 0);
  if (kind === 2)
    return rgb(parameters[index + 1] ?? 0, parameters[index + 2] ?? 0, parameters[index + 3] ?? 0);
  return undefined;
}
