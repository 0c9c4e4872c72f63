import { release } from 'node:os';
import type { ReadableDirector } from '../director/director.ts';
import type { DirectorInfo } from '../ipvs/director-info.ts';
import { IpvsError } from '../ipvs/error.ts';
import type { RowKey, ServiceKey } from '../ipvs/identity.ts';
import { type DirectorClock, type Pace, type SamplerClock, systemClock } from '../system/clock.ts';
import type { Span } from '../system/span.ts';
import { inTurns, Turns } from '../system/turns.ts';
import type { History, HistorySpan } from './history/history.ts';
import { everything, type Need, withServices } from './need.ts';
import { likelyPeriod, PhaseLock } from './phase-lock.ts';
import { RateMeter } from './rate-meter.ts';
import { ReadingSchedule } from './reading-schedule.ts';
import { StepWatch } from './step-watch.ts';
import { type Sweep, sweep, sweepSome } from './sweep.ts';
import { TableTracker, type TableView } from './table-tracker.ts';
import type { DirectorState, Trend, View } from './view.ts';

/** Shortest interval between views that can be asked for, in seconds. */
export const shortestInterval = 0.2;
/** Longest interval between views, in seconds. */
export const longestInterval = 60;

/**
 * At most this many seconds between readings: counters move every 2 s, and only a reading in between tells one step
 * from two. If views are wanted less often, not every reading is shown.
 */
const longestReadingGap = 1;

/** Least milliseconds between two readings of rows that came into view: a key held down scrolls faster than that. */
const catchUpGap = 100;

/** Least budget for reading, in percent of the interval: with none, most rows would never be read. */
export const leastBudget = 0.1;
/** Greatest budget, in percent. */
export const greatestBudget = 100;
/** The budget unless another is set, in percent. */
export const usualBudget = 0.5;

/** Weight of the newest reading in the average of `#sweepShare`, 0 to 1. */
const newestWork = 0.2;

/**
 * While a step is awaited, the watched service is looked at repeatedly: after this share of the span in which the
 * step is due, but at least and at most after these numbers of milliseconds.
 */
const looks = { share: 1 / 16, shortest: 10, longest: 50 };

/** Milliseconds from seeing a step until every object has made it: a fixed part, and a little for each object. */
const spread = { always: 20, perObject: 0.005 };

/** The options of a sampler. */
export interface SamplerOptions {
  readonly director: ReadableDirector;
  /** Seconds between views, `shortestInterval` to `longestInterval`. */
  readonly interval: number;
  /**
   * Percent of the interval that a reading should take, `leastBudget` to `greatestBudget`; `usualBudget` when not
   * given. Services and what is needed are read whatever that takes; the budget limits what else is read in turn.
   */
  readonly budget?: number;
  /**
   * At most this many seconds between readings; `longestReadingGap` when not given. With longer gaps rates are
   * averages, and where the kernel's steps are not known they can be off by one step.
   */
  readonly longestGap?: number;
  /** Stands in for both the director's clock and this process's own; these are used when not given. */
  readonly clock?: SamplerClock;
}

/** Reads a director repeatedly and makes views of it. */
export interface Sampler {
  /** Begins at once; `onView` is called after each tick until `stop`. */
  start(onView: (view: View) => void): void;
  stop(): void;
  /** Seconds between views. */
  interval: number;
  /** As in `SamplerOptions`; takes effect with the next reading. */
  budget: number;
  /**
   * The services whose real servers must never be older than the interval; at first `everything`. Services that are
   * new in it are read at once.
   */
  need: Need;
  /**
   * Reads at once, between ticks, and shows the result, for example after an edit; `services` are then those that
   * were edited.
   */
  refresh(services?: Iterable<ServiceKey>): Promise<View>;
  /**
   * A copy of the history of the row with that key; `null` when there is no such row. Once asked for, a row has its
   * history kept.
   */
  history(key: RowKey, span?: HistorySpan): History | null;
  /**
   * Bytes a second, both ways together, that the row with that key carried in the last two minutes, one reading every
   * two seconds.
   */
  traffic(key: RowKey): Trend;
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
    oldest: null,
  },
};

class DirectorSampler implements Sampler {
  readonly #director: ReadableDirector;
  /** The director's time: when to read, and what rates are made of. */
  readonly #clock: Pick<DirectorClock, 'now' | 'after' | 'hold'>;
  /** This process's time: what work takes, and how it shares the thread. */
  readonly #own: SamplerClock;
  readonly #lock: PhaseLock;
  readonly #watch: StepWatch;
  readonly #tracker: TableTracker;
  readonly #longestGap: number;
  #interval: number;
  budget: number;
  #need: Need = everything;
  #schedule: ReadingSchedule;
  #onView: ((view: View) => void) | undefined;
  #callOff: (() => void) | undefined;
  /** Cancels the pending reading of rows that came into view (`#catchUp`). */
  #callOffCatchUp: (() => void) | undefined;
  #caughtUp = Number.NEGATIVE_INFINITY;
  #reading: Promise<View> | undefined;
  #sweep: Sweep | undefined;
  /** The part of a reading's work spent asking the kernel, 0 to 1. The rest makes rates and views of the answers. */
  #sweepShare = 0.5;
  #table: TableView = emptyTable;
  readonly #total = new RateMeter();
  #totalRead: Span | undefined;
  #info: DirectorInfo | null = null;
  #state: DirectorState = { kind: 'live' };
  #tick = 0;
  /** Readings since the last one shown; 0 when the next one will be shown. */
  #unshown = 0;
  /** Counts starts and stops: a loop that finds a number other than its own ends. */
  #generation = 0;

  constructor({
    director,
    interval,
    budget = usualBudget,
    longestGap = longestReadingGap,
    clock,
  }: SamplerOptions) {
    this.#director = director;
    this.#longestGap = longestGap;
    this.#clock = clock ?? director.clock;
    this.#own = clock ?? systemClock;
    this.#interval = interval;
    this.budget = budget;
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

  get need(): Need {
    return this.#need;
  }

  set need(need: Need) {
    this.#need = need;
    this.#catchUp();
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
    this.#callOffCatchUp?.();
    this.#callOffCatchUp = undefined;
  }

  async refresh(services: Iterable<ServiceKey> = []): Promise<View> {
    // A reading under way may already be past the row that was just written.
    await this.#reading;
    const view = await this.#readOnce(withServices(this.#need, services));
    this.#onView?.(view);
    return view;
  }

  history(key: RowKey, span?: HistorySpan): History | null {
    return this.#tracker.history(key, span);
  }

  traffic(key: RowKey): Trend {
    return this.#tracker.traffic(key);
  }

  /** Milliseconds from one reading to the next. */
  get #gap(): number {
    return (this.#interval / this.#readingsPerView) * 1000;
  }

  get #readingsPerView(): number {
    return Math.ceil(this.#interval / this.#longestGap);
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
    this.#at(at, () => (step === undefined ? void this.#run(generation) : this.#awaitStep(step, generation)));
  }

  /** Waits for a step, and reads when it was seen or is overdue. */
  #awaitStep(step: Span, generation: number): void {
    const now = this.#clock.now();
    const hasCome = this.#probe();
    const isOver = this.#clock.now() >= step.to;
    if (hasCome || isOver) {
      this.#at(this.#clock.now() + this.#lock.spread, () => void this.#run(generation));
      return;
    }
    const pause = Math.min(looks.longest, Math.max(looks.shortest, (step.to - step.from) * looks.share));
    this.#at(this.#watch.isWatching ? Math.min(now + pause, step.to) : step.to, () => {
      this.#awaitStep(step, generation);
    });
  }

  /** Whether the watched service has made the step. */
  #probe(): boolean {
    try {
      return this.#watch.probe(this.#director, () => this.#clock.now());
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      // The director is lost; the reading that follows finds and reports that.
      return true;
    }
  }

  #at(time: number, run: () => void): void {
    this.#callOff = this.#clock.after(Math.max(0, time - this.#clock.now()), run);
  }

  /** Reads the total rates of all services, for where single services have none, as without CAP_NET_ADMIN. */
  #readTotals(isFrozen: boolean): void {
    const from = this.#clock.now();
    const totals = this.#director.totals();
    if (totals === null) return;
    const span = { from, to: this.#clock.now() };
    if (isFrozen) this.#total.freeze();
    else this.#total.read(totals, span, this.#totalRead, this.#lock);
    this.#totalRead = span;
  }

  /**
   * Reads, soon and without reading the services again, the real servers that came into view and were not part of the
   * last reading.
   */
  #catchUp(): void {
    if (this.#onView === undefined || this.#callOffCatchUp !== undefined || this.#isLost) return;
    if (this.#outOfDate().length === 0) return;
    const generation = this.#generation;
    const pause = Math.max(0, this.#caughtUp + catchUpGap - this.#own.now());
    this.#callOffCatchUp = this.#own.after(pause, async () => {
      // A reading under way may already include them.
      await this.#reading;
      if (generation !== this.#generation) return;
      this.#callOffCatchUp = undefined;
      const services = this.#outOfDate();
      if (services.length === 0) return;
      this.#reading = this.#endOf(this.#readSome(services));
      const view = await this.#reading;
      this.#caughtUp = this.#own.now();
      if (generation !== this.#generation) return;
      this.#onView?.(view);
      this.#catchUp();
    });
  }

  /** The needed services whose real servers were not read with the last reading. */
  #outOfDate(): ServiceKey[] {
    const need = this.#need;
    const outOfDate: ServiceKey[] = [];
    for (const { key, realServersTime } of this.#table.services) {
      if (realServersTime !== null && (need.kind === 'all' || need.keys.has(key))) outOfDate.push(key);
    }
    return outOfDate;
  }

  get #isLost(): boolean {
    return this.#state.kind === 'lost';
  }

  #readOnce(need = this.#need): Promise<View> {
    this.#reading ??= this.#endOf(this.#read(need));
    return this.#reading;
  }

  #endOf(reading: Promise<View>): Promise<View> {
    return reading.finally(() => {
      this.#reading = undefined;
    });
  }

  /** Reads all services, the needed real servers, and others in turn. */
  #read(need: Need): Promise<View> {
    return this.#view(async (pace) => {
      this.#info = this.#director.info();
      const before = this.#sweep;
      const budget = ((this.#gap * this.budget) / 100) * this.#sweepShare;
      this.#sweep = await sweep(this.#director, pace, before, { need, budget });
      const isFrozen = this.#director.setting('run_estimation') === '0';
      if (!isFrozen) this.#watch.take(this.#sweep, before);
      this.#readTotals(isFrozen);
      await this.#track(this.#sweep, pace, isFrozen);
      const { services, realServers } = this.#table.totals;
      this.#lock.spread = spread.always + (services + realServers) * spread.perObject;
    });
  }

  /** Reads the real servers of these services. */
  #readSome(services: readonly ServiceKey[]): Promise<View> {
    return this.#view(async (pace) => {
      if (this.#sweep === undefined) return;
      this.#sweep = await sweepSome(this.#director, pace, this.#sweep, services);
      await this.#track(this.#sweep, pace, this.#state.kind === 'frozen-counters');
    });
  }

  async #track(taken: Sweep, pace: Pace, isFrozen: boolean): Promise<void> {
    const turns = new Turns(pace);
    const table = await inTurns(
      this.#tracker.take(taken, this.#clock.now(), isFrozen, this.#director.clock.time()),
      turns,
    );
    turns.look();
    this.#table =
      this.#totalRead === undefined
        ? table
        : { ...table, totals: { ...table.totals, rates: this.#total.rates } };
    const work = taken.work + turns.worked;
    if (work > 0) this.#sweepShare += newestWork * (taken.work / work - this.#sweepShare);
    this.#state = { kind: isFrozen ? 'frozen-counters' : 'live' };
  }

  /** The view after a reading, or after the director was found lost. */
  async #view(read: (pace: Pace) => Promise<void>): Promise<View> {
    const own = this.#own;
    const began = own.now();
    const goOn = this.#clock.hold?.();
    try {
      await read({ now: () => own.now(), turn: () => own.turn(), at: () => this.#clock.now() });
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      const since = this.#state.kind === 'lost' ? this.#state.since : this.#director.clock.time();
      this.#state = { kind: 'lost', error, since };
    } finally {
      goOn?.();
    }
    this.#tick++;
    return {
      tick: this.#tick,
      time: this.#director.clock.time(),
      director: {
        access: this.#director.access,
        hostName: this.#director.hostName,
        source: this.#director.source,
        info: this.#info,
        state: this.#state,
      },
      interval: this.#interval,
      readingTime: own.now() - began,
      ...this.#table,
    };
  }
}
