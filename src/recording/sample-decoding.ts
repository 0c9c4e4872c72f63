import { counterDifference } from '../ipvs/counters.ts';
import { ByteReader } from './byte-reader.ts';
import type { RecordedTable } from './recorded-table.ts';
import { connectionFields, counterFields, type RowNumbers } from './row-numbers.ts';
import { moreThan } from './sample-encoding.ts';

/** The numbers of a table, which go on from sample to sample. */
export interface RunningNumbers {
  readonly services: RowNumbers;
  readonly realServers: RowNumbers;
  /** Places of real servers that have rates other than 0. */
  carrying: readonly number[];
  readonly overloaded: Set<number>;
  readonly readAt: Map<number, number>;
}

/** Brings the numbers to where `encodeSample` left them, and gives the head as it was written. Throws a `Damage`. */
export function decodeSample(
  content: Buffer,
  table: RecordedTable,
  numbers: RunningNumbers,
  time: number,
): string {
  const bytes = new ByteReader(content);
  const head = bytes.text();
  const { services, realServers, overloaded, readAt } = numbers;
  const moved = bytes.places(realServers.length);
  readConnections(bytes, moved, realServers);
  const formerly = services.counters.slice();
  const differences = readCounters(bytes, moved, realServers, services, table);
  readServiceCounters(bytes, services);
  const seconds = bytes.fraction();
  serviceRates(formerly, services, seconds);
  readRates(bytes, services);
  stopCarrying(numbers.carrying, realServers);
  const carrying = seconds > 0 ? realServerRates(moved, differences, realServers, seconds) : [];
  const others = readRates(bytes, realServers);
  numbers.carrying = [...carrying, ...others];
  for (const place of bytes.places(realServers.length)) if (!overloaded.delete(place)) overloaded.add(place);
  readAt.clear();
  for (const place of bytes.places(services.length)) readAt.set(place, time - bytes.count());
  return head;
}

function readConnections(bytes: ByteReader, moved: readonly number[], { connections }: RowNumbers): void {
  for (let field = 0; field < connectionFields; field++)
    for (const place of moved) {
      const at = place * connectionFields + field;
      connections[at] = Number(bytes.stepFrom(connections[at] ?? 0));
    }
}

/** Moves the counters of real servers, and with them those of their services; gives by how much, row by row. */
function readCounters(
  bytes: ByteReader,
  moved: readonly number[],
  { counters }: RowNumbers,
  services: RowNumbers,
  { offsets }: RecordedTable,
): Float64Array {
  const differences = new Float64Array(moved.length * counterFields);
  for (let field = 0; field < counterFields; field++) {
    let service = 0;
    for (const [row, place] of moved.entries()) {
      while (place >= (offsets[service + 1] ?? Number.POSITIVE_INFINITY)) service++;
      const at = place * counterFields + field;
      const before = counters[at] ?? 0;
      const now = bytes.stepFrom(before);
      if (now === before) continue;
      counters[at] = now;
      const difference = counterDifference(now, before);
      differences[row * counterFields + field] = difference;
      const to = service * counterFields + field;
      services.counters[to] = moreThan(services.counters[to] ?? 0, difference);
    }
  }
  return differences;
}

function readServiceCounters(bytes: ByteReader, { counters, length }: RowNumbers): void {
  const others = bytes.places(length);
  for (let field = 0; field < counterFields; field++)
    for (const place of others) {
      const at = place * counterFields + field;
      counters[at] = bytes.stepFrom(counters[at] ?? 0);
    }
}

function serviceRates(
  formerly: RowNumbers['counters'],
  { counters, rates, length }: RowNumbers,
  seconds: number,
): void {
  for (let place = 0; place < length; place++) {
    const begin = place * counterFields;
    let hasCounted = false;
    for (let at = begin; at < begin + counterFields; at++) hasCounted ||= formerly[at] !== counters[at];
    for (let at = begin; at < begin + counterFields; at++) {
      if (hasCounted && seconds > 0)
        rates[at] = counterDifference(counters[at] ?? 0, formerly[at] ?? 0) / seconds;
      else if (!Number.isNaN(rates[at])) rates[at] = 0;
    }
  }
}

/** What is not known stays so. */
function stopCarrying(places: readonly number[], { rates }: RowNumbers): void {
  for (const place of places)
    for (let at = place * counterFields; at < (place + 1) * counterFields; at++)
      if (!Number.isNaN(rates[at])) rates[at] = 0;
}

/** Gives the rows that have counted. */
function realServerRates(
  moved: readonly number[],
  differences: Float64Array,
  { rates }: RowNumbers,
  seconds: number,
): number[] {
  const counted: number[] = [];
  for (const [row, place] of moved.entries()) {
    const from = row * counterFields;
    let hasCounted = false;
    for (let at = from; at < from + counterFields; at++) hasCounted ||= differences[at] !== 0;
    if (!hasCounted) continue;
    counted.push(place);
    for (let field = 0; field < counterFields; field++)
      rates[place * counterFields + field] = (differences[from + field] ?? 0) / seconds;
  }
  return counted;
}

/** Gives the rows whose rates were told. */
function readRates(bytes: ByteReader, { rates, length }: RowNumbers): readonly number[] {
  const others = bytes.places(length);
  for (let field = 0; field < counterFields; field++)
    for (const place of others) rates[place * counterFields + field] = bytes.fraction();
  return others;
}
