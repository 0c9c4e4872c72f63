import type { AttributeReader } from './attribute-reader.ts';

/**
 * The rows of a dump with the bytes that they were read from. Most rows of the next dump of the same are the
 * same to the byte: those are not read again, and keep the object that was made of them, so that whoever goes
 * through ten thousand rows every second can tell the few that changed by looking at the reference.
 */
export class RowMemory<Row> {
  #bytes = Buffer.alloc(0);
  /** Where each row's bytes begin; one more than there are rows. */
  readonly #starts = [0];
  readonly #rows: (Row | undefined)[] = [];
  #next = 0;

  /** Begins with the first row of a dump. */
  begin(): void {
    this.#next = 0;
  }

  /**
   * The dump's next row, whose attributes `source` stands before. `read` is asked when they differ from what
   * lay in the same place before, and is told what that was.
   */
  next(source: AttributeReader, read: (before: Row | undefined) => Row | undefined): Row | undefined {
    const { first: start, end } = source;
    const index = this.#next++;
    const at = this.#starts[index] ?? 0;
    const before = this.#rows[index];
    if (index < this.#rows.length) {
      const to = this.#starts[index + 1] ?? at;
      if (to - at === end - start) {
        if (this.#bytes.compare(source.all, start, end, at, to) === 0) return before;
      } else {
        // What lies behind moves: it is remembered anew as it comes.
        this.#rows.length = index;
        this.#starts.length = index + 1;
      }
    }
    const row = read(before);
    this.#remember(index, at, source.all.subarray(start, end), row);
    return row;
  }

  #remember(index: number, at: number, bytes: Uint8Array, row: Row | undefined): void {
    const end = at + bytes.length;
    if (end > this.#bytes.length) {
      const grown = Buffer.alloc(end * 2);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, at);
    this.#rows[index] = row;
    this.#starts[index + 1] = end;
  }
}
