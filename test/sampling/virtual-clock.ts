import type { SamplerClock } from '../../src/system/clock.ts';

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** A time that passes only when it is told to, and then at once. */
export class VirtualClock implements SamplerClock {
  #now = 0;
  #timers: Timer[] = [];
  /** Milliseconds by which timers come late, as they do on a busy machine. */
  lateness: () => number = () => 0;

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.#now + milliseconds + this.lateness(), run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Lets work take its time: nothing else happens meanwhile. */
  spend(milliseconds: number): void {
    this.#now += milliseconds;
  }

  turn(): Promise<void> {
    return Promise.resolve();
  }

  /** Timers that wait. */
  get waiting(): number {
    return this.#timers.length;
  }

  /** Lets time pass, with everything that falls into it. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await settled();
    for (;;) {
      const [next] = this.#timers.toSorted((left, right) => left.at - right.at);
      if (next === undefined || next.at > end) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
      await settled();
    }
    this.#now = Math.max(this.#now, end);
  }
}

/** Lets everything happen that waits for nothing but its turn. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
