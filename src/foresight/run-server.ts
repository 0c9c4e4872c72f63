import { foldedAddress } from '../director/simulated/kernel/hash.ts';
import type { Candidate } from '../director/simulated/scheduling/scheduling.ts';
import type { ServerStart } from './course.ts';

/** A real server in a run, as a scheduler sees it. */
export class RunServer implements Candidate {
  readonly place: number;
  readonly weight: number;
  readonly lastWeight: number;
  readonly available = true;
  readonly placement: number;
  active: number;
  inactive: number;
  overloaded: boolean;
  readonly #upper: number;
  readonly #lower: number;

  constructor(start: ServerStart, place: number) {
    const { realServer } = start;
    this.place = place;
    this.weight = realServer.weight;
    this.lastWeight = start.lastWeight;
    this.placement = foldedAddress(realServer.identity.address) + realServer.identity.port;
    this.active = start.active;
    this.inactive = start.inactive;
    this.#upper = realServer.upperThreshold;
    this.#lower = realServer.lowerThreshold;
    this.overloaded = start.overloaded;
  }

  /** How many more connections it takes before it is passed over. */
  get room(): number {
    return this.#upper === 0 ? Number.POSITIVE_INFINITY : this.#upper - this.active - this.inactive;
  }

  /** To be called when it has got more connections (`ip_vs_bind_dest` in `net/netfilter/ipvs/ip_vs_conn.c`). */
  noteBinding(): void {
    if (this.room <= 0) this.overloaded = true;
  }

  /**
   * To be called when connections were forgotten: below the lower threshold, or three quarters of the upper one, it
   * takes new ones again (`ip_vs_unbind_dest`).
   */
  noteUnbinding(): void {
    if (!this.overloaded) return;
    const connections = this.active + this.inactive;
    const isUnder =
      this.#lower !== 0 ? connections < this.#lower : this.#upper === 0 || connections * 4 < this.#upper * 3;
    if (isUnder) this.overloaded = false;
  }
}
