import { type Pace, systemClock } from './clock.ts';
import type { Span } from './span.ts';

/**
 * Work that can be interrupted wherever it yields. It yields how many rows it has gone through since the last yield,
 * `undefined` where that stretch may have taken any time, or a `Wait` for something. An error of that wait is thrown at
 * the yield.
 */
export type Work<Result> = Generator<number | undefined | Wait, Result, void>;

/** Something that takes its time outside of this process, as a disk does. Both ways do the same. */
export interface Wait {
  /** Does it and holds everything up. */
  atOnce(): void;
  /** Does it while the event loop goes on. */
  meanwhile(): Promise<void>;
}

/** Does all of it in one go, for whoever has nothing else to do. */
export function allAtOnce<Result>(work: Work<Result>): Result {
  let step = work.next();
  while (!step.done) step = isWait(step.value) ? waitedFor(work, step.value) : work.next();
  return step.value;
}

/**
 * Does it slice by slice, and gives the event loop its turn in between. Work that ends within the first slice, as a few
 * rows always do, returns its result at once and not as a promise.
 */
export function inTurns<Result>(work: Work<Result>, turns: Turns = new Turns()): Result | Promise<Result> {
  const first = doSlice(work, turns, () => work.next());
  return first.done ? first.value : goOn(work, turns, first);
}

async function goOn<Result>(
  work: Work<Result>,
  turns: Turns,
  first: IteratorYieldResult<number | undefined | Wait>,
): Promise<Result> {
  let step: IteratorResult<number | undefined | Wait, Result> = first;
  while (!step.done) {
    const { value } = step;
    let resume = () => work.next();
    try {
      await turns.take(isWait(value) ? () => value.meanwhile() : undefined);
    } catch (error) {
      resume = () => work.throw(error);
    }
    step = doSlice(work, turns, resume);
  }
  // What the caller does with the result has a slice of its own.
  await turns.take();
  return step.value;
}

/** Goes on until the slice is used up, or there is something to wait for. */
function doSlice<Result>(
  work: Work<Result>,
  turns: Turns,
  resume: () => IteratorResult<number | undefined | Wait, Result>,
): IteratorResult<number | undefined | Wait, Result> {
  let step = resume();
  while (!step.done && !isWait(step.value) && !turns.isDue(step.value)) step = work.next();
  return step;
}

function isWait(value: number | undefined | Wait): value is Wait {
  return typeof value === 'object';
}

function waitedFor<Result>(
  work: Work<Result>,
  wait: Wait,
): IteratorResult<number | undefined | Wait, Result> {
  try {
    wait.atOnce();
  } catch (error) {
    return work.throw(error);
  }
  return work.next();
}

/** Milliseconds for which a slice may hold the event loop. */
const usualSlice = 4;

/**
 * Rows between two looks at the clock. Where a look is a system call, it costs as much as many rows; so the faster the
 * rows go, the more of them pass between two looks.
 */
const rowsBetweenLooks = { least: 64, most: 128 };
/** Share of a slice that should pass between two looks. */
const shareOfSlice = { least: 1 / 8, most: 1 / 4 };

/**
 * Tells when a slice is used up and the event loop should have its turn, and in which span of time something was done.
 */
export class Turns {
  readonly #pace: Pace;
  readonly #slice: number;
  #began: number;
  #rows = 0;
  #rowsToLook = rowsBetweenLooks.least;
  #isUsedUp = false;
  /** Milliseconds of the slices before this one. */
  #worked = 0;
  #looked: number;
  #span: { from: number; to: number };

  constructor(pace: Pace = systemClock) {
    this.#pace = pace;
    this.#slice = pace.slice ?? usualSlice;
    this.#began = pace.now();
    this.#looked = this.#began;
    this.#span = this.#emptySpan();
  }

  /** Milliseconds of work up to the last look at the clock, the turns of the event loop left out. */
  get worked(): number {
    return this.#worked + this.#looked - this.#began;
  }

  /** The span since the last look at the clock; its end is set by the next look. */
  get span(): Span {
    return this.#span;
  }

  /**
   * From the start of an earlier span until now, which takes a look at the clock. While `span` is still the present
   * one, it is returned itself.
   */
  since(span: Span): Span {
    if (span === this.#span) return span;
    this.look();
    return { from: span.from, to: this.#span.from };
  }

  /**
   * Counts rows that were worked on, or looks at the clock where `rows` is `undefined`. Tells whether the slice is used
   * up.
   */
  isDue(rows: number | undefined): boolean {
    if (rows === undefined) {
      this.look();
      return this.#isUsedUp;
    }
    this.#rows += rows;
    if (this.#rows >= this.#rowsToLook) {
      const looked = this.#looked;
      this.look();
      this.#adapt((this.#looked - looked) / this.#slice);
    }
    return this.#isUsedUp;
  }

  /** Adapts how many rows pass between two looks to the share of a slice that the last ones took. */
  #adapt(share: number): void {
    const { least, most } = rowsBetweenLooks;
    if (share < shareOfSlice.least) this.#rowsToLook = Math.min(most, this.#rowsToLook * 2);
    else if (share > shareOfSlice.most) this.#rowsToLook = Math.max(least, this.#rowsToLook / 2);
  }

  /** Reads the clock: the present span ends now, and the next one begins. */
  look(): void {
    const now = this.#pace.now();
    const at = this.#pace.at?.() ?? now;
    this.#looked = now;
    this.#span.to = at;
    this.#span = { from: at, to: at };
    this.#rows = 0;
    this.#isUsedUp = now - this.#began >= this.#slice;
  }

  /** Ends the slice, and begins the next one after the event loop's turn, or after what is waited for. */
  async take(pause: () => Promise<void> = () => this.#pace.turn()): Promise<void> {
    this.look();
    this.#worked += this.#looked - this.#began;
    try {
      await pause();
    } finally {
      this.#began = this.#pace.now();
      this.#looked = this.#began;
      this.#span = this.#emptySpan();
      this.#isUsedUp = false;
    }
  }

  /** The span that begins with the slice. */
  #emptySpan(): { from: number; to: number } {
    const at = this.#pace.at?.() ?? this.#began;
    return { from: at, to: at };
  }
}
