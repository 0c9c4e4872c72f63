import { ByteReader } from './byte-reader.ts';
import type { RecordedNumbers } from './recorded-numbers.ts';
import type { RecordedTable } from './recorded-table.ts';
import { connectionFields, counterFields, RowNumbers } from './row-numbers.ts';

/** The numbers of a table, which go on from sample to sample. */
export class RunningNumbers {
  readonly services: RowNumbers;
  readonly realServers: RowNumbers;
  readonly overloaded: Set<number>;
  readonly readAt: Map<number, number>;
  /** Places of real servers that have rates other than 0. */
  #carrying: readonly number[];
  /** Services of the sample before. */
  readonly #formerly: RowNumbers;
  /** Steps of a column, and how far the counters of each row moved. */
  readonly #steps: Float64Array;
  readonly #differences: Float64Array;
  /** Places of the services of the rows that moved. */
  readonly #owners: Int32Array;

  constructor({ services, realServers, overloaded, readAt }: RecordedNumbers) {
    this.services = services;
    this.realServers = realServers;
    this.overloaded = new Set(overloaded);
    this.readAt = new Map(readAt);
    this.#carrying = placesThatCarry(realServers);
    this.#formerly = new RowNumbers(services.length);
    this.#steps = new Float64Array(Math.max(services.length, realServers.length));
    this.#differences = new Float64Array(realServers.length * counterFields);
    this.#owners = new Int32Array(realServers.length);
  }

  /** Brings them to where `encodeSample` left them, and gives the head as it was written. Throws a `Damage`. */
  take(content: Buffer, table: RecordedTable, time: number): string {
    const bytes = new ByteReader(content);
    const head = bytes.text();
    const { services, realServers, overloaded, readAt } = this;
    const moved = bytes.places(realServers.length);
    this.#readConnections(bytes, moved);
    this.#formerly.setCountersOf(services);
    this.#readCounters(bytes, moved, table);
    this.#readServiceCounters(bytes);
    const seconds = bytes.fraction();
    this.#moveServiceRates(seconds);
    readRates(bytes, services);
    this.#stopCarrying();
    const carrying = seconds > 0 ? this.#moveRates(moved, seconds) : [];
    const others = readRates(bytes, realServers);
    this.#carrying = others.length === 0 ? carrying : [...carrying, ...others];
    for (const place of bytes.places(realServers.length))
      if (!overloaded.delete(place)) overloaded.add(place);
    readAt.clear();
    for (const place of bytes.places(services.length)) readAt.set(place, time - bytes.count());
    return head;
  }

  #readConnections(bytes: ByteReader, moved: readonly number[]): void {
    const { connections } = this.realServers;
    for (let field = 0; field < connectionFields; field++) {
      const large = bytes.steps(moved.length, this.#steps);
      for (let row = 0; row < moved.length; row++) {
        const at = (moved[row] ?? 0) * connectionFields + field;
        const step = this.#steps[row] ?? 0;
        connections[at] = (connections[at] ?? 0) + (Number.isNaN(step) ? Number(large.get(row)) : step);
      }
    }
  }

  /** Moves the counters of real servers, and with them those of their services. */
  #readCounters(bytes: ByteReader, moved: readonly number[], { offsets }: RecordedTable): void {
    const { services, realServers } = this;
    const steps = this.#steps;
    const differences = this.#differences;
    const owners = this.#owners;
    let service = 0;
    let end = offsets[1] ?? Number.POSITIVE_INFINITY;
    for (let row = 0; row < moved.length; row++) {
      while ((moved[row] ?? 0) >= end) {
        service++;
        end = offsets[service + 1] ?? Number.POSITIVE_INFINITY;
      }
      owners[row] = service;
    }
    for (let field = 0; field < counterFields; field++) {
      const large = bytes.steps(moved.length, steps);
      realServers.moveColumn(field, moved, steps, large);
      for (const [row, whole] of large) steps[row] = Number(whole);
      services.moveColumnExactly(field, owners, steps, moved.length);
      for (let row = 0; row < moved.length; row++) differences[row * counterFields + field] = steps[row] ?? 0;
    }
  }

  #readServiceCounters(bytes: ByteReader): void {
    const others = bytes.places(this.services.length);
    for (let field = 0; field < counterFields; field++) {
      const large = bytes.steps(others.length, this.#steps);
      for (const [row, place] of others.entries())
        this.services.moveCounter(place * counterFields + field, this.#steps[row] ?? 0, large.get(row));
    }
  }

  #moveServiceRates(seconds: number): void {
    const { services } = this;
    const { rates } = services;
    const formerly = this.#formerly;
    for (let place = 0; place < services.length; place++) {
      const hasCounted = seconds > 0 && !services.hasCountersOf(formerly, place);
      for (let at = place * counterFields; at < (place + 1) * counterFields; at++) {
        if (hasCounted) rates[at] = services.difference(formerly, at) / seconds;
        else if (!Number.isNaN(rates[at])) rates[at] = 0;
      }
    }
  }

  /** Sets the rates of all rows that have carried something to 0; rates that are not known stay so. */
  #stopCarrying(): void {
    const { rates } = this.realServers;
    for (const place of this.#carrying)
      for (let at = place * counterFields; at < (place + 1) * counterFields; at++)
        if (!Number.isNaN(rates[at])) rates[at] = 0;
  }

  /** Sets the rates of rows whose counters have moved, and gives these rows. */
  #moveRates(moved: readonly number[], seconds: number): number[] {
    const { rates } = this.realServers;
    const differences = this.#differences;
    const counted: number[] = [];
    for (let row = 0; row < moved.length; row++) {
      const from = row * counterFields;
      let hasCounted = false;
      for (let at = from; at < from + counterFields; at++) hasCounted ||= differences[at] !== 0;
      if (!hasCounted) continue;
      const place = moved[row] ?? 0;
      counted.push(place);
      for (let field = 0; field < counterFields; field++)
        rates[place * counterFields + field] = (differences[from + field] ?? 0) / seconds;
    }
    return counted;
  }
}

/** Reads the rates that do not follow from counters, and gives their rows. */
function readRates(bytes: ByteReader, { rates, length }: RowNumbers): readonly number[] {
  const others = bytes.places(length);
  for (let field = 0; field < counterFields; field++)
    for (const place of others) rates[place * counterFields + field] = bytes.fraction();
  return others;
}

function placesThatCarry({ rates, length }: RowNumbers): readonly number[] {
  const places: number[] = [];
  for (let place = 0; place < length; place++)
    for (let at = place * counterFields; at < (place + 1) * counterFields; at++)
      if (rates[at] !== 0) {
        places.push(place);
        break;
      }
  return places;
}
