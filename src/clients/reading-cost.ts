/**
 * What reading a connection table costs. `/proc` gives a page at a time, and until Linux 6.13 each read walks the
 * table from its start (`ip_vs_conn_array` in `net/netfilter/ipvs/ip_vs_conn.c`), so that the cost grows with the
 * square of the size. Newer kernels, and those with the patch, continue where the last read ended. Which kind it is
 * follows from the reads.
 */
export class ReadingCost {
  #reads = 0;
  #rows = 0;
  #sumOfPlaces = 0;
  #sumOfSquares = 0;
  #sumOfTimes = 0;
  #sumOfProducts = 0;

  /** Notes a read: it gave `rows` rows after `place` others, and took so many milliseconds. */
  note(place: number, rows: number, milliseconds: number): void {
    this.#reads++;
    this.#rows += rows;
    this.#sumOfPlaces += place;
    this.#sumOfSquares += place * place;
    this.#sumOfTimes += milliseconds;
    this.#sumOfProducts += place * milliseconds;
  }

  /** Milliseconds that a whole table of that many rows takes, by a straight line fitted to the reads so far. */
  ofAll(rows: number): number {
    if (this.#rows === 0) return 0;
    const mean = this.#sumOfTimes / this.#reads;
    const place = this.#sumOfPlaces / this.#reads;
    const spread = this.#sumOfSquares / this.#reads - place * place;
    const slope = spread <= 0 ? 0 : Math.max(0, (this.#sumOfProducts / this.#reads - place * mean) / spread);
    const first = Math.max(0, mean - slope * place);
    const reads = (rows * this.#reads) / this.#rows;
    return reads * (first + (slope * rows) / 2);
  }
}
