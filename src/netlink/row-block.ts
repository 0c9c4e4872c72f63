import { PackedRow, RowNumbers } from './packed-row.ts';
import type { RowLayout } from './row-layout.ts';

/** Rows of a block at most: all of them are copied when one has changed. */
const mostRows = 32;

/** Makes a row of what it is set to and its numbers. */
type Packing<Row> = { pack(row: Row, numbers: RowNumbers, at: number): Row & PackedRow } | undefined;

/** What has changed of a row: nothing, moving numbers only, other contents, or how it is built. */
export type RowChange = 'none' | 'moved' | 'other' | 'structure';

/**
 * Words in which a block grows that is not sealed yet, lent from one block to the next: of ten thousand services the
 * first reading would else allocate three times what it keeps.
 */
const spare: Uint32Array[] = [];

function roomFor(length: number): Uint32Array {
  const room = spare.pop();
  return room !== undefined && room.length >= length ? room : new Uint32Array(length);
}

/** Some rows of the same layout that lie behind each other in a dump, with the words of them that are kept. */
export class RowBlock<Row extends object> {
  readonly layout: RowLayout;
  readonly #rows: (Row | undefined)[] = [];
  #numbers: RowNumbers;
  /** The dump in which the words were copied last; rows of dumps before it have the words that they were read from. */
  #renewed = 0;

  constructor(layout: RowLayout) {
    this.layout = layout;
    this.#numbers = new RowNumbers(roomFor(mostRows * layout.kept.length), layout.places);
  }

  get length(): number {
    return this.#rows.length;
  }

  get isFull(): boolean {
    return this.#rows.length === mostRows;
  }

  row(place: number): Row | undefined {
    return this.#rows[place];
  }

  /** Adds a row, as yet without others behind it in the dump. */
  add(words: Uint32Array, start: number, row: Row | undefined, packing: Packing<Row>): Row | undefined {
    return this.#take(this.#rows.length, words, start, row, packing);
  }

  /** No further row is added: the words move to a place of just their length. */
  seal(): void {
    const room = this.#numbers.words;
    this.#numbers.words = room.slice(0, this.#rows.length * this.layout.kept.length);
    spare.push(room);
  }

  /** Forgets the rows from there on. */
  cut(place: number): void {
    this.#rows.length = place;
  }

  /** What has changed of the row in that place, which begins with the word `start` now. */
  compare(words: Uint32Array, start: number, length: number, place: number): RowChange {
    const { layout } = this;
    if (length !== layout.length) return 'structure';
    const { structure, heads, kept, moves } = layout;
    for (let index = 0; index < structure.length; index++)
      if (words[start + (structure[index] ?? 0)] !== heads[index]) return 'structure';
    const own = this.#numbers.words;
    const at = place * kept.length;
    let change: RowChange = 'none';
    for (let index = 0; index < kept.length; index++) {
      if (words[start + (kept[index] ?? 0)] === own[at + index]) continue;
      if (moves[index] === 0) return 'other';
      change = 'moved';
    }
    return change;
  }

  /** The row in that place, which is as it was. */
  keep(place: number, dump: number): Row | undefined {
    if (this.#renewed === dump) this.#settle(place);
    return this.#rows[place];
  }

  /** Puts another row in that place; those of the dumps before stay as they are. */
  put(
    place: number,
    words: Uint32Array,
    start: number,
    dump: number,
    row: Row | undefined,
    packing: Packing<Row>,
  ): Row | undefined {
    if (this.#renewed !== dump) {
      this.#renewed = dump;
      this.#numbers = new RowNumbers(this.#numbers.words.slice(), this.layout.places);
      for (let kept = 0; kept < place; kept++) this.#settle(kept);
    }
    return this.#take(place, words, start, row, packing);
  }

  #take(
    place: number,
    words: Uint32Array,
    start: number,
    row: Row | undefined,
    packing: Packing<Row>,
  ): Row | undefined {
    const { kept, places } = this.layout;
    const own = this.#numbers.words;
    const at = place * kept.length;
    for (let index = 0; index < kept.length; index++)
      own[at + index] = words[start + (kept[index] ?? 0)] ?? 0;
    const packed =
      row === undefined || packing === undefined || places.length === 0
        ? row
        : packing.pack(row, this.#numbers, at);
    this.#rows[place] = packed;
    return packed;
  }

  /** Moves a row that has not changed to the present words, lest those of before stay in memory for its sake. */
  #settle(place: number): void {
    const row = this.#rows[place];
    if (row instanceof PackedRow) row.numbers = this.#numbers;
  }
}
