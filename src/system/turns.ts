import type { Span } from './span.ts';

/** How a reading shares the thread. */
export interface SweepPace {
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** Gives the event loop its turn. */
  turn(): Promise<void>;
  /** Milliseconds that a slice may hold the event loop. */
  readonly slice: number;
}

/**
 * Rows from one look at the clock to the next. Where that is a system call it costs as much as many rows, so it is
 * done the more seldom the less time they take.
 */
const rowsBetweenLooks = { least: 64, most: 128 };
/** Parts of a slice that should pass from one look to the next. */
const shareOfSlice = { least: 1 / 8, most: 1 / 4 };

/** Tells when a slice is used up and the event loop should have its turn, and when what was done. */
export class Turns {
  readonly #pace: SweepPace;
  #began: number;
  #rows = 0;
  #rowsToLook = rowsBetweenLooks.least;
  #isUsedUp = false;
  /** Milliseconds of the slices before this one. */
  #worked = 0;
  #looked: number;
  #span: { from: number; to: number };

  constructor(pace: SweepPace) {
    this.#pace = pace;
    this.#began = pace.now();
    this.#looked = this.#began;
    this.#span = { from: this.#began, to: this.#began };
  }

  /** Milliseconds of work up to the last look at the clock, the turns of the event loop left out. */
  get worked(): number {
    return this.#worked + this.#looked - this.#began;
  }

  /** Since the last look at the clock. Its end is known after the next one. */
  get span(): Span {
    return this.#span;
  }

  /** All that was done since a span that was the present one; a look at the clock ends it where it has ended already. */
  since(span: Span): Span {
    if (span === this.#span) return span;
    this.look();
    return { from: span.from, to: this.#span.from };
  }

  /** Counts rows that were worked on; whether the slice is used up. Asked before `take`, since waiting for nothing has its price, too. */
  isDue(rows: number): boolean {
    this.#rows += rows;
    if (this.#rows >= this.#rowsToLook) {
      const looked = this.#looked;
      this.look();
      this.#adapt((this.#looked - looked) / this.#pace.slice);
    }
    return this.#isUsedUp;
  }

  /** Goes by the share of a slice that the rows since the last look took. */
  #adapt(share: number): void {
    const { least, most } = rowsBetweenLooks;
    if (share < shareOfSlice.least) this.#rowsToLook = Math.min(most, this.#rowsToLook * 2);
    else if (share > shareOfSlice.most) this.#rowsToLook = Math.max(least, this.#rowsToLook / 2);
  }

  look(): void {
    const now = this.#pace.now();
    this.#looked = now;
    this.#span.to = now;
    this.#span = { from: now, to: now };
    this.#rows = 0;
    this.#isUsedUp = now - this.#began >= this.#pace.slice;
  }

  async take(): Promise<void> {
    this.look();
    this.#worked += this.#looked - this.#began;
    await this.#pace.turn();
    this.#began = this.#pace.now();
    this.#looked = this.#began;
    this.#span = { from: this.#began, to: this.#began };
    this.#isUsedUp = false;
  }
}
