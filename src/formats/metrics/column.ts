/** One value of each of many rows, `null` where a row has none, in 8 bytes each. */
export class Column {
  readonly #numbers: Float64Array;
  /** What is too large to be exact as a number. */
  #large: Map<number, bigint> | undefined;

  constructor(length: number) {
    this.#numbers = new Float64Array(length);
  }

  /** Sets the value at a place. */
  set(place: number, value: number | bigint | null): void {
    if (typeof value === 'bigint') {
      this.#large ??= new Map();
      this.#large.set(place, value);
    }
    this.#numbers[place] = typeof value === 'number' ? value : Number.NaN;
  }

  /** The value at a place. */
  at(place: number): number | bigint | null {
    const number = this.#numbers[place] ?? Number.NaN;
    return Number.isNaN(number) ? (this.#large?.get(place) ?? null) : number;
  }
}

/**
 * A column for each of `readers`. Row by row, since rows lie scattered in memory: column by column each would have to be
 * fetched for each value anew.
 */
export function columnsOf<Row>(
  rows: readonly Row[],
  readers: readonly ((row: Row, place: number) => number | bigint | null)[],
): readonly Column[] {
  const columns = readers.map((read) => ({ read, column: new Column(rows.length) }));
  for (const [place, row] of rows.entries())
    for (const { read, column } of columns) column.set(place, read(row, place));
  return columns.map(({ column }) => column);
}
