import type { Rates } from '../ipvs/counters.ts';
import { nominalPeriod } from './rate-meter.ts';
import type { PublicConnections, Trend } from './view.ts';

/** Readings that a history holds, one an estimator period: five minutes. */
export const historyLength = 150;

/**
 * Rows that have a full history at once. Each takes 3 kB, so all of them together 3 MB, whatever the size of
 * the table. That is every service of a large director and a thousand real servers; the others have the two
 * minutes of their trend, and get a full history from the moment at which somebody looks at them.
 */
const historyRows = 1024;

/** Rows that somebody looked at last and that keep their history whatever else wants one. */
const watchedRows = 32;

/** What a history tells: new connections and bytes a second, and connections at each moment. */
export type HistoryField = 'connections' | 'inBytes' | 'outBytes' | 'active' | 'inactive';

/** The last minutes of one row: a copy that stays as it is. */
export interface History {
  /** Seconds from one reading to the next. */
  readonly period: number;
  /** Number of the newest reading, counted from the start: what is put together from several readings can keep its place by it. */
  readonly newest: number;
  /** Oldest first, `historyLength` each; NaN where nothing was read. */
  readonly readings: Readonly<Record<HistoryField, Float32Array>>;
}

/** Services come first where there are more rows than histories. */
export type HistoryRank = 'service' | 'real server';

/** The place of one row's history; made by its keeper. */
export interface RowHistory {
  readonly rank: HistoryRank;
  /** One reading after the other, each field by field; `null` once the place was given away. */
  values: Float32Array | null;
  /** Round in which something was recorded last. */
  recorded: number;
  /** Round in which the row carried something last. */
  carried: number;
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

  /** A copy of what was recorded. */
  read(row: RowHistory): History {
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
      readings: {
        connections: copy(0),
        inBytes: copy(1),
        outBytes: copy(2),
        active: copy(3),
        inactive: copy(4),
      },
    };
  }

  /** Takes back what is not needed any more. */
  #tidy(rows: Set<RowHistory>): void {
    const oldest = this.#round - historyLength;
    for (const row of rows) if (row.carried <= oldest && !this.#watched.has(row)) this.#release(row);
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
    const row: RowHistory = { rank, values, recorded: last, carried: this.#round };
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
    row.values = null;
    this.#rowsOf(row.rank).delete(row);
    this.#watched.delete(row);
  }

  #rowsOf(rank: HistoryRank): Set<RowHistory> {
    return rank === 'service' ? this.#services : this.#realServers;
  }
}

const fieldCount = 5;

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
