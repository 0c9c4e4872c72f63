import type { AttributeReader } from './attribute-reader.ts';
import type { PackedRow, RowNumbers } from './packed-row.ts';
import { RowBlock } from './row-block.ts';
import { opaqueLayout, type RowLayout, type RowLayouts } from './row-layout.ts';

/** How rows of a kind are read. */
export interface RowReading<Row extends object> {
  /** Reads a row, before whose attributes `source` stands; `before` lay in its place in the dump before. */
  read(source: AttributeReader, before: Row | undefined): Row | undefined;
  /** For rows with numbers that move. */
  readonly packing?: {
    readonly layouts: RowLayouts;
    /** The row as it was set, with the numbers that begin with the word `at`. */
    pack(row: Row, numbers: RowNumbers, at: number): Row & PackedRow;
  };
}

/**
 * The rows of a dump with the words that they were read from. Most rows of the next dump of the same are the
 * same to the byte: those are not read again, and keep the object that was made of them, so that whoever goes
 * through ten thousand rows every second can tell the few that changed by looking at the reference. Of others
 * only numbers have moved, and only those are taken over.
 */
export class RowMemory<Row extends object> {
  readonly #blocks: RowBlock<Row>[] = [];
  /** The last block, as long as rows are added to it. */
  #growing: RowBlock<Row> | undefined;
  /** Number of the dump, to tell which blocks it has renewed. */
  #dump = 0;
  /** Where the next row lay in the dump before. */
  #block = 0;
  #place = 0;

  /** Begins with the first row of a dump. */
  begin(): void {
    this.end();
    this.#dump++;
    this.#block = 0;
    this.#place = 0;
  }

  /** The dump is over. */
  end(): void {
    this.#growing?.seal();
    this.#growing = undefined;
  }

  /** The dump's next row, before whose attributes `source` stands. */
  next(source: AttributeReader, reading: RowReading<Row>): Row | undefined {
    const { words } = source;
    const start = source.first >>> 2;
    // Netlink aligns to words; a row that ends within one is never taken for another.
    const length = (source.end & 3) === 0 ? (source.end - source.first) >>> 2 : 0;
    if (this.#place === this.#blocks[this.#block]?.length && this.#growing === undefined) {
      this.#block++;
      this.#place = 0;
    }
    const block = this.#growing === undefined ? this.#blocks[this.#block] : undefined;
    if (block === undefined) return this.#add(source, length, reading, undefined);
    const place = this.#place++;
    const before = block.row(place);
    const change = length === 0 ? 'structure' : block.compare(words, start, length, place);
    switch (change) {
      case 'none':
        return block.keep(place, this.#dump);
      case 'structure':
        // Nor may what lies behind be where it was: it is remembered anew as it comes.
        block.cut(place);
        this.#blocks.length = place === 0 ? this.#block : this.#block + 1;
        return this.#add(source, length, reading, before);
      case 'moved':
        if (before !== undefined) return block.put(place, words, start, this.#dump, before, reading.packing);
    }
    return block.put(place, words, start, this.#dump, reading.read(source, before), reading.packing);
  }

  #add(
    source: AttributeReader,
    length: number,
    reading: RowReading<Row>,
    before: Row | undefined,
  ): Row | undefined {
    const row = reading.read(source, before);
    const block = this.#blockFor(source, length, row, reading);
    return block.add(source.words, source.first >>> 2, row, reading.packing);
  }

  /** The block to which a row is added. */
  #blockFor(
    source: AttributeReader,
    length: number,
    row: Row | undefined,
    { packing }: RowReading<Row>,
  ): RowBlock<Row> {
    const known = this.#growing;
    let layout: RowLayout | undefined;
    if (row !== undefined && length > 0 && packing !== undefined) {
      layout = packing.layouts.of(source);
    }
    layout ??= opaqueLayout(length);
    if (known !== undefined && known.layout === layout && !known.isFull) return known;
    known?.seal();
    const block = new RowBlock<Row>(layout);
    this.#blocks.push(block);
    this.#growing = block;
    return block;
  }
}
