import type { AttributeReader } from './attribute-reader.ts';
import { type RowLayout, type RowLayouts, wordKinds } from './row-layout.ts';

/** How rows of a kind are read. */
export interface RowReading<Row> {
  /** Reads a row, before whose attributes `source` stands; `before` lay in its place in the dump before. */
  read(source: AttributeReader, before: Row | undefined): Row | undefined;
  /** For rows with numbers that move. */
  readonly moving?: {
    readonly layouts: RowLayouts;
    /** A row of which nothing has changed but numbers, from the word on with which it begins. */
    move(before: Row, words: Uint32Array, start: number, places: readonly number[]): Row;
  };
}

/**
 * The rows of a dump with the bytes that they were read from. Most rows of the next dump of the same are the
 * same to the byte: those are not read again, and keep the object that was made of them, so that whoever goes
 * through ten thousand rows every second can tell the few that changed by looking at the reference. Of others
 * only numbers have moved, and only those are read.
 */
export class RowMemory<Row> {
  #words = new Uint32Array(0);
  /** The word with which each row begins; one more than there are rows. */
  readonly #starts = [0];
  readonly #rows: (Row | undefined)[] = [];
  readonly #layouts: (RowLayout | undefined)[] = [];
  #next = 0;

  /** Begins with the first row of a dump. */
  begin(): void {
    this.#next = 0;
  }

  /** The dump's next row, before whose attributes `source` stands. */
  next(source: AttributeReader, { read, moving }: RowReading<Row>): Row | undefined {
    const index = this.#next++;
    const at = this.#starts[index] ?? 0;
    const start = source.first >>> 2;
    // Netlink aligns to words; of a row that ends within one nothing is remembered.
    const length = (source.end & 3) === 0 ? (source.end - source.first) >>> 2 : 0;
    const before = this.#rows[index];
    let layout: RowLayout | undefined;
    if (index < this.#rows.length) {
      if ((this.#starts[index + 1] ?? at) - at === length && length > 0) {
        layout = this.#layouts[index];
        const change = this.#compare(source.words, start, at, length, layout);
        if (change === 'none') return before;
        if (change === 'moved' && layout !== undefined && before !== undefined && moving !== undefined) {
          this.#copy(source.words, start, at, length);
          const row = moving.move(before, source.words, start, layout.places);
          this.#rows[index] = row;
          return row;
        }
        if (change === 'structure') layout = undefined;
      } else {
        // What lies behind moves: it is remembered anew as it comes.
        this.#rows.length = index;
        this.#starts.length = index + 1;
      }
    }
    const row = read(source, before);
    layout ??= this.#likeTheLast(source.words, start, at, length, index) ?? moving?.layouts.of(source);
    this.#remember(source.words, start, at, length);
    this.#rows[index] = row;
    this.#layouts[index] = layout;
    this.#starts[index + 1] = at + length;
    return row;
  }

  /** What has changed of a row: nothing, moving numbers only, other contents, or how it is built. */
  #compare(words: Uint32Array, start: number, at: number, length: number, layout: RowLayout | undefined) {
    const own = this.#words;
    let word = 0;
    while (word < length && words[start + word] === own[at + word]) word++;
    if (word === length) return 'none';
    if (layout === undefined) return 'structure';
    const { kinds } = layout;
    let change: 'moved' | 'other' = 'moved';
    for (; word < length; word++) {
      if (words[start + word] === own[at + word]) continue;
      const kind = kinds[word];
      if (kind === wordKinds.structure) return 'structure';
      if (kind === wordKinds.other) change = 'other';
    }
    return change;
  }

  /** The layout of the row before it in the dump, where this one is built in the same way. */
  #likeTheLast(words: Uint32Array, start: number, at: number, length: number, index: number) {
    const layout = this.#layouts[index - 1];
    const last = this.#starts[index - 1] ?? 0;
    if (layout === undefined || at - last !== length) return undefined;
    const { kinds } = layout;
    for (let word = 0; word < length; word++)
      if (kinds[word] === wordKinds.structure && words[start + word] !== this.#words[last + word])
        return undefined;
    return layout;
  }

  #remember(words: Uint32Array, start: number, at: number, length: number): void {
    const end = at + length;
    if (end > this.#words.length) {
      const grown = new Uint32Array(end * 2);
      grown.set(this.#words);
      this.#words = grown;
    }
    this.#copy(words, start, at, length);
  }

  /** Word by word: a view to copy from would be the larger part of what a row leaves to the collector. */
  #copy(words: Uint32Array, start: number, at: number, length: number): void {
    const own = this.#words;
    for (let word = 0; word < length; word++) own[at + word] = words[start + word] ?? 0;
  }
}
