import { wantedPackets } from './packet-source.ts';

/** The first rate, one packet in this many: so few that no load can do harm. It becomes finer as the load allows. */
const first = 2 ** 16;
/** Milliseconds over which packets are counted before the rate is judged. */
const betweenChanges = 100;
/** The rate changes by at most this factor in one step. */
const mostChange = 8;

/** Chooses the sampling rate so that at most some hundreds of packets come in a second. */
export class SamplingRate {
  #oneIn = first;
  #since: number | null = null;
  #came = 0;

  /** One packet in this many is taken. */
  get oneIn(): number {
    return this.#oneIn;
  }

  /** Notes that `came` packets came up to `now`, milliseconds; gives whether the rate has changed. */
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
