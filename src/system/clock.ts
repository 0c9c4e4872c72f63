import { setImmediate as turnOfLoop } from 'node:timers/promises';

/** How work shares the thread. */
export interface Pace {
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** Gives the event loop its turn. */
  turn(): Promise<void>;
  /** Milliseconds for which a slice of the work may hold the event loop; `Turns` has a default. */
  readonly slice?: number;
}

/** The clock and the timers that a sampler goes by. */
export interface SamplerClock extends Pace {
  /** Runs something after so many milliseconds; the returned function calls it off. */
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
