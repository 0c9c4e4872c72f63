import type { Rates } from '../../ipvs/counters.ts';
import { nominalPeriod } from '../rate-meter.ts';
import type { PublicConnections, Trend } from '../view.ts';
import { CoarseRing, meanOf } from './coarse-ring.ts';

/** Readings in a history, one per estimator period: five minutes. */
export const historyLength = 150;

/**
 * At most this many rows have a full history at once. Each takes 3 kB, so together they take 3 MB, whatever the size
 * of the table. That is enough for every service of a large director and a thousand real servers. The others have the
 * two minutes of their trend, and get a full history from when somebody looks at them.
 */
const historyRows = 1024;

/**
 * For at most this many rows a coarser history of a day is kept as well: the first services that carry anything, and
 * what somebody looked at last. Each takes 3 kB more, so together less than 1 MB.
 */
const longRows = 256;

/** Readings in each step of the hour, 24 s, and steps of the hour in each step of the day, 9.6 min. */
const readingsPerHourStep = 12;
const hourStepsPerDayStep = 24;

/** The time spans that a history can be shown for, in seconds. */
export const historySpans = { '1m': 60, '5m': 300, '1h': 3600, '24h': 86_400 } as const;

/** One of `historySpans`. */
export type HistorySpan = keyof typeof historySpans;

/**
 * The rows looked at last, at most this many (more than a screen has), keep their history whatever else wants one.
 */
const watchedRows = 128;

/** The fields of a history: new connections and bytes a second, and numbers of connections at each moment. */
export type HistoryField = (typeof fieldNames)[number];

/** The history of one row: a copy that never changes. */
export interface History {
  /** Seconds from one reading to the next. */
  readonly period: number;
  /**
   * Number of the newest reading, counted from the start. Whatever is put together from several readings can keep its
   * place by it.
   */
  readonly newest: number;
  /**
   * The values of each field, oldest first: `historyLength`, or as many as the span holds; NaN where nothing was
   * read.
   */
  readonly readings: Readonly<Record<HistoryField, Float32Array>>;
}

/** Services are preferred where there are more rows than histories. */
export type HistoryRank = 'service' | 'real server';

/** The place of one row's history in its keeper, which makes it. */
export interface RowHistory {
  readonly rank: HistoryRank;
  /** Reading by reading, each field by field; `null` once the place was given away. */
  values: Float32Array | null;
  /** The coarser history of an hour and a day; `null` for most rows. */
  long: LongHistory | null;
  /** The round in which something was last recorded. */
  recorded: number;
  /** The round in which the row last carried something. */
  carried: number;
}

/** Means over longer times; the day's ring is made from the hour's. */
interface LongHistory {
  readonly hour: CoarseRing;
  readonly day: CoarseRing;
}

/** A source of a row's trend. */
interface TrendSource {
  readonly trend: Trend;
}

/**
 * Keeps histories of a bounded number of rows. A row gets one when it first carries something, or when somebody asks
 * for it, and gives it back when it has carried nothing for the history's whole length. All rows share one ring of
 * rounds, so a reading only writes five numbers to their place.
 */
export class HistoryKeeper {
  readonly #rows: number;
  readonly #services = new Set<RowHistory>();
  readonly #realServers = new Set<RowHistory>();
  /** Rows that somebody looks at, in the order in which they were asked for. */
  readonly #watched = new Set<RowHistory>();
  readonly #spare: Float32Array[] = [];
  #round = 0;
  /** Number of rows whose history is kept for a day. */
  #longRows = 0;
  /** Whether a row ever had to go without; then a row without a history may still have carried something. */
  #wasFull = false;

  /** `rows` is the greatest number of histories. */
  constructor(rows: number = historyRows) {
    this.#rows = rows;
  }

  /** Number of the present round. */
  get round(): number {
    return this.#round;
  }

  /** Number of histories kept now. */
  get size(): number {
    return this.#services.size + this.#realServers.size;
  }

  /** Begins the next round, `rounds` after the last. If a row records nothing in a round, that is a gap. */
  advance(rounds = 1): void {
    this.#round += rounds;
    this.#tidy(this.#services);
    this.#tidy(this.#realServers);
  }

  /**
   * Records a row's reading in this round and returns its history, which may have been made just now. `rates` is
   * `null` while they are not known; they hold for the last `rounds` rounds. `connections` are those of this round
   * only, `null` where they were not read. `past` ends before these rounds.
   */
  record(
    known: RowHistory | undefined,
    rank: HistoryRank,
    rates: Rates | null,
    connections: PublicConnections | null,
    past: TrendSource,
    rounds = 1,
  ): RowHistory | undefined {
    const carries =
      (connections !== null && connections.active + connections.inactive > 0) ||
      (rates !== null && carriesAnything(rates));
    let row = known;
    if (row === undefined || row.values === null) {
      row = carries ? this.#give(rank, past.trend, this.#round - rounds, false) : undefined;
    }
    if (row === undefined || row.values === null) return undefined;
    eraseRounds(row, row.recorded, this.#round);
    row.recorded = this.#round;
    if (carries) row.carried = this.#round;
    for (let ago = 0; ago < Math.min(rounds, historyLength); ago++) {
      const place = placeOf(this.#round - ago);
      row.values[place] = rates === null ? Number.NaN : rates.connections;
      row.values[place + 1] = rates === null ? Number.NaN : rates.inBytes;
      row.values[place + 2] = rates === null ? Number.NaN : rates.outBytes;
    }
    this.#condense(row, rank);
    const place = placeOf(this.#round);
    row.values[place + 3] = connections === null ? Number.NaN : connections.active;
    row.values[place + 4] = connections === null ? Number.NaN : connections.inactive;
    return row;
  }

  /**
   * Whether a row of that rank that carries something and has no history must go without, since all places are taken.
   */
  turnsAway(rank: HistoryRank): boolean {
    if (rank === 'service' || this.size < this.#rows) return false;
    this.#wasFull = true;
    return true;
  }

  /** Takes back the place of a row that has left the table. */
  forget(row: RowHistory | undefined): void {
    if (row !== undefined && row.values !== null) this.#release(row);
  }

  /**
   * Gives a row that somebody looks at a history, for as long as it is among the rows last looked at. `past` ends
   * with the round `recorded`, by default the present one.
   */
  watch(
    known: RowHistory | undefined,
    rank: HistoryRank,
    past: TrendSource,
    recorded = this.#round,
  ): RowHistory | undefined {
    const row =
      known !== undefined && known.values !== null ? known : this.#give(rank, past.trend, recorded, true);
    if (row === undefined) return undefined;
    this.#watched.delete(row);
    this.#watched.add(row);
    const [longestAgo] = this.#watched;
    if (this.#watched.size > watchedRows && longestAgo !== undefined) this.#watched.delete(longestAgo);
    return row;
  }

  /** A copy of what was recorded over the span. For an hour or a day it is all gaps where that is not kept. */
  read(row: RowHistory, span: HistorySpan = '5m'): History {
    if (span === '1h' || span === '24h') return this.#readLong(row, span);
    const whole = this.#readFine(row);
    if (span === '5m') return whole;
    const latest = historySpans[span] / nominalPeriod;
    return { ...whole, readings: mapFields((field) => whole.readings[field].slice(-latest)) };
  }

  /**
   * Bytes a second, both ways together, in the last `count` rounds, oldest first. Rounds that were not read are left
   * out.
   */
  traffic({ values, recorded }: RowHistory, count: number): Trend {
    const trend: number[] = [];
    for (let round = this.#round - Math.min(count, historyLength) + 1; round <= recorded; round++) {
      const place = placeOf(round);
      const bytes = (values?.[place + 1] ?? Number.NaN) + (values?.[place + 2] ?? Number.NaN);
      if (!Number.isNaN(bytes)) trend.push(bytes);
    }
    return trend;
  }

  #readLong({ long, values }: RowHistory, span: '1h' | '24h'): History {
    const steps = span === '1h' ? readingsPerHourStep : readingsPerHourStep * hourStepsPerDayStep;
    const newest = Math.floor(this.#round / steps);
    const fine = (round: number, field: number) =>
      round <= this.#round - historyLength ? Number.NaN : (values?.[placeOf(round) + field] ?? Number.NaN);
    /** The mean of the step under way, from what there is of it. */
    const present = (field: number) => {
      const first = newest * steps;
      const hours = Math.floor(this.#round / readingsPerHourStep);
      const firstHour = Math.floor(first / readingsPerHourStep);
      const begun = hours * readingsPerHourStep;
      const running = meanOf(this.#round - begun + 1, (index) => fine(begun + index, field));
      if (span === '1h') return running;
      return meanOf(hours - firstHour + 1, (index) =>
        index === hours - firstHour ? running : (long?.hour.at(firstHour + index, field) ?? Number.NaN),
      );
    };
    const ring = span === '1h' ? long?.hour : long?.day;
    const readings = mapFields((_, field) =>
      Float32Array.from({ length: historyLength }, (__, index) => {
        const number = newest - historyLength + 1 + index;
        return number === newest ? present(field) : (ring?.at(number, field) ?? Number.NaN);
      }),
    );
    return { period: nominalPeriod * steps, newest, readings };
  }

  /** Writes the steps of the hour and the day that have ended since the last reading. */
  #condense(row: RowHistory, rank: HistoryRank): void {
    const { values } = row;
    const ended = Math.floor(this.#round / readingsPerHourStep) - 1;
    if (values === null || ended < 0) return;
    if (row.long === null) {
      if (this.#longRows >= longRows || (rank !== 'service' && !this.#watched.has(row))) return;
      this.#longRows++;
      // The coarse rings begin with what the fine one still holds.
      const before = Math.floor((this.#round - historyLength) / readingsPerHourStep);
      row.long = {
        hour: new CoarseRing(historyLength, fieldCount, before),
        day: new CoarseRing(historyLength, fieldCount, Math.floor(before / hourStepsPerDayStep)),
      };
    }
    const { hour, day } = row.long;
    const fields = Array.from({ length: fieldCount }, (_, field) => field);
    for (
      let step = Math.max(hour.newest + 1, ended - historyLength / readingsPerHourStep);
      step <= ended;
      step++
    ) {
      const first = step * readingsPerHourStep;
      hour.write(
        step,
        fields.map((field) =>
          meanOf(readingsPerHourStep, (index) =>
            first + index <= this.#round - historyLength
              ? Number.NaN
              : (values[placeOf(first + index) + field] ?? Number.NaN),
          ),
        ),
      );
    }
    const endedDay = Math.floor((ended + 1) / hourStepsPerDayStep) - 1;
    if (endedDay <= day.newest) return;
    const first = endedDay * hourStepsPerDayStep;
    day.write(
      endedDay,
      fields.map((field) => meanOf(hourStepsPerDayStep, (index) => hour.at(first + index, field))),
    );
  }

  #readFine(row: RowHistory): History {
    const { values } = row;
    const copy = (field: number) => {
      const readings = new Float32Array(historyLength).fill(Number.NaN);
      if (values === null) return readings;
      const recorded = historyLength - (this.#round - row.recorded);
      for (let index = 0; index < recorded; index++) {
        readings[index] = values[placeOf(this.#round - historyLength + 1 + index) + field] ?? Number.NaN;
      }
      return readings;
    };
    return {
      period: nominalPeriod,
      newest: this.#round,
      readings: mapFields((_, field) => copy(field)),
    };
  }

  /** Takes back histories that are no longer needed. */
  #tidy(rows: Set<RowHistory>): void {
    const day = historyLength * readingsPerHourStep * hourStepsPerDayStep;
    for (const row of rows) {
      const oldest = this.#round - (row.long === null ? historyLength : day);
      if (row.carried <= oldest && !this.#watched.has(row)) this.#release(row);
    }
  }

  /** Makes a history for a row that has none, with its trend up to the round `last`. */
  #give(rank: HistoryRank, past: Trend, last: number, urgent: boolean): RowHistory | undefined {
    if (this.size >= this.#rows && !this.#makeRoom(rank, urgent)) {
      this.#wasFull = true;
      return undefined;
    }
    const values = (this.#spare.pop() ?? new Float32Array(historyLength * fieldCount)).fill(Number.NaN);
    for (let ago = 0; ago < past.length; ago++) {
      const place = placeOf(last - ago);
      values[place] = past[past.length - 1 - ago] ?? Number.NaN;
      // While there was room for every row, one without a history carried nothing.
      if (!this.#wasFull) values.fill(0, place + 1, place + fieldCount);
    }
    const row: RowHistory = { rank, values, long: null, recorded: last, carried: this.#round };
    this.#rowsOf(rank).add(row);
    return row;
  }

  /** Frees a place by taking it from a real server; from a service only for a row that somebody looks at. */
  #makeRoom(rank: HistoryRank, urgent: boolean): boolean {
    const candidates = urgent
      ? [this.#realServers, this.#services]
      : rank === 'service'
        ? [this.#realServers]
        : [];
    for (const rows of candidates) {
      for (const row of rows) {
        if (this.#watched.has(row)) continue;
        this.#wasFull = true;
        this.#release(row);
        return true;
      }
    }
    return false;
  }

  #release(row: RowHistory): void {
    if (row.values !== null) this.#spare.push(row.values);
    if (row.long !== null) this.#longRows--;
    row.values = null;
    row.long = null;
    this.#rowsOf(row.rank).delete(row);
    this.#watched.delete(row);
  }

  #rowsOf(rank: HistoryRank): Set<RowHistory> {
    return rank === 'service' ? this.#services : this.#realServers;
  }
}

const fieldNames = ['connections', 'inBytes', 'outBytes', 'active', 'inactive'] as const;
const fieldCount = fieldNames.length;

/** A record of what `make` gives for each field's name and place. */
function mapFields<Value>(make: (name: HistoryField, place: number) => Value): Record<HistoryField, Value> {
  const [connections, inBytes, outBytes, active, inactive] = fieldNames.map(make) as [
    Value,
    Value,
    Value,
    Value,
    Value,
  ];
  return { connections, inBytes, outBytes, active, inactive };
}

/** Index of the first field of a round's reading. */
function placeOf(round: number): number {
  return (((round % historyLength) + historyLength) % historyLength) * fieldCount;
}

/** Makes gaps of the rounds after `earlier`, up to and including `later`, which is about to be written. */
function eraseRounds({ values }: RowHistory, earlier: number, later: number): void {
  for (let round = Math.max(earlier, later - historyLength) + 1; round <= later; round++) {
    const place = placeOf(round);
    values?.fill(Number.NaN, place, place + fieldCount);
  }
}

function carriesAnything({ connections, inPackets, outPackets }: Rates): boolean {
  return connections > 0 || inPackets > 0 || outPackets > 0;
}
