import { release } from 'node:os';
import type { ReadableDirector } from '../director/director.ts';
import type { DirectorInfo } from '../ipvs/director-info.ts';
import { IpvsError } from '../ipvs/error.ts';
import type { History } from './history.ts';
import { likelyPeriod, PhaseLock } from './phase-lock.ts';
import { RateMeter } from './rate-meter.ts';
import { ReadingSchedule } from './reading-schedule.ts';
import { type SamplerClock, systemClock } from './sampler-clock.ts';
import type { Span } from './span.ts';
import { StepWatch } from './step-watch.ts';
import { type Sweep, sweep } from './sweep.ts';
import { TableTracker, type TableView } from './table-tracker.ts';
import { Turns } from './turns.ts';
import type { DirectorState, View } from './view.ts';

/** Refresh intervals that can be asked for, in seconds. */
export const shortestInterval = 0.2;
/** Seconds. */
export const longestInterval = 60;

/**
 * Seconds between readings at most: counters move every 2 s, and only readings in between tell one step from
 * two. A longer refresh shows every so-many-th reading.
 */
const longestReadingGap = 1;

/** Milliseconds that one slice of a sweep may hold the event loop. */
const slice = 4;

/**
 * Milliseconds from one look at the watched service to the next while a step is awaited: the longer the step
 * may take to come, the less often.
 */
const looks = { share: 1 / 16, shortest: 10, longest: 50 };

/** Milliseconds after the first sight of a step until every object has made it: some, and a little for each object. */
const spread = { always: 20, perObject: 0.005 };

/** What a sampler is made of. */
export interface SamplerOptions {
  readonly director: ReadableDirector;
  /** Seconds between views, `shortestInterval` to `longestInterval`. */
  readonly interval: number;
  /** This process's time when not given. */
  readonly clock?: SamplerClock;
}

/** Reads a director again and again and makes views of it. */
export interface Sampler {
  /** Begins at once; `onView` is called after each tick until `stop`. */
  start(onView: (view: View) => void): void;
  stop(): void;
  /** Seconds between views. */
  interval: number;
  /** Reads at once, between ticks, and shows the result; after an edit, say. */
  refresh(): Promise<View>;
  /**
   * The last minutes of the row with that key, as a copy; `null` when there is no such row. A row that is
   * asked for has its history kept from then on.
   */
  history(key: string): History | null;
}

/** Makes a sampler; nothing is read before `start` or `refresh`. */
export function createSampler(options: SamplerOptions): Sampler {
  return new DirectorSampler(options);
}

const emptyTable: TableView = {
  services: [],
  totals: {
    services: 0,
    realServers: 0,
    connections: { active: 0, inactive: 0, persistent: 0 },
    rates: null,
  },
};

class DirectorSampler implements Sampler {
  readonly #director: ReadableDirector;
  readonly #clock: SamplerClock;
  readonly #lock: PhaseLock;
  readonly #watch: StepWatch;
  readonly #tracker: TableTracker;
  #interval: number;
  #schedule: ReadingSchedule;
  #onView: ((view: View) => void) | undefined;
  #callOff: (() => void) | undefined;
  #reading: Promise<View> | undefined;
  #sweep: Sweep | undefined;
  #table: TableView = emptyTable;
  readonly #total = new RateMeter();
  #totalRead: Span | undefined;
  #info: DirectorInfo | null = null;
  #state: DirectorState = { kind: 'live' };
  #tick = 0;
  /** Readings since the last one that was shown; 0 when the next one will be. */
  #unshown = 0;
  /** Counts the starts, so that a loop that was overtaken by a new start ends. */
  #generation = 0;

  constructor({ director, interval, clock = systemClock }: SamplerOptions) {
    this.#director = director;
    this.#clock = clock;
    this.#interval = interval;
    this.#schedule = new ReadingSchedule(this.#gap);
    this.#lock = director.source === 'kernel' ? new PhaseLock(likelyPeriod(release())) : new PhaseLock();
    this.#watch = new StepWatch(this.#lock);
    this.#tracker = new TableTracker(this.#lock);
  }

  get interval(): number {
    return this.#interval;
  }

  set interval(seconds: number) {
    this.#interval = seconds;
    this.#schedule = new ReadingSchedule(this.#gap);
    if (this.#onView !== undefined) this.start(this.#onView);
  }

  start(onView: (view: View) => void): void {
    this.stop();
    this.#onView = onView;
    this.#unshown = 0;
    void this.#run(this.#generation);
  }

  stop(): void {
    this.#generation++;
    this.#onView = undefined;
    this.#callOff?.();
  }

  async refresh(): Promise<View> {
    // A reading under way may have passed the row that was just written.
    await this.#reading;
    const view = await this.#readOnce();
    this.#onView?.(view);
    return view;
  }

  history(key: string): History | null {
    return this.#tracker.history(key);
  }

  /** Milliseconds from one reading to the next. */
  get #gap(): number {
    return (this.#interval / this.#readingsPerView) * 1000;
  }

  get #readingsPerView(): number {
    return Math.ceil(this.#interval / longestReadingGap);
  }

  async #run(generation: number): Promise<void> {
    const began = this.#clock.now();
    const view = await this.#readOnce();
    if (generation !== this.#generation) return;
    const isShown = this.#unshown === 0;
    this.#unshown = (this.#unshown + 1) % this.#readingsPerView;
    if (isShown) this.#onView?.(view);
    if (generation !== this.#generation) return;
    const now = this.#clock.now();
    const { at, step } = this.#schedule.after(began, this.#isLost ? undefined : this.#lock.next(now));
    this.#at(at, () => (step === undefined ? void this.#run(generation) : this.#await(step, generation)));
  }

  /** Looks out for a step and reads when it has come, or when it should have. */
  #await(step: Span, generation: number): void {
    const now = this.#clock.now();
    const hasCome = this.#probe();
    const isOver = this.#clock.now() >= step.to;
    if (hasCome || isOver) {
      this.#at(this.#clock.now() + this.#lock.spread, () => void this.#run(generation));
      return;
    }
    const pause = Math.min(looks.longest, Math.max(looks.shortest, (step.to - step.from) * looks.share));
    this.#at(this.#watch.isWatching ? Math.min(now + pause, step.to) : step.to, () => {
      this.#await(step, generation);
    });
  }

  #probe(): boolean {
    try {
      return this.#watch.probe(this.#director, () => this.#clock.now());
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      // The reading that follows tells it.
      return true;
    }
  }

  #at(time: number, run: () => void): void {
    this.#callOff = this.#clock.after(Math.max(0, time - this.#clock.now()), run);
  }

  /** Takes the rates of all services together from their own counters, where single services do not tell theirs. */
  #readTotals(isFrozen: boolean): void {
    const from = this.#clock.now();
    const totals = this.#director.totals();
    if (totals === null) return;
    const span = { from, to: this.#clock.now() };
    if (isFrozen) this.#total.freeze();
    else this.#total.read(totals, span, this.#totalRead, this.#lock);
    this.#totalRead = span;
    this.#table = { ...this.#table, totals: { ...this.#table.totals, rates: this.#total.rates } };
  }

  get #isLost(): boolean {
    return this.#state.kind === 'lost';
  }

  #readOnce(): Promise<View> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<View> {
    const clock = this.#clock;
    const began = clock.now();
    try {
      this.#info = this.#director.info();
      const pace = { now: () => clock.now(), turn: () => clock.turn(), slice };
      const before = this.#sweep;
      this.#sweep = await sweep(this.#director, pace, before);
      const isFrozen = this.#director.setting('run_estimation') === '0';
      if (!isFrozen) this.#watch.take(this.#sweep, before);
      this.#table = await this.#tracker.take(this.#sweep, clock.now(), new Turns(pace), isFrozen);
      this.#readTotals(isFrozen);
      const { services, realServers } = this.#table.totals;
      this.#lock.spread = spread.always + (services + realServers) * spread.perObject;
      this.#state = { kind: isFrozen ? 'frozen-counters' : 'live' };
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      const since = this.#state.kind === 'lost' ? this.#state.since : Date.now();
      this.#state = { kind: 'lost', error, since };
    }
    this.#tick++;
    return {
      tick: this.#tick,
      time: Date.now(),
      director: {
        access: this.#director.access,
        hostName: this.#director.hostName,
        source: this.#director.source,
        info: this.#info,
        state: this.#state,
      },
      interval: this.#interval,
      readingTime: clock.now() - began,
      ...this.#table,
    };
  }
}
