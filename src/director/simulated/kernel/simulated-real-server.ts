import { type MachineFault, serves } from '../../../host/machine-fault.ts';
import { forwardingMethodFacts } from '../../../ipvs/forwarding-method.ts';
import { formatRealServer, type RealServerName, type ServiceKey } from '../../../ipvs/identity.ts';
import type { RealServer, RealServerEntry } from '../../../ipvs/real-server.ts';
import type { Random } from '../random.ts';
import type { Candidate } from '../scheduling/scheduling.ts';
import { ExpiryQueue } from './expiry-queue.ts';
import { foldedAddress, hashText } from './hash.ts';
import { Statistics } from './statistics.ts';

/** Active connections of a kind that live alike. */
interface ActiveCohort {
  /** Mean duration, seconds. */
  readonly seconds: number;
  /** Connections keep the forwarding method that they began with, and with it whether responses are seen. */
  readonly seesResponses: boolean;
  count: number;
}

/** What follows a connection's active life. */
export interface Closing {
  /** Seconds that it stays inactive, where responses pass through the director. */
  readonly timeoutSeeing: number;
  /** Seconds that it stays inactive, where they do not. */
  readonly timeoutBlind: number;
}

/** A real server of the simulated kernel, with its connections in cohorts. */
export class SimulatedRealServer implements Candidate {
  /** `formatRealServer` of it. */
  readonly key: RealServerName;
  readonly placement: number;
  /** What is wrong with the machine. */
  readonly fault: MachineFault | undefined;
  readonly statistics: Statistics;
  /** Belongs to its service; false while it lies in the kernel's trash. */
  available = true;
  overloaded = false;
  lastWeight: number;
  inactive = 0;
  persistent = 0;
  #settings: RealServer;
  #active = 0;
  #accepted = 0;
  readonly #cohorts: ActiveCohort[] = [];
  readonly #closing = new ExpiryQueue();

  /** `serviceKey` is the name of its service, which only lends its estimator a phase. */
  constructor(settings: RealServer, serviceKey: ServiceKey, fault?: MachineFault) {
    this.fault = fault;
    this.key = formatRealServer(settings.identity);
    this.#settings = settings;
    this.lastWeight = settings.weight;
    this.placement = foldedAddress(settings.identity.address) + settings.identity.port;
    this.statistics = new Statistics(hashText(this.key, hashText(serviceKey)));
  }

  get settings(): RealServer {
    return this.#settings;
  }

  get weight(): number {
    return this.#settings.weight;
  }

  get active(): number {
    return this.#active;
  }

  /** Whether nothing refers to it any more. */
  get isIdle(): boolean {
    return this.#active === 0 && this.inactive === 0 && this.persistent === 0;
  }

  /** Whether responses of new connections pass through the director. */
  get seesResponses(): boolean {
    return forwardingMethodFacts(this.#settings.forwarding)?.seesResponses ?? false;
  }

  /** Whether connections to it work. */
  get serves(): boolean {
    return serves(this.fault, this.#settings.forwarding);
  }

  /** Replaces all settings (`__ip_vs_update_dest` in `net/netfilter/ipvs/ip_vs_ctl.c`). */
  configure(settings: RealServer, isAdded: boolean): void {
    const { upperThreshold } = settings;
    if (upperThreshold === 0 || upperThreshold > this.#settings.upperThreshold) this.overloaded = false;
    if (isAdded || settings.weight !== 0) this.lastWeight = settings.weight;
    this.#settings = settings;
  }

  /** How many more connections it takes before it is passed over. */
  get room(): number {
    const { upperThreshold } = this.#settings;
    return upperThreshold === 0 ? Number.POSITIVE_INFINITY : upperThreshold - this.#active - this.inactive;
  }

  /** Takes new connections; how long they live is settled at the end of the step. One-packet ones leave at once. */
  accept(count: number, as: 'active' | 'inactive' | 'one-packet'): void {
    this.#accepted += count;
    if (as === 'active') this.#active += count;
    else if (as === 'inactive') this.inactive += count;
    const { upperThreshold } = this.#settings;
    // `ip_vs_bind_dest` in `net/netfilter/ipvs/ip_vs_conn.c`.
    if (upperThreshold !== 0 && this.#active + this.inactive >= upperThreshold) this.overloaded = true;
  }

  /** How many connections it has accepted since the last call. */
  takeAccepted(): number {
    const accepted = this.#accepted;
    this.#accepted = 0;
    return accepted;
  }

  /** Settles that so many of the accepted connections stay active for `seconds` on average. */
  settleActive(count: number, seconds: number): void {
    this.#cohort(seconds, this.seesResponses).count += count;
  }

  /** Settles that so many of the accepted connections stay inactive for `timeout` seconds. */
  settleInactive(count: number, tick: number, timeout: number): void {
    this.#closing.add(count, tick, timeout);
  }

  /** Removes the inactive connections whose time has run out by `tick`. */
  expire(tick: number): void {
    const expired = this.#closing.takeExpired(tick);
    if (expired === 0) return;
    this.inactive -= expired;
    this.#noteUnbinding();
  }

  /** Lets some of the active connections finish, each with the chance that its mean duration gives it. */
  finishSome(seconds: number, tick: number, closing: Closing, random: Random): void {
    for (const cohort of this.#cohorts) {
      const finished = random.binomial(cohort.count, 1 - Math.exp(-seconds / cohort.seconds));
      this.#finish(cohort, finished, tick, closing);
    }
  }

  /** Lets `count` active connections that began with this mean duration finish. */
  finish(count: number, seconds: number, tick: number, closing: Closing): void {
    this.#finish(this.#cohort(seconds, this.seesResponses), count, tick, closing);
  }

  /** Ends all active connections without anything after. */
  dropAll(): void {
    for (const cohort of this.#cohorts) this.#drop(cohort, cohort.count);
  }

  /** Ends active connections at their next packet, of which each sends so many a second. */
  dropSome(seconds: number, packetsPerSecond: number, random: Random): void {
    for (const cohort of this.#cohorts) {
      const chance = 1 - Math.exp(-seconds * (packetsPerSecond + 1 / cohort.seconds));
      this.#drop(cohort, random.binomial(cohort.count, chance));
    }
  }

  /** Active connections by whether the director sees their responses. */
  activeBySight(seesResponses: boolean): number {
    let count = 0;
    for (const cohort of this.#cohorts) if (cohort.seesResponses === seesResponses) count += cohort.count;
    return count;
  }

  /** As the kernel's dump gives it. */
  entry(): RealServerEntry {
    return {
      realServer: this.#settings,
      active: this.#active,
      inactive: this.inactive,
      persistent: this.persistent,
      counters: this.statistics.counters(),
      kernelRates: this.statistics.rates(),
    };
  }

  #finish(cohort: ActiveCohort, count: number, tick: number, closing: Closing): void {
    const finished = Math.min(count, cohort.count);
    cohort.count -= finished;
    this.#active -= finished;
    this.inactive += finished;
    this.#closing.add(finished, tick, cohort.seesResponses ? closing.timeoutSeeing : closing.timeoutBlind);
  }

  #drop(cohort: ActiveCohort, count: number): void {
    if (count === 0) return;
    cohort.count -= count;
    this.#active -= count;
    this.#noteUnbinding();
  }

  #cohort(seconds: number, seesResponses: boolean): ActiveCohort {
    let cohort = this.#cohorts.find(
      (known) => known.seconds === seconds && known.seesResponses === seesResponses,
    );
    if (cohort === undefined) {
      cohort = { seconds, seesResponses, count: 0 };
      this.#cohorts.push(cohort);
    }
    return cohort;
  }

  /** `ip_vs_unbind_dest` in `net/netfilter/ipvs/ip_vs_conn.c`: under the lower threshold, or three quarters of the upper one. */
  #noteUnbinding(): void {
    const { upperThreshold, lowerThreshold } = this.#settings;
    const connections = this.#active + this.inactive;
    if (lowerThreshold !== 0) {
      if (connections < lowerThreshold) this.overloaded = false;
    } else if (upperThreshold === 0 || connections * 4 < upperThreshold * 3) {
      this.overloaded = false;
    }
  }
}
