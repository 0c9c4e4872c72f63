import { setImmediate as turnOfLoop } from 'node:timers/promises';

/** How work shares the thread. */
export interface Pace {
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** Gives the event loop its turn. */
  turn(): Promise<void>;
  /** Milliseconds for which a slice of the work may hold the event loop; some when not given. */
  readonly slice?: number;
}

/** The time that a sampler lives in. */
export interface SamplerClock extends Pace {
  /** Runs something in so many milliseconds; the function that comes back calls it off. */
  after(milliseconds: number, run: () => void): () => void;
}

/** This process's own time. */
export const systemClock: SamplerClock = {
  now: () => performance.now(),
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
  turn: () => turnOfLoop(),
};
