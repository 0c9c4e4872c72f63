import type { TableEvent } from '../changes/events/event.ts';
import { extendHistory, type HostView, historyLength } from '../host/host-view.ts';
import type { View } from '../sampling/view.ts';
import { Damage } from './damage.ts';
import type { Frame } from './frame.ts';
import { decodePast } from './past-coding.ts';
import {
  type RecordedFindings,
  type RecordingOrigin,
  readEvent,
  readFindings,
  readOrigin,
  readSampleHead,
  type SampleHead,
} from './recorded-json.ts';
import { arrangedNumbers, noNumbers, RecordedPast } from './recorded-numbers.ts';
import { RecordedTable } from './recorded-table.ts';
import { viewOf } from './recorded-view.ts';
import type { RowNumbers } from './row-numbers.ts';
import { RunningNumbers } from './sample-decoding.ts';
import { applyTableEdits, KnownTables } from './table-edits.ts';

/** A director as it was recorded at one moment. */
export interface RecordedMoment {
  /** Of the sample, milliseconds since the epoch. */
  readonly time: number;
  readonly origin: RecordingOrigin;
  readonly view: View;
  /** `null` where the machine was not looked at. */
  readonly host: HostView | null;
  /** What the doctor had found by then; `null` where it had not looked. */
  readonly findings: RecordedFindings | null;
}

/** What the last sample tells of all rows: good until the next one is taken. */
export interface RecordedRows {
  /** Of the sample, milliseconds since the epoch. */
  readonly time: number;
  /** Seconds from sample to sample. */
  readonly interval: number;
  readonly table: RecordedTable;
  readonly services: RowNumbers;
  readonly realServers: RowNumbers;
}

/** Goes through the frames of one shard after the other, and knows what they have told so far. */
export class RecordingDecoder {
  readonly #known: KnownTables;
  #origin: RecordingOrigin | undefined;
  #table = RecordedTable.empty;
  #numbers = new RunningNumbers(noNumbers);
  #past = new RecordedPast();
  /** Heads of the last samples as they were written, the newest last. */
  #heads: string[] = [];
  #time = 0;
  #ticks = 0;
  #findings: RecordedFindings | null = null;
  #moment: RecordedMoment | undefined;

  /** `known` is what other decoders of the same recording have read. */
  constructor(known = new KnownTables()) {
    this.#known = known;
  }

  /** Time of the last sample; 0 before the first one. */
  get time(): number {
    return this.#time;
  }

  /**
   * Takes the next frame, and gives the event that it tells of. The past is not needed of samples more than two minutes
   * before the one that is asked for. Throws a `Damage`; the decoder is not to be used any more then.
   */
  take(frame: Frame, isPastNeeded = true): TableEvent | undefined {
    const { kind, time } = frame;
    switch (kind) {
      case 'origin':
        this.#begin(readOrigin(frame.content().toString()));
        return undefined;
      case 'table': {
        const table =
          this.#table.services.length === 0
            ? this.#known.begun(frame)
            : applyTableEdits(this.#table, frame.content(), this.#known);
        const from = table.formerPlaces(this.#table);
        this.#numbers = new RunningNumbers(arrangedNumbers(this.#numbers, from));
        this.#past = this.#past.arranged(from);
        this.#table = table;
        return undefined;
      }
      case 'past':
        this.#past = isPastNeeded
          ? decodePast(frame.content(), this.#table, time)
          : this.#past.without(time, this.#numbers);
        return undefined;
      case 'sample':
        this.#takeSample(frame.content(), time, isPastNeeded);
        return undefined;
      case 'findings':
        this.#findings = readFindings(frame.content().toString());
        this.#moment = undefined;
        return undefined;
      case 'event':
        return readEvent(frame.content().toString());
      case 'document':
        return undefined;
    }
  }

  /**
   * What the last sample tells of rows, without the cost of making a moment of it; `undefined` before the first one.
   */
  rows(): RecordedRows | undefined {
    if (this.#origin === undefined || this.#heads.length === 0) return undefined;
    const { services, realServers } = this.#numbers;
    const { interval } = this.#origin;
    return { time: this.#time, interval, table: this.#table, services, realServers };
  }

  /** What is known as of the last sample; `undefined` before the first one. Throws a `Damage`. */
  moment(): RecordedMoment | undefined {
    this.#moment ??= this.#momentOf();
    return this.#moment;
  }

  #begin(origin: RecordingOrigin): void {
    this.#origin = origin;
    this.#table = RecordedTable.empty;
    this.#numbers = new RunningNumbers(noNumbers);
    this.#past = new RecordedPast();
    this.#heads = [];
    this.#findings = null;
    this.#moment = undefined;
  }

  #takeSample(content: Buffer, time: number, isPastNeeded: boolean): void {
    if (this.#origin === undefined) throw new Damage('a sample stands before the beginning');
    this.#heads.push(this.#numbers.take(content, this.#table, time));
    if (this.#heads.length > historyLength) this.#heads.shift();
    this.#past = isPastNeeded
      ? this.#past.with(time, this.#numbers)
      : this.#past.without(time, this.#numbers);
    this.#time = time;
    this.#ticks++;
    this.#moment = undefined;
  }

  #momentOf(): RecordedMoment | undefined {
    const heads = this.#heads.map(readSampleHead);
    const head = heads.at(-1);
    if (this.#origin === undefined || head === undefined) return undefined;
    const { services, realServers, overloaded, readAt } = this.#numbers;
    const numbers = {
      services: services.copy(),
      realServers: realServers.copy(),
      overloaded: new Set(overloaded),
      readAt: new Map(readAt),
    };
    const state = {
      origin: this.#origin,
      table: this.#table,
      numbers,
      past: this.#past,
      head,
      time: this.#time,
    };
    const cpu = head.host?.cpu ?? null;
    return {
      time: this.#time,
      origin: this.#origin,
      view: viewOf(state, this.#ticks),
      host: head.host && { ...head.host, cpu: cpu && { ...cpu, history: processorHistory(heads) } },
      findings: this.#findings,
    };
  }
}

/**
 * The processor's history by the heads of samples: that of a shard's first sample tells of those before it as well,
 * each other only of its own.
 */
function processorHistory(heads: readonly SampleHead[]): readonly number[] {
  let history: readonly number[] = [];
  for (const { host } of heads) {
    const told = host?.cpu?.history ?? [];
    history = told.length === 1 ? extendHistory(history, told[0] ?? 0) : told;
  }
  return history;
}
