import type { AttributeReader } from '../wire/attribute-reader.ts';
import { type RowLayout, type RowLayouts, wordKinds } from './row-layout.ts';

/** How rows of a kind are read. */
export interface RowReading<Row extends object> {
  /** Reads a row; `source` stands in front of its attributes, and `before` is what the last dump had in its place. */
  read(source: AttributeReader, before: Row | undefined): Row | undefined;
  /** For rows with numbers that move. */
  readonly moving?: {
    readonly layouts: RowLayouts;
    /** The row `before` with its new numbers, which begin at these places of the words. */
    move(before: Row, words: Uint32Array, places: readonly number[], start: number): Row;
  };
}

/**
 * Room for the rows of a dump while it is not known how many come. Each dump borrows it and gives it back; otherwise
 * the first reading of ten thousand services would allocate three times what it keeps.
 */
const spare: Uint32Array[] = [];
const leastRoom = 4096;

/**
 * The rows of the last dump with the words that they were read from. Most rows of the next dump are the same to the
 * byte: they are not read again and keep their object, so that whoever goes through ten thousand rows every second
 * finds the few that changed by comparing references. Of most others only numbers have moved, and only these are read,
 * which takes a third of the time.
 */
export class RowMemory<Row extends object> {
  readonly #rows: (Row | undefined)[] = [];
  readonly #layouts: (RowLayout | undefined)[] = [];
  /** Where the words of each row end; those of the next one begin there. */
  readonly #ends: number[] = [];
  #words: Uint32Array = new Uint32Array(0);
  /** Rows are being added, and the words lie in borrowed room. */
  #isGrowing = false;
  #place = 0;

  /** The next row will be the first one of a dump. */
  begin(): void {
    this.end();
    this.#place = 0;
  }

  /** The dump is over: the words move to a place of just their length. */
  end(): void {
    if (!this.#isGrowing) return;
    this.#isGrowing = false;
    spare.push(this.#words);
    this.#words = this.#words.slice(0, this.#ends.at(-1) ?? 0);
  }

  /** Takes the dump's next row; `source` stands in front of its attributes. */
  next(source: AttributeReader, { read, moving }: RowReading<Row>): Row | undefined {
    const { words } = source;
    const start = source.first >>> 2;
    // Netlink aligns to words; a row that ends within one is never taken for another.
    const length = (source.end & 3) === 0 ? (source.end - source.first) >>> 2 : 0;
    const place = this.#place++;
    const own = this.#ends[place - 1] ?? 0;
    const before = this.#rows[place];
    const isAsLong = length > 0 && this.#ends[place] === own + length;
    let row: Row | undefined;
    if (isAsLong) {
      const layout = this.#layouts[place];
      const change = this.#compare(words, start, own, length, layout);
      if (change === 'none') return before;
      if (change === 'moved' && before !== undefined && layout !== undefined && moving !== undefined)
        row = moving.move(before, words, layout.places, start);
    } else {
      // The rows behind it may have moved too: they are remembered anew as they come.
      this.#cut(place, length);
    }
    if (row === undefined) {
      row = read(source, before);
      this.#layouts[place] = row && length > 0 ? moving?.layouts.of(source) : undefined;
    }
    for (let index = 0; index < length; index++) this.#words[own + index] = words[start + index] ?? 0;
    this.#rows[place] = row;
    this.#ends[place] = own + length;
    return row;
  }

  /** How a row differs from the one remembered at that place. */
  #compare(
    words: Uint32Array,
    start: number,
    own: number,
    length: number,
    layout: RowLayout | undefined,
  ): 'none' | 'moved' | 'other' {
    let change: 'none' | 'moved' = 'none';
    for (let index = 0; index < length; index++) {
      if (words[start + index] === this.#words[own + index]) continue;
      const kind = layout?.kinds[index];
      if (kind === wordKinds.unread) continue;
      if (kind !== wordKinds.moving) return 'other';
      change = 'moved';
    }
    return change;
  }

  /** Forgets the rows from `place` on, and makes room for a row of `length` words. */
  #cut(place: number, length: number): void {
    this.#rows.length = place;
    this.#layouts.length = place;
    this.#ends.length = place;
    const used = this.#ends.at(-1) ?? 0;
    if (this.#isGrowing && this.#words.length >= used + length) return;
    const lent = spare.pop();
    const isEnough = lent !== undefined && lent.length >= used + length;
    const room = isEnough ? lent : new Uint32Array(Math.max(leastRoom, 2 * (used + length)));
    room.set(this.#words.subarray(0, used));
    this.#words = room;
    this.#isGrowing = true;
  }
}
