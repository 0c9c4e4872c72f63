import type { Rates } from '../../ipvs/counters.ts';
import { nominalPeriod } from '../rate-meter.ts';
import type { PublicConnections, Trend } from '../view.ts';
import { CoarseRing, meanOf } from './coarse-ring.ts';

/** Readings that a history holds, one an estimator period: five minutes. */
export const historyLength = 150;

/**
 * Rows that have a full history at once. Each takes 3 kB, so all of them together 3 MB, whatever the size of
 * the table. That is every service of a large director and a thousand real servers; the others have the two
 * minutes of their trend, and get a full history from the moment at which somebody looks at them.
 */
const historyRows = 1024;

/**
 * Rows whose history is kept for a day, too, in coarser steps: services that carry something, the first to come, and
 * what somebody looked at last. Each takes 3 kB more, so all of them together less than 1 MB.
 */
const longRows = 256;

/** Readings that one of the hour's steps is the mean of, 24 s, and steps of the hour that one of the day's is, 9.6 min. */
const readingsPerHourStep = 12;
const hourStepsPerDayStep = 24;

/** Spans that a history can be shown in, with the seconds that each holds. */
export const historySpans = { '1m': 60, '5m': 300, '1h': 3600, '24h': 86_400 } as const;

/** One of `historySpans`. */
export type HistorySpan = keyof typeof historySpans;

/** Rows that somebody looked at last and that keep their history whatever else wants one: more than a screen has. */
const watchedRows = 128;

/** What a history tells: new connections and bytes a second, and connections at each moment. */
export type HistoryField = (typeof fieldNames)[number];

/** The last minutes of one row: a copy that stays as it is. */
export interface History {
  /** Seconds from one reading to the next. */
  readonly period: number;
  /** Number of the newest reading, counted from the start: what is put together from several readings can keep its place by it. */
  readonly newest: number;
  /** Oldest first, `historyLength` each or what the span holds; NaN where nothing was read. */
  readonly readings: Readonly<Record<HistoryField, Float32Array>>;
}

/** Services come first where there are more rows than histories. */
export type HistoryRank = 'service' | 'real server';

/** The place of one row's history; made by its keeper. */
export interface RowHistory {
  readonly rank: HistoryRank;
  /** One reading after the other, each field by field; `null` once the place was given away. */
  values: Float32Array | null;
  /** What is kept of an hour and of a day; `null` for most rows. */
  long: LongHistory | null;
  /** Round in which something was recorded last. */
  recorded: number;
  /** Round in which the row carried something last. */
  carried: number;
}

/** Means of a longer time: each ring is made of the finer one before it. */
interface LongHistory {
  readonly hour: CoarseRing;
  readonly day: CoarseRing;
}

/** Where the trend of a row can be had. */
interface TrendSource {
  readonly trend: Trend;
}

/**
 * Keeps histories of a bounded number of rows. A row gets one when it carries something for the first time,
 * or when somebody asks for it; one that has carried nothing for the whole of it gives it back. All rows
 * share one ring of rounds, so that a reading is five numbers written to their place and nothing else.
 */
export class HistoryKeeper {
  readonly #rows: number;
  readonly #services = new Set<RowHistory>();
  readonly #realServers = new Set<RowHistory>();
  /** In the order in which they were asked for. */
  readonly #watched = new Set<RowHistory>();
  readonly #spare: Float32Array[] = [];
  #round = 0;
  /** Rows that are kept for a day. */
  #longRows = 0;
  /** A row had to go without: what has no history may have carried something. */
  #wasFull = false;

  /** Keeps at most so many histories. */
  constructor(rows: number = historyRows) {
    this.#rows = rows;
  }

  /** Number of the present round. */
  get round(): number {
    return this.#round;
  }

  /** Histories kept now. */
  get size(): number {
    return this.#services.size + this.#realServers.size;
  }

  /** Begins the next round, `rounds` after the last. What a row does not record of a round is a gap. */
  advance(rounds = 1): void {
    this.#round += rounds;
    this.#tidy(this.#services);
    this.#tidy(this.#realServers);
  }

  /**
   * Records a row's reading of this round and returns its history, which it may have got just now. `rates` is
   * `null` while they are not known; they are those of the last `rounds` rounds, of which only this one tells
   * of connections (`null` where they were not read). `past` ends before these rounds.
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

  /** Whether all places are taken for a row of that rank that carries something and has none: it goes without. */
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
   * Gives a row that somebody looks at a history for as long as it is among the last looked at; `past` ends
   * with the round `recorded`, the present one where it is left out.
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

  /** A copy of what was recorded, as much as the span holds; of an hour and a day nothing but gaps where it is not kept. */
  read(row: RowHistory, span: HistorySpan = '5m'): History {
    if (span === '1h' || span === '24h') return this.#readLong(row, span);
    const whole = this.#readFine(row);
    if (span === '5m') return whole;
    const latest = historySpans[span] / nominalPeriod;
    return { ...whole, readings: mapFields((field) => whole.readings[field].slice(-latest)) };
  }

  /** Bytes a second both ways in the last `count` rounds, oldest first; what was not read is left out. */
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
    /** The step that is not over yet is the mean of what there is of it. */
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

  /** Writes the steps of the hour and of the day that have ended since the last reading. */
  #condense(row: RowHistory, rank: HistoryRank): void {
    const { values } = row;
    const ended = Math.floor(this.#round / readingsPerHourStep) - 1;
    if (values === null || ended < 0) return;
    if (row.long === null) {
      if (this.#longRows >= longRows || (rank !== 'service' && !this.#watched.has(row))) return;
      this.#longRows++;
      // What the fine ring still holds is not lost.
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

  /** Takes back what is not needed any more. */
  #tidy(rows: Set<RowHistory>): void {
    const day = historyLength * readingsPerHourStep * hourStepsPerDayStep;
    for (const row of rows) {
      const oldest = this.#round - (row.long === null ? historyLength : day);
      if (row.carried <= oldest && !this.#watched.has(row)) this.#release(row);
    }
  }

  /** A history for a row that has none, with what its trend knows up to the round `last`. */
  #give(rank: HistoryRank, past: Trend, last: number, urgent: boolean): RowHistory | undefined {
    if (this.size >= this.#rows && !this.#makeRoom(rank, urgent)) {
      this.#wasFull = true;
      return undefined;
    }
    const values = (this.#spare.pop() ?? new Float32Array(historyLength * fieldCount)).fill(Number.NaN);
    for (let ago = 0; ago < past.length; ago++) {
      const place = placeOf(last - ago);
      values[place] = past[past.length - 1 - ago] ?? Number.NaN;
      // As long as there was room for everybody, a row without a history was one that carried nothing.
      if (!this.#wasFull) values.fill(0, place + 1, place + fieldCount);
    }
    const row: RowHistory = { rank, values, long: null, recorded: last, carried: this.#round };
    this.#rowsOf(rank).add(row);
    return row;
  }

  /** Takes the place of a real server; that of a service only for what somebody looks at. */
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

/** What is made of each field, by its name and its place. */
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

/** Marks the rounds between two as gone by without a reading, and the later one until it is written. */
function eraseRounds({ values }: RowHistory, earlier: number, later: number): void {
  for (let round = Math.max(earlier, later - historyLength) + 1; round <= later; round++) {
    const place = placeOf(round);
    values?.fill(Number.NaN, place, place + fieldCount);
  }
}

function carriesAnything({ connections, inPackets, outPackets }: Rates): boolean {
  return connections > 0 || inPackets > 0 || outPackets > 0;
}
