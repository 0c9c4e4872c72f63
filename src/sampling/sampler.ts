import { setImmediate as turnOfLoop } from 'node:timers/promises';
import type { Director } from '../director/director.ts';
import type { DirectorInfo } from '../ipvs/director-info.ts';
import { IpvsError } from '../ipvs/error.ts';
import type { History } from './history.ts';
import { type Sweep, type SweepPace, sweep } from './sweep.ts';
import { TableTracker, type TableView } from './table-tracker.ts';
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

/** What a sampler is made of; the clock can be given for tests. */
export interface SamplerOptions {
  readonly director: Director;
  /** Seconds between views, `shortestInterval` to `longestInterval`. */
  readonly interval: number;
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
export function createSampler({ director, interval }: SamplerOptions): Sampler {
  return new DirectorSampler(director, interval);
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

const pace: SweepPace = { now: () => performance.now(), turn: () => turnOfLoop(), slice };

class DirectorSampler implements Sampler {
  readonly #director: Director;
  readonly #tracker = new TableTracker();
  #interval: number;
  #onView: ((view: View) => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<View> | undefined;
  #sweep: Sweep | undefined;
  #table: TableView = emptyTable;
  #info: DirectorInfo | null = null;
  #state: DirectorState = { kind: 'live' };
  #tick = 0;
  #nextView = 0;
  /** Counts the starts, so that a loop that was overtaken by a new start ends. */
  #generation = 0;

  constructor(director: Director, interval: number) {
    this.#director = director;
    this.#interval = interval;
  }

  get interval(): number {
    return this.#interval;
  }

  set interval(seconds: number) {
    this.#interval = seconds;
    if (this.#onView !== undefined) this.start(this.#onView);
  }

  start(onView: (view: View) => void): void {
    this.stop();
    this.#onView = onView;
    this.#nextView = 0;
    void this.#run(this.#generation);
  }

  stop(): void {
    this.#generation++;
    this.#onView = undefined;
    clearTimeout(this.#timer);
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

  async #run(generation: number): Promise<void> {
    const began = performance.now();
    const view = await this.#readOnce();
    if (generation !== this.#generation) return;
    // Timers come a little early or late; half a reading gap tells the intended one.
    const gap = this.#interval / Math.ceil(this.#interval / longestReadingGap);
    if (began >= this.#nextView - gap * 500) {
      this.#nextView = began + this.#interval * 1000;
      this.#onView?.(view);
    }
    this.#timer = setTimeout(
      () => void this.#run(generation),
      Math.max(0, began + gap * 1000 - performance.now()),
    );
  }

  #readOnce(): Promise<View> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<View> {
    const began = performance.now();
    try {
      this.#info = this.#director.info();
      this.#sweep = await sweep(this.#director, pace, this.#sweep);
      const frozen = this.#director.setting('run_estimation') === '0';
      this.#table = this.#tracker.take(this.#sweep, performance.now(), frozen);
      this.#state = { kind: frozen ? 'frozen-counters' : 'live' };
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
        hostName: this.#director.hostName,
        source: this.#director.source,
        info: this.#info,
        state: this.#state,
      },
      interval: this.#interval,
      readingTime: performance.now() - began,
      ...this.#table,
    };
  }
}
