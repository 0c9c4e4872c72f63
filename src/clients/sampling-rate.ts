import { wantedPackets } from './packet-source.ts';

/** It begins with so few that no load can hold anybody up, and becomes finer as the load allows. */
const first = 2 ** 16;
/** Milliseconds after which what has come tells how many there are. */
const betweenChanges = 100;
/** In one step it changes by no more than this. */
const mostChange = 8;

/** Chooses which part of all packets is taken, so that at most some hundreds come in a second. */
export class SamplingRate {
  #oneIn = first;
  #since: number | null = null;
  #came = 0;

  /** One in so many is taken. */
  get oneIn(): number {
    return this.#oneIn;
  }

  /** So many came up to now; whether another part is to be taken from now on. */
  note(came: number, now: number): boolean {
    this.#since ??= now;
    this.#came += came;
    const passed = now - this.#since;
    const isTooMany = this.#came > wantedPackets / 2;
    if (passed < betweenChanges && !isTooMany) return false;
    const perSecond = (this.#came * 1000) / Math.max(1, passed);
    const wanted = (this.#oneIn * perSecond) / (0.8 * wantedPackets);
    const isFine = perSecond <= wantedPackets && (this.#oneIn === 1 || perSecond >= wantedPackets / 2);
    this.#came = 0;
    this.#since = now;
    if (isFine) return false;
    const before = this.#oneIn;
    const within = Math.min(before * mostChange, Math.max(before / mostChange, wanted));
    this.#oneIn = Math.min(first, Math.max(1, Math.round(within)));
    return this.#oneIn !== before;
  }
}
