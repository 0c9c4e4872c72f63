import { endianness } from 'node:os';
import {
  BLANK,
  CONTINUATION,
  clusterAt,
  type Glyph,
  glyphOf,
  glyphText,
  glyphWidth,
  isNarrow,
  isWide,
  plainGlyph,
  plainWidthAt,
} from './glyph.ts';
import { blankStyle, DEFAULT_STYLE, type StyleId } from './style.ts';
import { textWidth, truncateToWidth } from './width.ts';

/** A rectangle of cells; x and y count from 0 at the top left. Empty when a side is 0 or less. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where in its field a text stands. */
export type Side = 'left' | 'right';

/** What can be painted on: a grid, or a rectangle of one with its own origin. Nothing leaves its edges. */
export interface Canvas {
  /** Cells from left to right. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /**
   * Writes `text` on row `y` from column `x`, which may be negative or beyond the edge: what is outside
   * is clipped, a wide character cut by an edge leaves a blank. Control characters appear as signs.
   * Returns the column behind the text, whether or not it was clipped.
   */
  write(x: number, y: number, text: string, style?: StyleId): number;
  /** Writes `text` at the left or right of a blank field of `width` cells; what is too long is cut and ends in `…`. */
  writeField(x: number, y: number, width: number, text: string, side: Side, style?: StyleId): void;
  /** Fills the rectangle, clipped, with one narrow character, the space if none is given. */
  fill(area: Rectangle, style?: StyleId, character?: string): void;
  /** Changes the style of every cell in the rectangle, clipped: for selections and for dimming. */
  restyle(area: Rectangle, change: (style: StyleId) => StyleId): void;
  /** Gives `width` cells of row `y` from column `x` on that style, clipped, whatever stands in them. */
  tint(x: number, y: number, width: number, style: StyleId): void;
  /** A canvas for the part of the rectangle that lies inside this one; its origin is the rectangle's. */
  view(area: Rectangle): Canvas;
  /** Shows the terminal's cursor in this cell when it lies inside; the last call of a frame counts. */
  placeCursor(x: number, y: number): void;
}

/** A column before all that text can begin in. */
const NOWHERE = -(2 ** 30);

/**
 * Shortest text, in UTF-16 units, that is copied into an array to be looked at: asking a string for each unit takes
 * much longer.
 */
const SHORTEST_COPY = 16;
/**
 * Longest text that is copied, in units. Buffers write units with their low byte first, so nothing is copied on a
 * machine that has them the other way round.
 */
const LONGEST_COPY = endianness() === 'LE' ? 512 : 0;
const units = new Uint16Array(512);
const unitBytes = Buffer.from(units.buffer);

/** One cell as it can be looked at. */
export interface Cell {
  /** Its character; a space for a blank, empty for the right half of a wide character. */
  readonly text: string;
  /** Cells that the character takes: 0 for the right half of a wide one. */
  readonly width: 0 | 1 | 2;
  readonly style: StyleId;
}

/**
 * A screenful of cells. Wide characters take a cell and its right neighbour (CONTINUATION, with the
 * same style); writing over either half blanks the other. Blanks have the style that shows of them.
 */
export class Grid implements Canvas {
  #width: number;
  #height: number;
  #glyphs: Uint32Array;
  #styles: Uint16Array;
  #cursorX = -1;
  #cursorY = -1;

  /** A blank grid; sizes below 0 count as 0. */
  constructor(width: number, height: number) {
    this.#width = Math.max(0, Math.trunc(width));
    this.#height = Math.max(0, Math.trunc(height));
    this.#glyphs = new Uint32Array(this.#width * this.#height).fill(BLANK);
    this.#styles = new Uint16Array(this.#width * this.#height);
  }

  /** Columns. */
  get width(): number {
    return this.#width;
  }

  /** Rows. */
  get height(): number {
    return this.#height;
  }

  /** The glyphs, row by row, for reading only; another array after `resize`. */
  get glyphs(): Uint32Array {
    return this.#glyphs;
  }

  /** The styles, row by row, for reading only; another array after `resize`. */
  get styles(): Uint16Array {
    return this.#styles;
  }

  /** Column of the visible cursor, -1 when it is hidden. */
  get cursorX(): number {
    return this.#cursorX;
  }

  /** Row of the visible cursor, -1 when it is hidden. */
  get cursorY(): number {
    return this.#cursorY;
  }

  placeCursor(x: number, y: number): void {
    if (x < 0 || y < 0 || x >= this.#width || y >= this.#height) return;
    this.#cursorX = x;
    this.#cursorY = y;
  }

  /** Hides the cursor. */
  hideCursor(): void {
    this.#cursorX = -1;
    this.#cursorY = -1;
  }

  /** Makes every cell a plain blank and hides the cursor. */
  clear(): void {
    this.#glyphs.fill(BLANK);
    this.#styles.fill(DEFAULT_STYLE);
    this.hideCursor();
  }

  /** Changes the size; what fits stays, new cells are blank, the cursor is hidden. */
  resize(width: number, height: number): void {
    if (width === this.#width && height === this.#height) return;
    const resized = new Grid(width, height);
    resized.copy(this, { x: 0, y: 0, width: this.#width, height: this.#height }, 0, 0);
    this.#width = resized.#width;
    this.#height = resized.#height;
    this.#glyphs = resized.#glyphs;
    this.#styles = resized.#styles;
    this.hideCursor();
  }

  write(x: number, y: number, text: string, style: StyleId = DEFAULT_STYLE): number {
    return this.writeWithin(x, y, text, style, 0, this.#width);
  }

  writeField(
    x: number,
    y: number,
    width: number,
    text: string,
    side: Side,
    style: StyleId = DEFAULT_STYLE,
  ): void {
    this.writeFieldWithin(x, y, width, text, side, style, 0, this.#width);
  }

  /** As `writeField`, clipped to the columns from `left` up to, not including, `right`. */
  writeFieldWithin(
    x: number,
    y: number,
    width: number,
    text: string,
    side: Side,
    style: StyleId,
    left: number,
    right: number,
  ): void {
    const missing = width - text.length;
    if (missing >= 0) {
      const start = side === 'right' ? x + missing : x;
      if (this.#writeNarrow(start, y, text, style, left, right)) return;
    }
    const shown = truncateToWidth(text, width);
    const start = side === 'right' ? x + width - textWidth(shown) : x;
    this.writeWithin(start, y, shown, style, left, right);
  }

  /** As `write`, clipped to the columns from `left` up to, not including, `right`. */
  writeWithin(x: number, y: number, text: string, style: StyleId, left: number, right: number): number {
    if (this.#writeNarrow(x, y, text, style, left, right)) return x + text.length;
    const isRow = y >= 0 && y < this.#height;
    const first = Math.max(0, left);
    const room = isRow ? Math.min(this.#width, right) : first;
    // Where there is none, no column is before the end: not even half a wide character is drawn.
    const end = room > first ? room : NOWHERE;
    const row = y * this.#width;
    const begin = Math.max(x, first);
    const isCutting = begin < end && this.#glyphs[row + begin] === CONTINUATION;
    const column = this.#writeClusters(x, row, text, style, first, end);
    if (column > begin && begin < end) {
      if (isCutting) this.#blank(row + begin - 1);
      this.#releaseRight(row, Math.min(column, end));
    }
    return column;
  }

  /**
   * Writes text that lies inside the edges, takes a cell a unit and cuts no wide character, as nearly all does;
   * `false` when it is other text; its beginning may have been blanked then.
   */
  #writeNarrow(x: number, y: number, text: string, style: StyleId, left: number, right: number): boolean {
    const end = x + text.length;
    if (y < 0 || y >= this.#height || x < left || x < 0 || end > right || end > this.#width) return false;
    const glyphs = this.#glyphs;
    const styles = this.#styles;
    const row = y * this.#width;
    if (glyphs[row + x] === CONTINUATION) return false;
    if (end < this.#width && glyphs[row + end] === CONTINUATION) return false;
    const blank = blankStyle(style);
    let cell = row + x;
    const { length } = text;
    const isCopied = length >= SHORTEST_COPY && length <= LONGEST_COPY;
    if (isCopied) unitBytes.write(text, 0, 'utf16le');
    for (let index = 0; index < length; index += 1) {
      const unit = isCopied ? (units[index] ?? 0) : text.charCodeAt(index);
      if (!isNarrow(unit)) {
        glyphs.fill(BLANK, row + x, cell);
        styles.fill(DEFAULT_STYLE, row + x, cell);
        return false;
      }
      glyphs[cell] = unit;
      styles[cell] = unit === BLANK ? blank : style;
      cell += 1;
    }
    return true;
  }

  /** Writes any text into the columns from `first` up to, not including, `end`; returns the column behind it. */
  #writeClusters(x: number, row: number, text: string, style: StyleId, first: number, end: number): number {
    const glyphs = this.#glyphs;
    const styles = this.#styles;
    const blank = blankStyle(style);
    let column = x;
    for (let index = 0; index < text.length; ) {
      let glyph: Glyph;
      let width: number = plainWidthAt(text, index);
      if (width !== 0) {
        glyph = plainGlyph(text.charCodeAt(index), width);
        index += 1;
      } else {
        const cluster = clusterAt(text, index);
        index += cluster.length;
        glyph = glyphOf(cluster);
        width = glyphWidth(glyph);
      }
      const cell = row + column;
      const next = column + width;
      if (column >= first && next <= end) {
        if (width === 1) {
          glyphs[cell] = glyph;
          styles[cell] = glyph === BLANK ? blank : style;
        } else if (width === 2) {
          glyphs[cell] = glyph;
          glyphs[cell + 1] = CONTINUATION;
          styles[cell] = style;
          styles[cell + 1] = style;
        }
      } else if (next > first && column < end) {
        // A wide character that an edge cuts.
        const half = column < first ? cell + 1 : cell;
        glyphs[half] = BLANK;
        styles[half] = blank;
      }
      column = next;
    }
    return column;
  }

  fill(area: Rectangle, style: StyleId = DEFAULT_STYLE, character = ' '): void {
    const left = Math.max(0, area.x);
    const right = Math.min(this.#width, area.x + area.width);
    const bottom = Math.min(this.#height, area.y + area.height);
    if (left >= right) return;
    const wanted = glyphOf(character);
    const glyph = wanted === CONTINUATION || isWide(wanted) ? BLANK : wanted;
    const look = glyph === BLANK ? blankStyle(style) : style;
    for (let y = Math.max(0, area.y); y < bottom; y += 1) {
      const row = y * this.#width;
      this.#releaseLeft(row, left);
      this.#releaseRight(row, right);
      this.#glyphs.fill(glyph, row + left, row + right);
      this.#styles.fill(look, row + left, row + right);
    }
  }

  restyle(area: Rectangle, change: (style: StyleId) => StyleId): void {
    let left = Math.max(0, area.x);
    let right = Math.min(this.#width, area.x + area.width);
    const bottom = Math.min(this.#height, area.y + area.height);
    if (left >= right) return;
    const [wholeLeft, wholeRight] = [left, right];
    for (let y = Math.max(0, area.y); y < bottom; y += 1) {
      const row = y * this.#width;
      // Both halves of a wide character have one style.
      left = this.#glyphs[row + wholeLeft] === CONTINUATION ? wholeLeft - 1 : wholeLeft;
      right =
        wholeRight < this.#width && this.#glyphs[row + wholeRight] === CONTINUATION
          ? wholeRight + 1
          : wholeRight;
      for (let index = row + left; index < row + right; index += 1) {
        const changed = change(this.#styles[index] ?? DEFAULT_STYLE);
        this.#styles[index] = this.#glyphs[index] === BLANK ? blankStyle(changed) : changed;
      }
    }
  }

  tint(x: number, y: number, width: number, style: StyleId): void {
    this.tintWithin(x, y, width, style, 0, this.#width);
  }

  /** As `tint`, clipped to the columns from `left` up to, not including, `right`. */
  tintWithin(x: number, y: number, width: number, style: StyleId, left: number, right: number): void {
    if (y < 0 || y >= this.#height) return;
    const row = y * this.#width;
    const blank = blankStyle(style);
    let begin = Math.max(0, left, x);
    let end = Math.min(this.#width, right, x + width);
    if (begin >= end) return;
    // Both halves of a wide character have one style.
    if (this.#glyphs[row + begin] === CONTINUATION) begin -= 1;
    if (end < this.#width && this.#glyphs[row + end] === CONTINUATION) end += 1;
    for (let cell = row + begin; cell < row + end; cell += 1)
      this.#styles[cell] = this.#glyphs[cell] === BLANK ? blank : style;
  }

  /**
   * Copies a rectangle of `source` so that its corner comes to (x, y); both are clipped. A wide
   * character cut by an edge becomes a blank. `source` must be another grid.
   */
  copy(source: Grid, area: Rectangle, x: number, y: number): void {
    const skipX = Math.max(0, -area.x, -x);
    const skipY = Math.max(0, -area.y, -y);
    const fromX = area.x + skipX;
    const fromY = area.y + skipY;
    const toX = x + skipX;
    const toY = y + skipY;
    const width = Math.min(area.width - skipX, source.#width - fromX, this.#width - toX);
    const height = Math.min(area.height - skipY, source.#height - fromY, this.#height - toY);
    if (width <= 0 || height <= 0) return;
    if (width === this.#width && width === source.#width) {
      const begin = fromY * width;
      const end = begin + height * width;
      this.#glyphs.set(source.#glyphs.subarray(begin, end), toY * width);
      this.#styles.set(source.#styles.subarray(begin, end), toY * width);
      return;
    }
    for (let line = 0; line < height; line += 1) {
      const from = (fromY + line) * source.#width + fromX;
      const row = (toY + line) * this.#width;
      this.#releaseLeft(row, toX);
      this.#releaseRight(row, toX + width);
      this.#glyphs.set(source.#glyphs.subarray(from, from + width), row + toX);
      this.#styles.set(source.#styles.subarray(from, from + width), row + toX);
      const first = row + toX;
      const last = first + width - 1;
      if (this.#glyphs[first] === CONTINUATION) this.#blank(first);
      if (isWide(this.#glyphs[last] ?? BLANK)) this.#blank(last);
    }
  }

  view(area: Rectangle): Canvas {
    return new GridView(this, area, { x: 0, y: 0, width: this.#width, height: this.#height });
  }

  /** Whether both grids show the same, the cursor included. */
  equals(other: Grid): boolean {
    if (this.#width !== other.#width || this.#height !== other.#height) return false;
    if (this.#cursorX !== other.#cursorX || this.#cursorY !== other.#cursorY) return false;
    for (let index = 0; index < this.#glyphs.length; index += 1) {
      if (this.#glyphs[index] !== other.#glyphs[index] || this.#styles[index] !== other.#styles[index]) {
        return false;
      }
    }
    return true;
  }

  /** The cell at (x, y); a plain blank outside. */
  cell(x: number, y: number): Cell {
    if (x < 0 || y < 0 || x >= this.#width || y >= this.#height) {
      return { text: ' ', width: 1, style: DEFAULT_STYLE };
    }
    const index = y * this.#width + x;
    const glyph = this.#glyphs[index] ?? BLANK;
    const width = glyph === CONTINUATION ? 0 : isWide(glyph) ? 2 : 1;
    return { text: glyphText(glyph), width, style: this.#styles[index] ?? DEFAULT_STYLE };
  }

  /** The text of row `y` without its trailing blanks. */
  rowText(y: number): string {
    let text = '';
    for (let x = 0; x < this.#width; x += 1) text += this.cell(x, y).text;
    return text.trimEnd();
  }

  /** The text of all rows, as a reader sees it: trailing blanks and trailing empty rows left out. */
  toString(): string {
    const rows: string[] = [];
    for (let y = 0; y < this.#height; y += 1) rows.push(this.rowText(y));
    return rows.join('\n').trimEnd();
  }

  /** Blanks the left half of a wide character whose right half is about to be replaced. */
  #releaseLeft(row: number, column: number): void {
    if (column > 0 && column < this.#width && this.#glyphs[row + column] === CONTINUATION) {
      this.#blank(row + column - 1);
    }
  }

  /** Blanks the right half of a wide character whose left half was, or is about to be, replaced. */
  #releaseRight(row: number, column: number): void {
    if (column < this.#width && this.#glyphs[row + column] === CONTINUATION) this.#blank(row + column);
  }

  #blank(index: number): void {
    this.#glyphs[index] = BLANK;
    this.#styles[index] = blankStyle(this.#styles[index] ?? DEFAULT_STYLE);
  }
}

/** A rectangle of a grid with its own origin, clipped to its parents. */
class GridView implements Canvas {
  readonly width: number;
  readonly height: number;
  readonly #grid: Grid;
  readonly #x: number;
  readonly #y: number;
  readonly #clip: Rectangle;

  constructor(grid: Grid, area: Rectangle, clip: Rectangle) {
    this.width = Math.max(0, area.width);
    this.height = Math.max(0, area.height);
    this.#grid = grid;
    this.#x = area.x;
    this.#y = area.y;
    this.#clip = intersection(area, clip);
  }

  write(x: number, y: number, text: string, style: StyleId = DEFAULT_STYLE): number {
    const clip = this.#clip;
    const row = y + this.#y;
    const isInside = row >= clip.y && row < clip.y + clip.height;
    const right = isInside ? clip.x + clip.width : clip.x;
    return this.#grid.writeWithin(x + this.#x, row, text, style, clip.x, right) - this.#x;
  }

  writeField(
    x: number,
    y: number,
    width: number,
    text: string,
    side: Side,
    style: StyleId = DEFAULT_STYLE,
  ): void {
    const clip = this.#clip;
    const row = y + this.#y;
    if (row < clip.y || row >= clip.y + clip.height) return;
    this.#grid.writeFieldWithin(x + this.#x, row, width, text, side, style, clip.x, clip.x + clip.width);
  }

  fill(area: Rectangle, style: StyleId = DEFAULT_STYLE, character = ' '): void {
    this.#grid.fill(this.#clipped(area), style, character);
  }

  restyle(area: Rectangle, change: (style: StyleId) => StyleId): void {
    this.#grid.restyle(this.#clipped(area), change);
  }

  tint(x: number, y: number, width: number, style: StyleId): void {
    const clip = this.#clip;
    const row = y + this.#y;
    if (row < clip.y || row >= clip.y + clip.height) return;
    this.#grid.tintWithin(x + this.#x, row, width, style, clip.x, clip.x + clip.width);
  }

  view(area: Rectangle): Canvas {
    return new GridView(this.#grid, this.#moved(area), this.#clip);
  }

  placeCursor(x: number, y: number): void {
    const cell = intersection(this.#moved({ x, y, width: 1, height: 1 }), this.#clip);
    if (cell.width > 0 && cell.height > 0) this.#grid.placeCursor(cell.x, cell.y);
  }

  #moved(area: Rectangle): Rectangle {
    return { x: area.x + this.#x, y: area.y + this.#y, width: area.width, height: area.height };
  }

  #clipped(area: Rectangle): Rectangle {
    return intersection(this.#moved(area), this.#clip);
  }
}

/** What two rectangles have in common; sides of 0 when nothing. */
function intersection(a: Rectangle, b: Rectangle): Rectangle {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  const right = Math.min(a.x + a.width, b.x + b.width);
  const bottom = Math.min(a.y + a.height, b.y + b.height);
  return { x, y, width: Math.max(0, right - x), height: Math.max(0, bottom - y) };
}
