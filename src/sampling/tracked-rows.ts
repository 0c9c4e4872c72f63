import type { Span } from '../system/span.ts';
import type { HistoryKeeper, HistoryRank, HistorySpan, RowHistory } from './history/history.ts';
import type { PhaseLock } from './phase-lock.ts';
import { isMovingAt, RateMeters, type RatesOfRows, ratesAt, sampleOf } from './rate-meter.ts';
import { Trends } from './trends.ts';
import { type PublicConnections, type Trend, trendLength } from './view.ts';

/** What applies to one whole reading of the table. */
export interface ReadingContext {
  readonly lock: PhaseLock;
  readonly histories: HistoryKeeper;
  /** Whether the kernel holds its counters still, so that there are no rates. */
  readonly isFrozen: boolean;
  /** When the reading is worked up, milliseconds since the epoch. */
  readonly time: number;
  /** Real servers read before this time, milliseconds on the sampler's clock, are older than this reading. */
  readonly oldestFresh: number;
  /**
   * `moved`: objects that moved since the last reading; `strangers`: those of them that moved when no step was due.
   */
  moved: number;
  strangers: number;
}

const noPast = { trend: [] };

/** State, from reading to reading, of rows that are read together: all services, or the real servers of one. */
export class TrackedRows {
  readonly #rank: HistoryRank;
  readonly #meters: RateMeters;
  #trends: Trends;
  /** The history of each row by place; empty while no row has one. */
  readonly #histories: (RowHistory | undefined)[] = [];
  /** The round in which they were last recorded. */
  #recorded: number | undefined;
  /** Number of rows. */
  readonly length: number;

  constructor(rank: HistoryRank, length = 0, trends = new Trends(length)) {
    this.#rank = rank;
    this.length = length;
    this.#meters = new RateMeters(length);
    this.#trends = trends;
  }

  /** The present rates, as an array that never changes. */
  get rates(): RatesOfRows {
    return this.#meters.rates;
  }

  /** New connections a second of each row over the last two minutes. */
  get trends(): Trends {
    return this.#trends;
  }

  /** Whether all are known to carry nothing, so that only a change of a row can tell anything new. */
  get areQuiet(): boolean {
    for (let place = 0; place < this.length; place++) if (!this.#meters.isQuiet(place)) return false;
    return true;
  }

  /** Whether they were recorded in the present round. */
  areRecorded({ round }: HistoryKeeper): boolean {
    return this.#recorded === round;
  }

  /** Takes a reading of one row. */
  read(
    place: number,
    entry: Parameters<typeof sampleOf>[0],
    span: Span,
    before: Span | undefined,
    context: ReadingContext,
  ): void {
    const sample = context.isFrozen ? null : sampleOf(entry);
    if (sample === null) {
      this.#meters.freeze(place);
      return;
    }
    const { lock } = context;
    const movement = this.#meters.read(place, sample, span, before, lock);
    if (movement !== 'step' || before === undefined || !lock.isTelling(before, span)) return;
    context.moved++;
    if (lock.isStranger(before, span)) context.strangers++;
  }

  /** Drops the rates, since the kernel holds its counters still. */
  freeze(): void {
    for (let place = 0; place < this.length; place++) this.#meters.freeze(place);
  }

  /**
   * Records the present rates in trends and histories, once per round. They hold for all rounds since the last
   * recording, since they cover all the time in between. `connections` gives those of a row, or `null` where they
   * were not read.
   */
  record(histories: HistoryKeeper, connections: (place: number) => PublicConnections | null): void {
    const { round } = histories;
    if (this.#recorded === round) return;
    const rounds = this.#recorded === undefined ? 1 : round - this.#recorded;
    this.#recorded = round;
    const { rates } = this;
    const past = this.#trends;
    for (let place = 0; place < this.length; place++) {
      const known = this.#histories[place];
      const own = connections(place);
      const isKept = known !== undefined && known.values !== null;
      // Most rows of a large table have no history and get none, so nothing is allocated for them.
      if (!isKept && (!carriesAnything(rates, place, own) || histories.turnsAway(this.#rank))) continue;
      const source = isKept ? noPast : { trend: past.at(place) };
      this.#setHistory(
        place,
        histories.record(known, this.#rank, ratesAt(rates, place), own, source, rounds),
      );
    }
    this.#trends = past.pushed(rates, rounds);
  }

  /** A copy of a row's history, which is kept from now on. */
  history(place: number, histories: HistoryKeeper, span?: HistorySpan) {
    const history = this.#watched(place, histories);
    return history === undefined ? null : histories.read(history, span);
  }

  /** What a row carried in the last two minutes, bytes a second both ways together, which is kept from now on. */
  traffic(place: number, histories: HistoryKeeper): Trend {
    const history = this.#watched(place, histories);
    return history === undefined ? [] : histories.traffic(history, trendLength);
  }

  #watched(place: number, histories: HistoryKeeper): RowHistory | undefined {
    const trends = this.#trends;
    const past = {
      get trend() {
        return trends.at(place);
      },
    };
    const history = histories.watch(this.#histories[place], this.#rank, past, this.#recorded);
    this.#setHistory(place, history);
    return history;
  }

  /**
   * The rows in a new order: `from` gives each row's old place, or −1 for a new row. Rows that have left are
   * forgotten.
   */
  arranged(from: readonly number[], histories: HistoryKeeper): TrackedRows {
    const next = new TrackedRows(this.#rank, from.length, this.#trends.arranged(from));
    next.#recorded = this.#recorded;
    const stays = new Set(from);
    for (const [place, history] of this.#histories.entries())
      if (!stays.has(place)) histories.forget(history);
    for (const [place, source] of from.entries()) {
      if (source < 0) continue;
      next.#meters.adopt(place, this.#meters, source);
      next.#setHistory(place, this.#histories[source]);
    }
    return next;
  }

  /** Forgets all rows, which have left the table. */
  leave(histories: HistoryKeeper): void {
    for (const history of this.#histories) histories.forget(history);
  }

  #setHistory(place: number, history: RowHistory | undefined): void {
    if (history === undefined && this.#histories.length === 0) return;
    while (this.#histories.length <= place) this.#histories.push(undefined);
    this.#histories[place] = history;
  }
}

function carriesAnything(rates: RatesOfRows, place: number, connections: PublicConnections | null): boolean {
  if (connections !== null && connections.active + connections.inactive > 0) return true;
  return isMovingAt(rates, place);
}
