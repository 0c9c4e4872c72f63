import { type Pace, systemClock } from './clock.ts';
import type { Span } from './span.ts';

/**
 * Work that can be interrupted wherever it yields. It yields the number of rows that it has gone through since it
 * yielded last, `undefined` where that may have taken any time, or what it has to wait for: what goes wrong with that
 * is thrown where it was yielded.
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
 * Does it slice by slice, and gives the event loop its turn in between. What is done within the first slice comes
 * back at once, without a turn; so a few rows always do.
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
  // What comes of it has a turn of its own.
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
 * Rows from one look at the clock to the next. Where that is a system call it costs as much as many rows, so it is
 * done the more seldom the less time they take.
 */
const rowsBetweenLooks = { least: 64, most: 128 };
/** Parts of a slice that should pass from one look to the next. */
const shareOfSlice = { least: 1 / 8, most: 1 / 4 };

/** Tells when a slice is used up and the event loop should have its turn, and when what was done. */
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

  /** Counts rows that were worked on, or looks at the clock where it is not said how many; whether the slice is used up. */
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
      this.#span = { from: this.#began, to: this.#began };
      this.#isUsedUp = false;
    }
  }
}
