import type { HistoryKeeper, HistoryRank, RowHistory } from './history.ts';
import { type Estimator, type Movement, RateMeter, type Sample } from './rate-meter.ts';
import type { Span } from './span.ts';
import { TrendRecorder } from './trend-recorder.ts';
import type { PublicConnections } from './view.ts';

/** Trend readings in the minute over which shares are told. */
const shareReadings = 30;

/** What is remembered of one service or real server from reading to reading. */
export class TrackedRow {
  readonly #rank: HistoryRank;
  readonly #meter = new RateMeter();
  readonly #trend = new TrendRecorder();
  #history: RowHistory | undefined;
  /** Round in which it was recorded last. */
  #recorded: number | undefined;
  #recent = 0;

  constructor(rank: HistoryRank) {
    this.#rank = rank;
  }

  get rates() {
    return this.#meter.rates;
  }

  get trend() {
    return this.#trend.trend;
  }

  /** New connections of the last minute, in a measure that is the same for all rows. */
  get recent(): number {
    return this.#recent;
  }

  read(sample: Sample, span: Span, before: Span | undefined, estimator: Estimator): Movement {
    return this.#meter.read(sample, span, before, estimator);
  }

  freeze(): void {
    this.#meter.freeze();
  }

  /**
   * Puts the present reading where the past is kept, once in a round; it holds for all rounds since the one
   * before, since rates are those of all the time in between. While they are not known the trend has no
   * reading. `connections` is `null` where they were not read.
   */
  record(histories: HistoryKeeper, connections: PublicConnections | null): void {
    const { round } = histories;
    if (this.#recorded === round) return;
    const rounds = this.#recorded === undefined ? 1 : round - this.#recorded;
    this.#recorded = round;
    const { rates } = this.#meter;
    this.#history = histories.record(this.#history, this.#rank, rates, connections, this.#trend, rounds);
    if (rates === null) return;
    this.#trend.push(rates.connections, rounds);
    this.#recent = this.#trend.sum(shareReadings);
  }

  /** A copy of the last minutes, which are kept from now on. */
  history(histories: HistoryKeeper) {
    this.#history = histories.watch(this.#history, this.#rank, this.#trend, this.#recorded);
    return this.#history === undefined ? null : histories.read(this.#history);
  }

  /** It has left the table. */
  leave(histories: HistoryKeeper): void {
    histories.forget(this.#history);
  }
}
