import { setImmediate as turnOfLoop } from 'node:timers/promises';

/** How work shares the thread. */
export interface Pace {
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** Gives the event loop its turn. */
  turn(): Promise<void>;
  /** Milliseconds for which a slice of the work may hold the event loop; `Turns` has a default. */
  readonly slice?: number;
  /** Milliseconds on the clock in which spans are told; `now` where it is left out. */
  at?(): number;
}

/** Time as it passes at a director: this machine's, or that of a simulation, which can stand still or hurry. */
export interface DirectorClock {
  /** Milliseconds on a clock that never goes back, good for differences only. */
  now(): number;
  /** Milliseconds since the epoch. */
  time(): number;
  /** Runs something after so many milliseconds of this time; the returned function calls it off. */
  after(milliseconds: number, run: () => void): () => void;
  /**
   * Keeps time from passing until the returned function is called, so that a reading is of one moment, and time no
   * faster than readings; left out where time cannot be kept.
   */
  hold?(): () => void;
}

/** The clock and the timers that a sampler goes by. */
export interface SamplerClock extends Pace {
  /** Runs something after so many milliseconds; the returned function calls it off. */
  after(milliseconds: number, run: () => void): () => void;
}

/** This process's own time. */
export const systemClock: SamplerClock & DirectorClock = {
  now: () => performance.now(),
  time: () => Date.now(),
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
  turn: () => turnOfLoop(),
};

/** The same time; its timers do not keep the process alive. */
export const waitingClock: Pick<SamplerClock, 'now' | 'after'> = {
  now: systemClock.now,
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds).unref();
    return () => clearTimeout(timer);
  },
};
