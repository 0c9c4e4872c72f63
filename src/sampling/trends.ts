import { connectionRateAt, type RatesOfRows } from './rate-meter.ts';
import { type Trend, trendLength } from './view.ts';

/** Trends of rows that carried nothing, by length. */
const idle: readonly Trend[] = Array.from({ length: trendLength + 1 }, (_, length) =>
  new Array<number>(length).fill(0),
);
const none: Trend = [];

/** Room for readings beyond those kept: at least this many, and half as many as are kept. */
const leastRoom = 3;

/** The readings that are kept. */
interface Kept {
  /** For each reading, its number of periods and then the value of each row, NaN where it was not known. */
  readonly readings: Float32Array;
  /** Index of the oldest reading, and one past the newest. */
  readonly begin: number;
  readonly end: number;
  /** Periods of the oldest reading that are still within the trend. */
  readonly oldest: number;
  /** After this many more periods only zeros are left, if nothing else comes. */
  readonly moving: number;
}

/**
 * The last readings, new connections a second, of rows that are read together. A `Trends` never changes; the next one
 * shares its memory. A reading that holds for many periods, as for rows that are read only now and then, takes no
 * more memory than one for a single period, and rows that carry nothing take none.
 */
export class Trends {
  readonly #rows: number;
  /** Length in periods, at most `trendLength`. */
  readonly #length: number;
  /** `undefined` where all values are 0. */
  readonly #kept: Kept | undefined;

  /** Trends of `rows` rows. Without `kept`, they carried nothing for `length` periods. */
  constructor(rows: number, length = 0, kept?: Kept) {
    this.#rows = rows;
    this.#length = length;
    this.#kept = kept;
  }

  /** The trend of the row at that place, oldest first. Unknown values are left out. */
  at(place: number): Trend {
    const kept = this.#kept;
    if (kept === undefined) return idle[this.#length] ?? none;
    const trend: number[] = [];
    for (let reading = kept.begin; reading < kept.end; reading++) {
      const value = this.#value(kept, reading, place);
      if (Number.isNaN(value)) continue;
      for (let period = this.#periods(kept, reading); period > 0; period--) trend.push(value);
    }
    return trend;
  }

  /** Sum of a row's values over the last `count` periods. */
  sum(place: number, count: number): number {
    const kept = this.#kept;
    if (kept === undefined) return 0;
    let sum = 0;
    for (let reading = kept.end - 1, left = count; reading >= kept.begin && left > 0; reading--) {
      const periods = Math.min(left, this.#periods(kept, reading));
      const value = this.#value(kept, reading, place);
      if (!Number.isNaN(value)) sum += value * periods;
      left -= periods;
    }
    return sum;
  }

  /**
   * All readings, the oldest first: for how many periods each holds, and each row's value, NaN where it was not
   * known.
   */
  *kept(): Generator<{ readonly periods: number; readonly values: Float32Array }, void, void> {
    const kept = this.#kept ?? this.#zeros();
    for (let reading = kept.begin; reading < kept.end; reading++) {
      const at = reading * this.#stride + 1;
      yield { periods: this.#periods(kept, reading), values: kept.readings.subarray(at, at + this.#rows) };
    }
  }

  /**
   * Whether both are the same for all rows. Where anything moves, a later one counts as different without comparing
   * values.
   */
  isSameAs(other: Trends): boolean {
    return (
      this === other ||
      (this.#kept === undefined && other.#kept === undefined && this.#length === other.#length)
    );
  }

  /** The trends with one more reading, which holds for `periods` periods; what is too old drops out. */
  pushed(rates: RatesOfRows, periods = 1): Trends {
    const added = Math.min(periods, trendLength);
    const dropped = Math.max(0, this.#length + added - trendLength);
    const length = this.#length + added - dropped;
    const moving = isIdle(rates, this.#rows) ? (this.#kept?.moving ?? 0) - dropped : length;
    if (moving <= 0) return new Trends(this.#rows, length);
    const { readings, begin, end, oldest } = this.#withRoom(dropped);
    const at = end * this.#stride;
    readings[at] = added;
    for (let place = 0; place < this.#rows; place++)
      readings[at + 1 + place] = connectionRateAt(rates, place);
    return new Trends(this.#rows, length, {
      readings,
      begin,
      end: end + 1,
      oldest: begin === end ? added : oldest,
      moving,
    });
  }

  /**
   * The trends of rows in a new order: `from` gives each row's old place, or −1 for a new row, of which nothing is
   * known.
   */
  arranged(from: readonly number[]): Trends {
    const length = this.#length;
    const kept = this.#kept ?? this.#zeros();
    const stays = from.every((place) => place >= 0);
    if (length === 0 || (this.#kept === undefined && stays)) return new Trends(from.length, length);
    const next = new Trends(from.length, length);
    const count = kept.end - kept.begin;
    const readings = new Float32Array(roomFor(count) * next.#stride);
    for (let reading = 0; reading < count; reading++) {
      readings[reading * next.#stride] = this.#periods(kept, kept.begin + reading);
      for (const [place, source] of from.entries())
        readings[reading * next.#stride + 1 + place] =
          source < 0 ? Number.NaN : this.#value(kept, kept.begin + reading, source);
    }
    const moving = stays ? kept.moving : length;
    return new Trends(from.length, length, { readings, begin: 0, end: count, oldest: kept.oldest, moving });
  }

  get #stride(): number {
    return this.#rows + 1;
  }

  #value({ readings }: Kept, reading: number, place: number): number {
    return readings[reading * this.#stride + 1 + place] ?? Number.NaN;
  }

  #periods({ readings, begin, oldest }: Kept, reading: number): number {
    return reading === begin ? oldest : (readings[reading * this.#stride] ?? 0);
  }

  /** The periods so far as a single reading of 0. */
  #zeros(): Kept {
    const end = this.#length === 0 ? 0 : 1;
    const readings = new Float32Array(roomFor(end) * this.#stride);
    return { readings, begin: 0, end, oldest: this.#length, moving: 0 };
  }

  /** The readings without the `dropped` oldest periods, with room for one more at the end. */
  #withRoom(dropped: number): Kept {
    const kept = this.#kept ?? this.#zeros();
    let { begin, oldest } = kept;
    for (let left = dropped; left > 0 && begin < kept.end; ) {
      const gone = Math.min(left, oldest);
      left -= gone;
      oldest -= gone;
      if (oldest === 0) {
        begin++;
        oldest = this.#periods(kept, begin);
      }
    }
    const { end, moving } = kept;
    if ((end + 1) * this.#stride <= kept.readings.length) return { ...kept, begin, oldest };
    const readings = new Float32Array(roomFor(end - begin) * this.#stride);
    readings.set(kept.readings.subarray(begin * this.#stride, end * this.#stride));
    return { readings, begin: 0, end: end - begin, oldest, moving };
  }
}

function roomFor(readings: number): number {
  return readings + Math.max(leastRoom, readings >> 1);
}

function isIdle(rates: RatesOfRows, rows: number): boolean {
  for (let place = 0; place < rows; place++) if (connectionRateAt(rates, place) !== 0) return false;
  return true;
}
