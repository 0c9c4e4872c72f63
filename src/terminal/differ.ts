import type { ColorDepth } from './color-depth.ts';
import {
  BLANK,
  CONTINUATION,
  encodeGlyph,
  type Glyph,
  glyphByteLength,
  glyphWidth,
  isSimple,
  isUnsure,
  isWide,
  MAX_GLYPH_BYTES,
  unsureSpread,
} from './glyph.ts';
import { Grid } from './grid.ts';
import { StyleWriter } from './sgr.ts';
import {
  blankStyle,
  DEFAULT_COLOR,
  DEFAULT_STYLE,
  INVERSE,
  type StyleId,
  styleAttributes,
  styleBackground,
} from './style.ts';

/** How a differ writes. */
export interface DifferOptions {
  /** Colours that the terminal shows; all of them unless said otherwise. */
  readonly colorDepth?: ColorDepth | undefined;
  /** Wraps each frame in a synchronized update (mode 2026), so that it appears at once; on unless switched off. */
  readonly synchronized?: boolean | undefined;
}

const UNKNOWN = -1;
const ESC = 0x1b;
const BRACKET = 0x5b;
const SEMICOLON = 0x3b;
const SPACE = 0x20;
const CR = 0x0d;
const LF = 0x0a;
const BACKSPACE = 0x08;

/** Longest gap of unchanged cells that is considered for writing again instead of jumping over it. */
const LONGEST_REWRITE = 8;
/** A run of blanks shorter than this is written as spaces: erasing and jumping would not be shorter. */
const SHORTEST_ERASE = 11;
/** Blanks at a row's end fewer than this are written as spaces. */
const SHORTEST_ERASE_TO_END = 4;
/** Room for what one cell can cost: its character, a colour change, moves to it and around it. */
const BYTES_PER_CELL = MAX_GLYPH_BYTES + 160;

const encoder = new TextEncoder();
const BEGIN = encoder.encode('\x1b[?2026h');
const END = encoder.encode('\x1b[?2026l');
const CLEAR = encoder.encode('\x1b[m\x1b[?25l\x1b[H\x1b[2J');
const HIDE_CURSOR = encoder.encode('\x1b[?25l');
const SHOW_CURSOR = encoder.encode('\x1b[?25h');
const ERASE_TO_END = encoder.encode('\x1b[K');
const NOTHING = new Uint8Array(0);
/** Numbers up to the greatest size of a terminal, as they are needed. */
const decimals: Uint8Array[] = [];

/**
 * Finds the bytes that turn what a terminal shows into the next frame. Every frame begins with nothing
 * assumed about the cursor and the plain style, and ends in the plain style, so something that another
 * program writes in between does not spoil the following ones.
 *
 * Correct with and without automatic wrapping, and with terminals that measure unusual characters
 * differently: the cursor is placed anew behind each of those. Only cells with the default background
 * are erased rather than written, since terminals disagree on the colour of erased cells.
 */
export class Differ {
  readonly #styles: StyleWriter;
  readonly #synchronized: boolean;
  #bytes = new Uint8Array(65_536);
  #length = 0;
  #blank = new Grid(0, 0);
  #width = 0;
  /** The terminal's cursor; its column equals the width while a wrap is pending. */
  #x = UNKNOWN;
  #y = UNKNOWN;
  #style: StyleId = DEFAULT_STYLE;

  constructor(options: DifferOptions = {}) {
    this.#styles = new StyleWriter(options.colorDepth ?? 'true');
    this.#synchronized = options.synchronized ?? true;
  }

  /**
   * The bytes from `previous` to `next`; empty when they show the same. Without `previous`, or with
   * one of another size, the terminal is cleared and painted whole. The bytes are the differ's own and
   * hold until the next call.
   */
  diff(previous: Grid | undefined, next: Grid): Uint8Array {
    this.#length = 0;
    this.#width = next.width;
    this.#x = UNKNOWN;
    this.#y = UNKNOWN;
    this.#style = DEFAULT_STYLE;
    if (this.#synchronized) this.#put(BEGIN);
    const start = this.#length;
    const known = previous?.width === next.width && previous.height === next.height ? previous : undefined;
    const shown = known ?? this.#blankOf(next);
    if (known === undefined) this.#put(CLEAR);
    const isCursorShown = known !== undefined && known.cursorX >= 0;
    if (isCursorShown && next.cursorX < 0) this.#put(HIDE_CURSOR);
    for (let y = 0; y < next.height; y += 1) this.#row(shown, next, y);
    this.#setStyle(DEFAULT_STYLE);
    const hasMoved = this.#length > start;
    const isCursorMoved = next.cursorX !== shown.cursorX || next.cursorY !== shown.cursorY;
    if (next.cursorX >= 0 && (hasMoved || isCursorMoved)) {
      this.#position(next.cursorX, next.cursorY);
      if (!isCursorShown) this.#put(SHOW_CURSOR);
    }
    if (this.#length === start) return NOTHING;
    if (this.#synchronized) this.#put(END);
    return this.#bytes.subarray(0, this.#length);
  }

  #blankOf(next: Grid): Grid {
    if (this.#blank.width !== next.width || this.#blank.height !== next.height) {
      this.#blank = new Grid(next.width, next.height);
    }
    return this.#blank;
  }

  #row(shown: Grid, next: Grid, y: number): void {
    const width = this.#width;
    const begin = y * width;
    const end = begin + width;
    const oldGlyphs = shown.glyphs;
    const oldStyles = shown.styles;
    const glyphs = next.glyphs;
    const styles = next.styles;
    let first = begin;
    while (first < end && oldGlyphs[first] === glyphs[first] && oldStyles[first] === styles[first])
      first += 1;
    if (first === end) return;
    let last = end - 1;
    while (oldGlyphs[last] === glyphs[last] && oldStyles[last] === styles[last]) last -= 1;

    let tail = end;
    while (tail > first && glyphs[tail - 1] === BLANK && styles[tail - 1] === DEFAULT_STYLE) tail -= 1;
    // The first change among the blanks that end the row; all behind it can be erased at once.
    let erase = end;
    if (last >= tail) {
      erase = tail;
      while (oldGlyphs[erase] === glyphs[erase] && oldStyles[erase] === styles[erase]) erase += 1;
      if (last - erase + 1 < SHORTEST_ERASE_TO_END) erase = end;
    }
    const stop = erase < end ? erase : last + 1;
    this.#reserve((end - first + 2) * BYTES_PER_CELL);

    // Cells before this one are written even if they did not change.
    let forced = first;
    let index = first;
    while (index < stop || index < forced) {
      const glyph = glyphs[index] ?? BLANK;
      const style = styles[index] ?? DEFAULT_STYLE;
      if (oldGlyphs[index] === glyph && oldStyles[index] === style && index >= forced) {
        index += 1;
        continue;
      }
      if (glyph === BLANK && style === DEFAULT_STYLE) {
        const erased = this.#blanks(shown, next, begin, index, stop, forced, y);
        if (erased > 0) {
          index += erased;
          continue;
        }
      }
      // A grid in order never shows a change in a right half alone.
      const lead = glyph === CONTINUATION && index > begin ? index - 1 : index;
      this.#moveTo(next, begin, lead - begin, y);
      if (isSimple(glyph)) {
        index = this.#run(shown, next, begin, index, Math.max(stop, forced), forced);
        continue;
      }
      const after = this.#cell(next, lead, lead - begin, y);
      // Where a character's width is in doubt, so is what it did to the cells behind it.
      const written = glyphs[lead] ?? BLANK;
      if (isUnsure(written)) forced = Math.max(forced, Math.min(erase, lead + unsureSpread(written)));
      index = after;
    }
    if (erase < end) this.#eraseToEnd(next, begin, tail, erase, y);
  }

  /**
   * Writes the simple cell at `index`, where the cursor is, and those behind it as long as they are simple, look the
   * same and changed: nearly everything that is ever written. A single one in between that did not change is written
   * again, which is no longer than a jump over it. Returns the index behind the last.
   */
  #run(shown: Grid, next: Grid, begin: number, index: number, stop: number, forced: number): number {
    const { glyphs: oldGlyphs, styles: oldStyles } = shown;
    const { glyphs, styles } = next;
    const first = glyphs[index] ?? BLANK;
    this.#setStyleFor(first, styles[index] ?? DEFAULT_STYLE);
    const style = this.#style;
    const look = blankStyle(style);
    const bytes = this.#bytes;
    let length = this.#length;
    let at = index;
    let glyph = first;
    do {
      if (glyph < 0x80) bytes[length++] = glyph;
      else length = encodeGlyph(glyph, bytes, length);
      at += 1;
      if (at >= stop) break;
      if (oldGlyphs[at] === glyphs[at] && oldStyles[at] === styles[at] && at >= forced) {
        const after = at + 1;
        if (after >= stop || (oldGlyphs[after] === glyphs[after] && oldStyles[after] === styles[after]))
          break;
      }
      glyph = glyphs[at] ?? BLANK;
      // Of plain blanks there may be a run that is shorter to erase.
      if (glyph === BLANK && look === DEFAULT_STYLE) break;
    } while (isSimple(glyph) && styles[at] === (glyph === BLANK ? look : style));
    this.#length = length;
    this.#x = at - begin;
    return at;
  }

  /** Writes the cell at `index`; the cursor is there. Returns the index behind it. */
  #cell(next: Grid, index: number, x: number, y: number): number {
    const glyph = next.glyphs[index] ?? BLANK;
    const style = next.styles[index] ?? DEFAULT_STYLE;
    const width = isWide(glyph) ? 2 : 1;
    this.#setStyleFor(glyph, style);
    if (isUnsure(glyph)) {
      if (width === 2) {
        // Where a terminal takes it for narrow, its second cell must not keep what was there.
        this.#bytes[this.#length++] = SPACE;
        this.#bytes[this.#length++] = SPACE;
        this.#position(x, y);
      }
      this.#length = encodeGlyph(glyph, this.#bytes, this.#length);
      this.#x = UNKNOWN;
      this.#y = UNKNOWN;
    } else {
      this.#length = encodeGlyph(glyph, this.#bytes, this.#length);
      this.#x = x + width;
    }
    return index + width;
  }

  /** Erases the run of plain blanks that begins at `index` if that is shorter; returns its length, or 0. */
  #blanks(
    shown: Grid,
    next: Grid,
    begin: number,
    index: number,
    stop: number,
    forced: number,
    y: number,
  ): number {
    const glyphs = next.glyphs;
    const styles = next.styles;
    let runEnd = index + 1;
    let lastChange = index;
    while (runEnd < stop && glyphs[runEnd] === BLANK && styles[runEnd] === DEFAULT_STYLE) {
      const isChanged = shown.glyphs[runEnd] !== BLANK || shown.styles[runEnd] !== DEFAULT_STYLE;
      if (isChanged || runEnd < forced) lastChange = runEnd;
      runEnd += 1;
    }
    const count = lastChange - index + 1;
    if (count < SHORTEST_ERASE) return 0;
    this.#moveTo(next, begin, index - begin, y);
    this.#setErasing();
    this.#command(count, 0x58);
    return runEnd - index;
  }

  #eraseToEnd(next: Grid, begin: number, tail: number, erase: number, y: number): void {
    const cursor = begin + this.#x;
    const isInTail = this.#y === y && this.#x >= 0 && cursor >= tail && cursor <= erase;
    if (!isInTail) this.#moveTo(next, begin, erase - begin, y);
    this.#setErasing();
    this.#put(ERASE_TO_END);
  }

  /** Makes sure that erased cells get the default background. */
  #setErasing(): void {
    const style = this.#style;
    if (styleBackground(style) !== DEFAULT_COLOR || (styleAttributes(style) & INVERSE) !== 0) {
      this.#setStyle(DEFAULT_STYLE);
    }
  }

  /** Makes sure that the glyph will look so; a blank does in any style whose blanks look the same. */
  #setStyleFor(glyph: Glyph, style: StyleId): void {
    if (glyph !== BLANK || blankStyle(this.#style) !== style) this.#setStyle(style);
  }

  #setStyle(style: StyleId): void {
    if (style === this.#style) return;
    this.#put(this.#styles.transition(this.#style, style));
    this.#style = style;
  }

  /** Brings the cursor to (x, y) in the fewest bytes. */
  #moveTo(next: Grid, begin: number, x: number, y: number): void {
    if (this.#y === y && this.#x === x) return;
    if (this.#y === y && this.#x >= 0 && this.#x < x && this.#x < this.#width) {
      this.#forward(next, begin, x);
    } else if (this.#y === y && this.#x >= 0) {
      this.#backward(x);
    } else if (this.#y >= 0 && y > this.#y && y - this.#y <= 2) {
      this.#newLines(next, begin, x, y);
    } else {
      this.#position(x, y);
    }
    this.#x = x;
    this.#y = y;
  }

  /** Moves right on the cursor's row: by jumping, or by writing the few cells in between again. */
  #forward(next: Grid, begin: number, x: number): void {
    const gap = x - this.#x;
    const jump = gap === 1 ? 3 : 3 + digits(gap);
    if (gap <= LONGEST_REWRITE && this.#rewriteCost(next, begin + this.#x, begin + x, jump) <= jump) {
      this.#rewrite(next, begin + this.#x, begin + x);
    } else {
      this.#command(gap, 0x43);
    }
  }

  /** Moves left on the cursor's row, or anywhere on it from a pending wrap. */
  #backward(x: number): void {
    const distance = this.#x - x;
    if (x === 0) {
      this.#bytes[this.#length++] = CR;
    } else if (this.#x < this.#width && distance <= 3) {
      for (let step = 0; step < distance; step += 1) this.#bytes[this.#length++] = BACKSPACE;
    } else {
      this.#command(x + 1, 0x47);
    }
  }

  /** Moves to a row one or two below by new lines, if that is shorter than an address. */
  #newLines(next: Grid, begin: number, x: number, y: number): void {
    const address = positionCost(x, y);
    const lines = y - this.#y;
    const jump = x === 0 ? 0 : x === 1 ? 3 : 3 + digits(x);
    const rewriting = x <= LONGEST_REWRITE ? this.#rewriteCost(next, begin, begin + x, address) : address;
    if (1 + lines + Math.min(jump, rewriting) > address) {
      this.#position(x, y);
      return;
    }
    this.#bytes[this.#length++] = CR;
    for (let line = 0; line < lines; line += 1) this.#bytes[this.#length++] = LF;
    if (x === 0) return;
    if (rewriting <= jump) this.#rewrite(next, begin, begin + x);
    else this.#command(x, 0x43);
  }

  /** Bytes to write the cells again in the present style; more than `most` when that is more or impossible. */
  #rewriteCost(next: Grid, from: number, to: number, most: number): number {
    const impossible = most + 1;
    const look = blankStyle(this.#style);
    let cost = 0;
    if (next.glyphs[from] === CONTINUATION) return impossible;
    for (let index = from; index < to && cost <= most; index += 1) {
      const glyph = next.glyphs[index] ?? BLANK;
      if (next.styles[index] !== (glyph === BLANK ? look : this.#style)) return impossible;
      if (isUnsure(glyph)) return impossible;
      cost += glyphByteLength(glyph);
    }
    return cost;
  }

  #rewrite(next: Grid, from: number, to: number): void {
    for (let index = from; index < to; ) {
      const glyph = next.glyphs[index] ?? BLANK;
      this.#length = encodeGlyph(glyph, this.#bytes, this.#length);
      index += Math.max(1, glyphWidth(glyph));
    }
  }

  /** Addresses a cell absolutely. */
  #position(x: number, y: number): void {
    this.#introduce();
    if (y > 0 || x > 0) this.#number(y + 1);
    if (x > 0) {
      this.#bytes[this.#length++] = SEMICOLON;
      this.#number(x + 1);
    }
    this.#bytes[this.#length++] = 0x48;
    this.#x = x;
    this.#y = y;
  }

  /** A control sequence with one count, left out when it is 1. */
  #command(count: number, final: number): void {
    this.#introduce();
    if (count !== 1) this.#number(count);
    this.#bytes[this.#length++] = final;
  }

  #introduce(): void {
    this.#bytes[this.#length++] = ESC;
    this.#bytes[this.#length++] = BRACKET;
  }

  /** A whole number in decimal. */
  #number(value: number): void {
    decimals[value] ??= encoder.encode(String(value));
    this.#put(decimals[value]);
  }

  #put(bytes: Uint8Array): void {
    for (let index = 0; index < bytes.length; index += 1) this.#bytes[this.#length++] = bytes[index] ?? 0;
  }

  #reserve(count: number): void {
    // A little more, for what ends the frame.
    const needed = this.#length + count + 128;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

function digits(value: number): number {
  return value < 10 ? 1 : value < 100 ? 2 : value < 1000 ? 3 : value < 10_000 ? 4 : 5;
}

function positionCost(x: number, y: number): number {
  if (x === 0) return y === 0 ? 3 : 3 + digits(y + 1);
  return 4 + digits(y + 1) + digits(x + 1);
}
