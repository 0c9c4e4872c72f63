import { connectionRateAt, type RatesOfRows } from './rate-meter.ts';
import { type Trend, trendLength } from './view.ts';

/** Trends of what carried nothing, by their length. */
const idle: readonly Trend[] = Array.from({ length: trendLength + 1 }, (_, length) =>
  new Array<number>(length).fill(0),
);
const none: Trend = [];

/** Readings that there is room for, beyond those that are kept: at least so many, and half as many as are kept. */
const leastRoom = 3;

/** What is kept of readings. */
interface Kept {
  /** Reading after reading: its periods, and then the number of each row, NaN where it was not known. */
  readonly readings: Float32Array;
  /** The oldest reading, and the one behind the newest. */
  readonly begin: number;
  readonly end: number;
  /** Periods of the oldest reading that are not too long ago. */
  readonly oldest: number;
  /** Periods after which nothing but 0 is left if nothing else comes. */
  readonly moving: number;
}

/**
 * The last readings of rows that are read together: new connections a second. Each stays as it is; the next one
 * shares its memory. A reading that holds for many periods, as it does of rows that have their turn only now
 * and then, takes no more memory than one of a single period, and what carries nothing takes none.
 */
export class Trends {
  readonly #rows: number;
  /** Periods, at most `trendLength`. */
  readonly #length: number;
  /** `undefined` where all is 0. */
  readonly #kept: Kept | undefined;

  /** Of so many rows; of nothing, or of so many periods in which they carried nothing. */
  constructor(rows: number, length = 0, kept?: Kept) {
    this.#rows = rows;
    this.#length = length;
    this.#kept = kept;
  }

  /** The trend of the row at that place, oldest first. What was not known is left out. */
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

  /** Sum of the last `count` periods of the row at that place. */
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

  /** All that is kept, the oldest first: for how many periods a reading holds, and each row's value, NaN where it was not known. */
  *kept(): Generator<{ readonly periods: number; readonly values: Float32Array }, void, void> {
    const kept = this.#kept ?? this.#zeros();
    for (let reading = kept.begin; reading < kept.end; reading++) {
      const at = reading * this.#stride + 1;
      yield { periods: this.#periods(kept, reading), values: kept.readings.subarray(at, at + this.#rows) };
    }
  }

  /** Whether both tell the same of all rows. Of what moves it is enough that one has not gone on from the other. */
  isSameAs(other: Trends): boolean {
    return (
      this === other ||
      (this.#kept === undefined && other.#kept === undefined && this.#length === other.#length)
    );
  }

  /** The trends with one more reading, which holds for so many periods; what is too long ago drops out. */
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

  /** The trends of rows of which each stands in the place `from` here; nothing is known of those whose place is not here. */
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

  /** The periods so far as one reading of 0. */
  #zeros(): Kept {
    const end = this.#length === 0 ? 0 : 1;
    const readings = new Float32Array(roomFor(end) * this.#stride);
    return { readings, begin: 0, end, oldest: this.#length, moving: 0 };
  }

  /** What is kept without the `dropped` oldest periods, with room for one more reading behind. */
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
