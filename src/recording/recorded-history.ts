import { keysIn, type RowKey } from '../ipvs/identity.ts';
import {
  type History,
  type HistoryField,
  type HistorySpan,
  historyLength,
  historySpans,
} from '../sampling/history/history.ts';
import type { Work } from '../system/turns.ts';
import type { RecordedTable, RowPlaces } from './recorded-table.ts';
import type { Recording } from './recording.ts';
import type { RecordedRows } from './recording-decoder.ts';
import { connectionFields, counterFields } from './row-numbers.ts';

/** Longest span of which a recording tells a history: for a day, all of that day would have to be read. */
const longestSpan = historySpans['1h'];

/** Whether a recording tells of so long a time. */
export function isRecordedSpan(span: HistorySpan): boolean {
  return historySpans[span] <= longestSpan;
}

/** Samples this many times their interval apart have a gap between them. */
const gap = 2.5;

/** Where the counters of which a history tells stand among a row's. */
const countersOf: readonly (readonly [HistoryField, number])[] = [
  ['connections', 0],
  ['inBytes', 3],
  ['outBytes', 4],
];

/** Puts a history together: means of what falls into each of its periods. */
class Collected {
  readonly readings: Record<HistoryField, Float32Array>;
  readonly #counts: Record<HistoryField, Uint16Array>;

  constructor(length: number) {
    const each = <List>(make: () => List): Record<HistoryField, List> => ({
      connections: make(),
      inBytes: make(),
      outBytes: make(),
      active: make(),
      inactive: make(),
    });
    this.readings = each(() => new Float32Array(length).fill(Number.NaN));
    this.#counts = each(() => new Uint16Array(length));
  }

  add(field: HistoryField, place: number, value: number): void {
    if (Number.isNaN(value)) return;
    const count = this.#counts[field][place] ?? 0;
    const mean = count === 0 ? 0 : (this.readings[field][place] ?? 0);
    this.readings[field][place] = mean + (value - mean) / (count + 1);
    this.#counts[field][place] = count + 1;
  }
}

/**
 * The histories of rows up to a time, as the live screen keeps them, out of the samples of a recording: a reading a sample
 * or, in an hour, a mean of several. A span that is too long for it has none.
 */
export function* recordedHistories(
  recording: Recording,
  keys: Iterable<RowKey>,
  span: HistorySpan,
  time: number,
): Work<ReadonlyMap<RowKey, History>> {
  const seconds = historySpans[span];
  if (!isRecordedSpan(span)) return new Map();
  const found = new Map([...keys].map((key) => [key, keysIn(key)]));
  let period = seconds / historyLength;
  const collected = new Map<RowKey, Collected>();
  let table: RecordedTable | undefined;
  let [before, beforePlace] = [Number.NEGATIVE_INFINITY, 0];
  let places: readonly (readonly [RowKey, RowPlaces | undefined])[] = [];
  yield* recording.rows(time - seconds * 1000 + 1, time, (rows) => {
    period = Math.max(period, rows.interval);
    const length = Math.ceil(seconds / period);
    const place = length - 1 - Math.floor((time - rows.time) / 1000 / period);
    // The rates of a sample hold since the sample before, so the periods in between are filled with them, too, unless
    // there is a gap.
    const from = rows.time - before <= rows.interval * 1000 * gap ? Math.min(place, beforePlace + 1) : place;
    [before, beforePlace] = [rows.time, place];
    if (rows.table !== table)
      places = [...found].map(([key, { service, realServer }]) => [
        key,
        rows.table.placesOf(service, realServer),
      ]);
    table = rows.table;
    for (const [key, at] of places) {
      if (at === undefined) continue;
      const own = collected.get(key) ?? new Collected(length);
      collected.set(key, own);
      for (let filled = from; filled <= place; filled++)
        addRow(own, filled, rows, at, found.get(key)?.realServer === undefined);
    }
  });
  const newest = Math.floor(time / 1000 / period);
  return new Map([...collected].map(([key, { readings }]) => [key, { period, newest, readings }]));
}

function addRow(
  own: Collected,
  place: number,
  { services, realServers }: RecordedRows,
  { row, first, end }: RowPlaces,
  isService: boolean,
): void {
  const { rates } = isService ? services : realServers;
  for (const [field, counter] of countersOf)
    own.add(field, place, rates[row * counterFields + counter] ?? Number.NaN);
  let [active, inactive] = [0, 0];
  for (let real = first; real < end; real++) {
    active += realServers.connections[real * connectionFields] ?? 0;
    inactive += realServers.connections[real * connectionFields + 1] ?? 0;
  }
  own.add('active', place, active);
  own.add('inactive', place, inactive);
}
