import { type Counter, counterDifference } from '../ipvs/counters.ts';
import type { Work } from '../system/turns.ts';
import { ByteWriter } from './byte-writer.ts';
import { type SampleHead, writtenHead } from './recorded-json.ts';
import type { RecordedNumbers } from './recorded-numbers.ts';
import type { RecordedTable } from './recorded-table.ts';
import { connectionFields, counterFields, moreThan, type RowNumbers } from './row-numbers.ts';

/** Rates that differ by less than this part of them count as the same. */
const alike = 1e-9;

/** Most rates that are looked at to find out of how many seconds rates are. */
const mostAsked = 200;

/**
 * What leads from one sample to the next, of the same table, as bytes:
 * - the head as JSON;
 * - the real servers of which connections or counters moved, and how far, field by field;
 * - the services whose counters did not move as those of their real servers together, and the difference;
 * - the seconds that rates are of (0 for unknown): a row's are what its counters moved in that time, 0 of one that did not
 *   move, and unknown as before of one that did not move and had none;
 * - rows whose rates do not follow from that, services and then real servers, and their rates;
 * - real servers that passed their threshold, one way or the other;
 * - services whose real servers were not read just now, and milliseconds since they were.
 */
export function* encodeSample(
  head: SampleHead,
  table: RecordedTable,
  before: RecordedNumbers,
  now: RecordedNumbers,
  time: number,
): Work<Buffer> {
  const out = new ByteWriter();
  out.text(writtenHead(head));
  const moved = placesWhere(now.realServers.length, (place) =>
    hasMoved(before.realServers, now.realServers, place),
  );
  out.places(moved);
  yield undefined;
  const { connections } = before.realServers;
  writeSteps(
    out,
    moved,
    connectionFields,
    (at) => connections[at] ?? 0,
    (at) => now.realServers.connections[at] ?? 0,
  );
  const counter = (numbers: RowNumbers) => (at: number) => numbers.counter(at);
  writeSteps(out, moved, counterFields, counter(before.realServers), counter(now.realServers));
  yield undefined;
  const expected = expectedCounters(table, before, now.realServers, moved);
  const others = placesWhere(now.services.length, (place) => isUnexpected(expected, now.services, place));
  out.places(others);
  writeSteps(out, others, counterFields, (at) => expected[at] ?? 0, counter(now.services));
  yield undefined;
  const seconds = likelySeconds(before.realServers, now.realServers);
  out.fraction(seconds);
  writeRates(out, before.services, now.services, seconds);
  writeRates(out, before.realServers, now.realServers, seconds);
  yield undefined;
  out.places(
    placesWhere(
      now.realServers.length,
      (place) => before.overloaded.has(place) !== now.overloaded.has(place),
    ),
  );
  const older = placesWhere(now.services.length, (place) => now.readAt.has(place));
  out.places(older);
  for (const place of older) out.count(Math.max(0, time - (now.readAt.get(place) ?? time)));
  return out.bytes;
}

function placesWhere(length: number, holds: (place: number) => boolean): number[] {
  const places: number[] = [];
  for (let place = 0; place < length; place++) if (holds(place)) places.push(place);
  return places;
}

function hasMoved(before: RowNumbers, now: RowNumbers, place: number): boolean {
  return !now.hasConnectionsOf(before, place) || !now.hasCountersOf(before, place);
}

function isUnexpected(expected: readonly Counter[], now: RowNumbers, place: number): boolean {
  for (let at = place * counterFields; at < (place + 1) * counterFields; at++)
    if (expected[at] !== now.counter(at)) return true;
  return false;
}

function writeSteps(
  out: ByteWriter,
  places: readonly number[],
  fields: number,
  before: (at: number) => Counter,
  now: (at: number) => Counter,
): void {
  for (let field = 0; field < fields; field++)
    for (const place of places) {
      const at = place * fields + field;
      out.step(before(at), now(at));
    }
}

/** The counters of services if these have moved as their real servers together have. */
function expectedCounters(
  table: RecordedTable,
  before: RecordedNumbers,
  now: RowNumbers,
  moved: readonly number[],
): Counter[] {
  const expected = Array.from({ length: before.services.length * counterFields }, (_, at) =>
    before.services.counter(at),
  );
  let service = 0;
  for (const place of moved) {
    while (place >= (table.offsets[service + 1] ?? Number.POSITIVE_INFINITY)) service++;
    for (let field = 0; field < counterFields; field++) {
      const at = place * counterFields + field;
      const difference = counterDifference(now.counter(at), before.realServers.counter(at));
      const to = service * counterFields + field;
      expected[to] = moreThan(expected[to] ?? 0, difference);
    }
  }
  return expected;
}

/** The seconds that most rates are of; 0 where none tells it. */
function likelySeconds(before: RowNumbers, now: RowNumbers): number {
  const found = new Map<string, { count: number; readonly seconds: number }>();
  let asked = 0;
  for (let at = 0; at < now.rates.length && asked < mostAsked; at++) {
    const rate = now.rates[at] ?? Number.NaN;
    const difference = counterDifference(now.counter(at), before.counter(at));
    if (!(rate > 0) || !(difference > 0)) continue;
    asked++;
    const seconds = difference / rate;
    const known = found.get(seconds.toPrecision(8));
    if (known === undefined) found.set(seconds.toPrecision(8), { count: 1, seconds });
    else known.count++;
  }
  const [most] = [...found.values()].sort((left, right) => right.count - left.count);
  return most?.seconds ?? 0;
}

/** What the rates of a row are if they follow from its counters. */
function expectedRate(
  before: RowNumbers,
  now: RowNumbers,
  place: number,
  field: number,
  seconds: number,
): number {
  const at = place * counterFields + field;
  if (seconds > 0 && !now.hasCountersOf(before, place))
    return counterDifference(now.counter(at), before.counter(at)) / seconds;
  return Number.isNaN(before.rates[at]) ? Number.NaN : 0;
}

function writeRates(out: ByteWriter, before: RowNumbers, now: RowNumbers, seconds: number): void {
  const others = placesWhere(now.length, (place) => {
    for (let field = 0; field < counterFields; field++) {
      const rate = now.rates[place * counterFields + field] ?? Number.NaN;
      if (!areAlike(rate, expectedRate(before, now, place, field, seconds))) return true;
    }
    return false;
  });
  out.places(others);
  for (let field = 0; field < counterFields; field++)
    for (const place of others) out.fraction(now.rates[place * counterFields + field] ?? Number.NaN);
}

function areAlike(left: number, right: number): boolean {
  return Object.is(left, right) || Math.abs(left - right) <= alike * Math.abs(left);
}
