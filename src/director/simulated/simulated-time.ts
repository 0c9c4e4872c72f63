import { type DirectorClock, systemClock, waitingClock } from '../../system/clock.ts';

/** Slowest and fastest that simulated time passes, as multiples of the machine's. */
export const simulatedSpeeds = { least: 0.1, greatest: 16 } as const;

/**
 * Milliseconds of the machine's time from one move to the next; at the greatest speed a move is less than the second
 * that may lie between two readings.
 */
const usualPace = 50;

/** While a step is made: milliseconds from one move to the next, and simulated ones of a move. */
const stepping = { pace: 10, move: 500 };

/**
 * Most simulated milliseconds of a move, however late it comes, as after a suspension. The simulation takes that much
 * tick by tick, so that what comes of it does not depend on how fast it passed.
 */
const longestMove = 5000;

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** What a simulated time is made from. */
export interface SimulatedTimeOptions {
  /** How many times as fast as the machine's it passes, within `simulatedSpeeds`; 1 when not given. */
  readonly speed?: number | undefined;
  /** The machine's own time; this process's, whose timers do not keep it alive, when not given. */
  readonly machine?: typeof waitingClock;
  /** The time of day at the beginning, milliseconds since the epoch; now when not given. */
  readonly began?: number;
}

/**
 * The time of a simulated director: it begins at 0 and passes as the machine's does, slower or faster, or not at all. It
 * moves in short moves, so that whatever is asked in one turn of the event loop is asked at the same moment.
 */
export class SimulatedTime implements DirectorClock {
  readonly #machine: typeof waitingClock;
  readonly #began: number;
  #now = 0;
  #timers: readonly Timer[] = [];
  #speed: number;
  #isPaused = false;
  /** How many readings keep it from passing. */
  #holds = 0;
  /** What is left of moves that ended early for them, milliseconds. */
  #left = 0;
  /** Where the step that is being made ends. */
  #stepEnd: number | null = null;
  #afterStep: () => void = () => undefined;
  /** The machine's time at the last move. */
  #moved = 0;
  #callOff: () => void = () => undefined;

  constructor({ speed = 1, machine = waitingClock, began = systemClock.time() }: SimulatedTimeOptions = {}) {
    this.#machine = machine;
    this.#began = began;
    this.#speed = speed;
    this.#goOn(usualPace);
  }

  readonly now = (): number => this.#now;

  readonly time = (): number => this.#began + this.#now;

  readonly after = (milliseconds: number, run: () => void): (() => void) => {
    const timer = { at: this.#now + milliseconds, run };
    // Stable: of two that are due at the same moment the first comes first.
    this.#timers = [...this.#timers, timer].toSorted((left, right) => left.at - right.at);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  readonly hold = (): (() => void) => {
    this.#holds++;
    return () => {
      this.#holds--;
    };
  };

  /** Whether it stands still, but for a step. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** How many times as fast as the machine's time it passes, while it does. */
  get speed(): number {
    return this.#speed;
  }

  set speed(speed: number) {
    this.#speed = speed;
  }

  /** Stops it where it is, and with it a step. */
  pause(): void {
    this.#isPaused = true;
    this.#left = 0;
    this.#endStep();
    this.#callOff();
  }

  /** Lets it pass again. */
  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#endStep();
    this.#goOn(usualPace);
  }

  /**
   * Lets so many simulated milliseconds pass, quickly and with everything that falls into them, and pauses exactly there.
   * Resolves then, or when something else is asked meanwhile; a further step goes on from the end of this one.
   */
  step(milliseconds: number): Promise<void> {
    const end = (this.#stepEnd ?? this.#now) + milliseconds;
    this.pause();
    this.#stepEnd = end;
    this.#goOn(stepping.pace);
    return new Promise((resolve) => {
      this.#afterStep = resolve;
    });
  }

  /** Ends it, with its timers. */
  close(): void {
    this.pause();
    this.#timers = [];
  }

  #goOn(pace: number): void {
    this.#callOff();
    this.#moved = this.#machine.now();
    const next = () => {
      this.#callOff = this.#machine.after(pace, () => {
        next();
        this.#move();
      });
    };
    next();
  }

  #move(): void {
    const now = this.#machine.now();
    const passed = (now - this.#moved) * this.#speed;
    this.#moved = now;
    if (this.#holds > 0) return;
    const end = this.#stepEnd;
    if (end === null) {
      this.#passTo(this.#now + Math.min(longestMove, this.#left + passed));
      return;
    }
    if (this.#now < end) this.#passTo(Math.min(end, this.#now + stepping.move));
    // A reading at its end is of the step, too.
    else this.pause();
  }

  /** Goes to a moment, and on the way runs what is due, each at its time; stops where that holds it. */
  #passTo(moment: number): void {
    for (;;) {
      const [next] = this.#timers;
      if (next === undefined || next.at > moment) break;
      this.#timers = this.#timers.slice(1);
      this.#now = Math.max(this.#now, next.at);
      next.run();
      // What ran may have paused the time.
      if (this.#isPaused && this.#stepEnd === null) return;
      if (this.#holds > 0) {
        this.#left = moment - this.#now;
        return;
      }
    }
    this.#left = 0;
    this.#now = Math.max(this.#now, moment);
  }

  #endStep(): void {
    this.#stepEnd = null;
    this.#afterStep();
    this.#afterStep = () => undefined;
  }
}
