import { setImmediate as turnOfLoop } from 'node:timers/promises';

/** The time that a sampler lives in. */
export interface SamplerClock {
  /** Milliseconds; never goes back. */
  now(): number;
  /** Runs something in so many milliseconds; the function that comes back calls it off. */
  after(milliseconds: number, run: () => void): () => void;
  /** Gives the event loop its turn. */
  turn(): Promise<void>;
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
