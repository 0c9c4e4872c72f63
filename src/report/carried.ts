import { type Counter, counterDifference } from '../ipvs/counters.ts';

/**
 * Adds up how far a counter has moved from sample to sample. A counter that went back was zeroed, or its object made
 * anew: what it shows then is counted, what it lost in between is not.
 */
export class Carried {
  #last: Counter | undefined;
  #sum = 0;

  /** Takes the next sample, and gives by how much it moved; 0 at the first, which tells of the time before. */
  take(counter: Counter): number {
    const last = this.#last;
    this.#last = counter;
    if (last === undefined) return 0;
    const moved = counterDifference(counter, last);
    const carried = moved < 0 ? Number(counter) : moved;
    this.#sum += carried;
    return carried;
  }

  /** The next sample is of an object that came in between: all that it shows was carried since. */
  begin(): void {
    this.#last = 0;
  }

  get sum(): number {
    return this.#sum;
  }
}
