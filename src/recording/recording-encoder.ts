import type { TableEvent } from '../changes/events/event.ts';
import type { HostView } from '../host/host-view.ts';
import { type Counters, counterNames, type Rates } from '../ipvs/counters.ts';
import {
  areOfSameReading,
  haveSameSettings,
  realServerCount,
  realServersOf,
} from '../sampling/service-view.ts';
import type { PublicConnections, PublicServiceView, View } from '../sampling/view.ts';
import type { Work } from '../system/turns.ts';
import { encodeFrame, frameOf, packContent } from './frame.ts';
import { encodePast } from './past-coding.ts';
import type { RecordedFindings, RecordingOrigin, SampleHead } from './recorded-json.ts';
import { arrangedNumbers, noNumbers, type RecordedNumbers, RecordedPast } from './recorded-numbers.ts';
import { type RecordedService, RecordedTable } from './recorded-table.ts';
import { connectionFields, counterFields, RowNumbers } from './row-numbers.ts';
import { encodeSample } from './sample-encoding.ts';
import { encodeTableEdits, lineOf } from './table-edits.ts';

/** A service with the view in which its settings were seen. */
interface SeenService {
  readonly view: PublicServiceView;
  readonly recorded: RecordedService;
}

/** Makes frames of what happens, one shard after the other. */
export class RecordingEncoder {
  #seen: ReadonlyMap<string, SeenService> = new Map();
  #table = RecordedTable.empty;
  #numbers: RecordedNumbers = noNumbers;
  /** Numbers of the sample before, to be written over. */
  #spare: RecordedNumbers | undefined;
  /** The view of the last sample. */
  #view: View | undefined;
  #past = new RecordedPast();
  /** The table that the last shard began with, packed. */
  #packed: { readonly table: RecordedTable; readonly bytes: Buffer } | undefined;
  #isFirst = true;

  /** Begins a shard. What comes then stands on its own. */
  begin(origin: RecordingOrigin, time: number): Buffer {
    this.#isFirst = true;
    return encodeFrame('origin', time, Buffer.from(JSON.stringify(origin)));
  }

  /**
   * A sample, with the changes of the table that come before it. Between its beginning and its end nothing else may be
   * asked of the encoder.
   */
  *sample(view: View, host: HostView | null): Work<Buffer> {
    const { time } = view;
    const frames: Buffer[] = [];
    const formerTable = this.#table;
    const table = yield* this.#tableOf(view);
    if (table !== formerTable) this.#past = this.#past.arranged(table.formerPlaces(formerTable));
    const known = this.#isFirst ? RecordedTable.empty : formerTable;
    let before = this.#isFirst ? noNumbers : this.#numbers;
    if (table !== known) {
      const packed = yield* this.#isFirst ? this.#begun(table) : packedEdits(known, table);
      frames.push(frameOf('table', time, packed));
      before = arrangedNumbers(before, table.formerPlaces(known));
    }
    if (this.#isFirst && !Number.isNaN(this.#past.time))
      frames.push(encodeFrame('past', this.#past.time, encodePast(this.#past)));
    yield undefined;
    const now = yield* this.#numbersOf(view, table);
    const head = headOf(view, host, this.#isFirst);
    frames.push(encodeFrame('sample', time, yield* encodeSample(head, table, before, now, time)));
    yield undefined;
    this.#spare = this.#numbers;
    this.#table = table;
    this.#numbers = now;
    this.#view = view;
    this.#past = this.#past.with(time, now);
    this.#isFirst = false;
    return Buffer.concat(frames);
  }

  /** An event; one that has grown is told again. */
  event(event: TableEvent): Buffer {
    return encodeFrame('event', event.time, Buffer.from(JSON.stringify(event)));
  }

  findings({ time, findings, unseen }: RecordedFindings): Buffer {
    return encodeFrame('findings', time, Buffer.from(JSON.stringify({ time, findings, unseen })));
  }

  /**
   * A whole table, packed. It is kept, which is worth it for a large one, since most shards begin with the table of the
   * one before.
   */
  *#begun(table: RecordedTable): Work<Buffer> {
    if (this.#packed?.table !== table)
      this.#packed = { table, bytes: yield* packedEdits(RecordedTable.empty, table) };
    return this.#packed.bytes;
  }

  *#numbersOf(view: View, table: RecordedTable): Work<RecordedNumbers> {
    const spare = this.#spare;
    // What was read no more since the sample before is copied from it, where all rows have their places still.
    const before =
      table === this.#table && this.#view !== undefined ? { view: this.#view, numbers: this.#numbers } : null;
    if (
      spare?.services.length !== table.services.length ||
      spare.realServers.length !== table.realServerCount
    )
      return yield* writeNumbers(
        view,
        {
          services: new RowNumbers(table.services.length),
          realServers: new RowNumbers(table.realServerCount),
        },
        before,
      );
    spare.services.clear();
    spare.realServers.clear();
    return yield* writeNumbers(view, spare, before);
  }

  /** The table of a view; the one of before where nothing was edited. */
  *#tableOf({ services }: View): Work<RecordedTable> {
    const seen = new Map<string, SeenService>();
    let isSame = services.length === this.#table.services.length;
    for (const [place, view] of services.entries()) {
      const now = this.#seeService(view);
      yield 1;
      seen.set(view.key, now);
      isSame &&= this.#table.services[place] === now.recorded;
    }
    this.#seen = seen;
    return isSame ? this.#table : new RecordedTable([...seen.values()].map(({ recorded }) => recorded));
  }

  #seeService(view: PublicServiceView): SeenService {
    const before = this.#seen.get(view.key);
    if (before !== undefined && haveSameSettings(before.view, view)) return { ...before, view };
    const { key, service } = view;
    const realServers = Array.from(realServersOf(view), ({ realServer }) => realServer);
    const recorded = { key, service, realServers };
    const isSame = before !== undefined && lineOf(recorded) === lineOf(before.recorded);
    return { view, recorded: isSame ? before.recorded : recorded };
  }
}

function* packedEdits(before: RecordedTable, now: RecordedTable): Work<Buffer> {
  return packContent(yield* encodeTableEdits(before, now));
}

/** Processor history goes into a shard once: afterwards each sample adds to it. */
function headOf(
  { director, readingTime, totals }: View,
  host: HostView | null,
  isFirst: boolean,
): SampleHead {
  const { info, state, access } = director;
  return {
    info,
    state,
    readingTime,
    totalRates: access === 'public' ? totals.rates : null,
    host:
      host?.cpu && !isFirst ? { ...host, cpu: { ...host.cpu, history: host.cpu.history.slice(-1) } } : host,
  };
}

/** Writes the numbers of a view into empty rows; `before` is the last sample of the same table. */
function* writeNumbers(
  { services, time }: View,
  rows: Pick<RecordedNumbers, 'services' | 'realServers'>,
  before: { readonly view: View; readonly numbers: RecordedNumbers } | null,
): Work<RecordedNumbers> {
  const overloaded = new Set<number>();
  const readAt = new Map<number, number>();
  let place = 0;
  for (const [order, service] of services.entries()) {
    setRow(rows.services, order, null, service.counters, service.rates);
    if (service.realServersTime !== null && service.realServersTime < time)
      readAt.set(order, service.realServersTime);
    const known = before?.view.services[order];
    if (before !== null && known !== undefined && areOfSameReading(known, service)) {
      const end = place + realServerCount(service);
      rows.realServers.setRowsOf(before.numbers.realServers, place, end);
      for (; place < end; place++) if (before.numbers.overloaded.has(place)) overloaded.add(place);
      yield 1;
      continue;
    }
    for (const row of realServersOf(service)) {
      setRow(rows.realServers, place, row.connections, row.counters, row.rates);
      if (row.overloaded) overloaded.add(place);
      place++;
    }
    yield 1 + realServerCount(service);
  }
  return { ...rows, overloaded, readAt };
}

function setRow(
  numbers: RowNumbers,
  place: number,
  connections: PublicConnections | null,
  counters: Counters | null,
  rates: Rates | null,
): void {
  if (connections !== null) {
    const at = place * connectionFields;
    numbers.connections[at] = connections.active;
    numbers.connections[at + 1] = connections.inactive;
    numbers.connections[at + 2] = connections.persistent ?? 0;
  }
  for (const [field, name] of counterNames.entries()) {
    const at = place * counterFields + field;
    if (counters !== null) numbers.setCounter(at, counters[name]);
    if (rates !== null) numbers.rates[at] = rates[name];
  }
}
