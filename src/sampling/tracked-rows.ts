import type { Span } from '../system/span.ts';
import type { HistoryKeeper, HistoryRank, HistorySpan, RowHistory } from './history/history.ts';
import type { PhaseLock } from './phase-lock.ts';
import { isMovingAt, RateMeters, type RatesOfRows, ratesAt, sampleOf } from './rate-meter.ts';
import { Trends } from './trends.ts';
import { type PublicConnections, type Trend, trendLength } from './view.ts';

/** What goes for a whole reading of the table. */
export interface ReadingContext {
  readonly lock: PhaseLock;
  readonly histories: HistoryKeeper;
  /** The kernel holds its counters still: there are no rates. */
  readonly isFrozen: boolean;
  /** When what has been read is put together, milliseconds since the epoch. */
  readonly time: number;
  /** Real servers that were read before that, on the sampler's clock, are older than the refresh. */
  readonly oldestFresh: number;
  /** Objects that moved since the reading before, and those of them that moved when no step was due. */
  moved: number;
  strangers: number;
}

const noPast = { trend: [] };

/** What is remembered of rows that are read together, all services or the real servers of one, from reading to reading. */
export class TrackedRows {
  readonly #rank: HistoryRank;
  readonly #meters: RateMeters;
  #trends: Trends;
  /** By place; empty as long as no row has one. */
  readonly #histories: (RowHistory | undefined)[] = [];
  /** Round in which they were recorded last. */
  #recorded: number | undefined;
  /** How many there are. */
  readonly length: number;

  constructor(rank: HistoryRank, length = 0, trends = new Trends(length)) {
    this.#rank = rank;
    this.length = length;
    this.#meters = new RateMeters(length);
    this.#trends = trends;
  }

  /** As they are now; they stay as they are. */
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

  /** There are no rates while the kernel holds its counters still. */
  freeze(): void {
    for (let place = 0; place < this.length; place++) this.#meters.freeze(place);
  }

  /**
   * Puts the present rates where the past is kept, once in a round; they hold for all rounds since the one before,
   * since they are those of all the time in between. `connections` tells a row's, or `null` where they were not read.
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
      // Most rows of a large table have no history and get none: nothing is made for them.
      if (!isKept && (!carriesAnything(rates, place, own) || histories.turnsAway(this.#rank))) continue;
      const source = isKept ? noPast : { trend: past.at(place) };
      this.#setHistory(
        place,
        histories.record(known, this.#rank, ratesAt(rates, place), own, source, rounds),
      );
    }
    this.#trends = past.pushed(rates, rounds);
  }

  /** A copy of a row's last minutes, which are kept from now on. */
  history(place: number, histories: HistoryKeeper, span?: HistorySpan) {
    const history = this.#watched(place, histories);
    return history === undefined ? null : histories.read(history, span);
  }

  /** What a row carried in the last two minutes, bytes a second both ways, which is kept from now on. */
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

  /** The rows in a new order, each from its place here; one whose place is not here is new. What has left is forgotten. */
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

  /** All have left the table. */
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
