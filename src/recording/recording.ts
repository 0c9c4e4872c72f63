import type { TableEvent } from '../changes/events/event.ts';
import { EventList } from '../changes/events/event-list.ts';
import type { Work } from '../system/turns.ts';
import { Damage } from './damage.ts';
import type { Frame } from './frame.ts';
import { RecordedFiles, refusal } from './recorded-files.ts';
import { type RecordedDocument, readDocument } from './recorded-json.ts';
import { type RecordedMoment, type RecordedRows, RecordingDecoder } from './recording-decoder.ts';
import type { RecordingDamage, Shard, Shelf } from './shard.ts';
import { KnownTables } from './table-edits.ts';

/** A stretch of time without a gap in its samples. */
export interface RecordedSpan {
  /** Time of its first sample, milliseconds since the epoch. */
  readonly from: number;
  /** Time of its last sample. */
  readonly to: number;
}

/** How many files' bytes are kept: of the one that is looked at, and its neighbours. */
const filesKept = 3;

/** Samples this many times their usual distance apart have a gap between them. */
const gap = 2.5;

/** Milliseconds between samples where a file has too few to tell. */
const usualDistance = 10_000;

/** Milliseconds before a sample that its shares and trends rest on, and a little more. */
const pastNeeded = 150_000;

/** Most events in one answer. */
const mostEvents = 100_000;

/**
 * Opens a recording: a folder of files, or one file. Nothing of it is believed unchecked, so it may come from anywhere.
 * Throws an `IpvsError` of kind `input` where there is none.
 */
export function openRecording(path: string): Recording {
  const recording = new Recording(path);
  if (recording.last === undefined)
    throw refusal(path, recording.damages()[0]?.reason ?? 'no sample is recorded there');
  return recording;
}

/**
 * What was recorded, to be read while more is written. Work that takes longer comes as `Work`: `allAtOnce` or `inTurns` do
 * it.
 *
 * A recording is one file or a folder of files `TIME.lvrec`, each of which stands on its own. A file begins with
 * `fileMark`; then frames follow (`frame.ts`), each with a checksum. A shard begins with `origin`: whose it is. Then come
 * `table`, the settings of all services and real servers as lines of JSON (`table-edits.ts`), `past`, what shares and
 * trends of its first minutes rest on (`past-coding.ts`), and the first `sample` with all numbers; after that only what
 * changes: `table` what was edited, `sample` what moved (`sample-encoding.ts`), `event` and `findings` as they come. A
 * frame that is damaged costs what follows it in its file.
 */
export class Recording {
  readonly path: string;
  readonly #shelf: Shelf;
  readonly #known = new KnownTables();
  /** In the order of their times. */
  #files: readonly Shard[] = [];
  /** Files that are no recordings. */
  #refused: readonly RecordingDamage[] = [];
  /** Files whose bytes are kept, the newest last. */
  #kept: Shard[] = [];
  #decoder: { readonly file: Shard; readonly decoder: RecordingDecoder; next: number } | undefined;

  /** Of a file, a folder, or what else has shards. Throws an `IpvsError` where nothing can be read at that path. */
  constructor(place: string | Shelf) {
    this.#shelf = typeof place === 'string' ? new RecordedFiles(place) : place;
    this.path = this.#shelf.path;
    this.refresh();
  }

  /** Looks for what was written since. Throws an `IpvsError` where nothing can be read at that path any more. */
  refresh(): void {
    const { shards, refused } = this.#shelf.look();
    this.#files = [...shards].sort((left, right) => left.start - right.start);
    this.#refused = refused;
  }

  /** Time of the first sample; `undefined` where there is none. */
  get first(): number | undefined {
    return this.#files.find(({ sampleTimes }) => sampleTimes.length > 0)?.sampleTimes[0];
  }

  /** Time of the last sample. */
  get last(): number | undefined {
    return this.#files.findLast(({ sampleTimes }) => sampleTimes.length > 0)?.sampleTimes.at(-1);
  }

  /** Whether samples came up to that time without a gap, so that whoever writes them is still at it. */
  goesOnAt(time: number): boolean {
    const [before, last] =
      this.#files.findLast(({ sampleTimes }) => sampleTimes.length > 0)?.sampleTimes.slice(-2) ?? [];
    if (before === undefined) return false;
    return (
      time - (last ?? before) <= (last === undefined ? usualDistance : Math.max(last - before, 1000)) * gap
    );
  }

  /** Time of the last sample that was made before that time; `undefined` where there is none. */
  before(time: number): number | undefined {
    return this.#find((sample) => sample < time)?.time;
  }

  /** Time of the first sample after that time. */
  after(time: number): number | undefined {
    for (const { start, sampleTimes } of this.#files.slice(Math.max(0, this.#placeOf(time)))) {
      const found = start > time ? sampleTimes[0] : sampleTimes.find((sample) => sample > time);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The director as the last sample up to that time shows it; `undefined` before the first. */
  *momentAt(time: number): Work<RecordedMoment | undefined> {
    for (;;) {
      const found = this.#find((sample) => sample <= time);
      if (found === undefined) return undefined;
      const moment = yield* this.#decode(found.file, found.time);
      if (moment !== undefined) return moment;
    }
  }

  /**
   * All samples from `since` to `until`, both included, the oldest first. Each costs as much as it tells of the table.
   */
  *moments(since: number, until: number): Generator<RecordedMoment, void, void> {
    let at = this.after(since - 1);
    while (at !== undefined && at <= until) {
      const wanted: number = at;
      const work = this.momentAt(wanted);
      let step = work.next();
      while (!step.done) step = work.next();
      if (step.value !== undefined && step.value.time >= since) yield step.value;
      at = this.after(wanted);
    }
  }

  /** Calls `see` with what each sample from `since` to `until`, both included, tells of all rows, the oldest first. */
  *rows(since: number, until: number, see: (rows: RecordedRows) => void): Work<void> {
    for (const file of [...this.#files]) {
      if (file.start > until || (file.sampleTimes.at(-1) ?? 0) < since) continue;
      const decoder = new RecordingDecoder(this.#known);
      for (const frame of this.#framesOf(file)) {
        if (frame.time > until) break;
        if (frame.kind === 'event' || frame.kind === 'findings') continue;
        try {
          decoder.take(frame, false);
        } catch (error) {
          if (!(error instanceof Damage)) throw error;
          file.cutOff(frame, error.message);
          break;
        }
        const rows = frame.kind === 'sample' && frame.time >= since ? decoder.rows() : undefined;
        if (rows !== undefined) see(rows);
        yield undefined;
      }
    }
  }

  /**
   * What happened from `since` to `until`, both included, the oldest first. An event that has grown stands there once,
   * in its last form.
   */
  *events(since: number, until: number): Work<readonly TableEvent[]> {
    const events: TableEvent[] = [];
    for (const file of this.#files) {
      if (file.start > until) break;
      const next = this.#files[this.#files.indexOf(file) + 1];
      // An event may be told a little after it happened.
      if (next !== undefined && next.start < since) continue;
      const decoder = new RecordingDecoder(this.#known);
      for (const frame of this.#framesOf(file)) {
        if (frame.kind !== 'event' || frame.time < since || frame.time > until) continue;
        try {
          const event = decoder.take(frame);
          if (event !== undefined) events.push(event);
        } catch (error) {
          if (!(error instanceof Damage)) throw error;
          file.cutOff(frame, error.message);
          break;
        }
        yield 1;
      }
      yield undefined;
    }
    const list = new EventList(mostEvents);
    list.add(events);
    return list.all.toReversed();
  }

  /** All frames of the shards that cover a part of the time from `since` to `until`, each shard from its beginning. */
  *frames(since: number, until: number): Generator<Frame, void, void> {
    for (const [place, file] of this.#files.entries()) {
      const next = this.#files[place + 1];
      if (file.start > until || (next !== undefined && next.start <= since)) continue;
      yield* this.#framesOf(file);
    }
  }

  /** The documents of a snapshot; none in any other recording. */
  documents(): readonly RecordedDocument[] {
    return this.#files.flatMap((file) =>
      this.#framesOf(file)
        .filter(({ kind }) => kind === 'document')
        .map((frame) => readDocument(frame.content().toString())),
    );
  }

  /** The times of which there are samples. */
  *spans(): Work<readonly RecordedSpan[]> {
    const spans: { readonly from: number; to: number }[] = [];
    for (const file of this.#files) {
      const times = file.sampleTimes;
      const [first, second] = times;
      if (first === undefined) continue;
      const distance = (second === undefined ? usualDistance : second - first) * gap;
      for (const time of times) {
        const last = spans.at(-1);
        if (last !== undefined && time >= last.to && time - last.to <= Math.max(distance, 1000))
          last.to = time;
        else spans.push({ from: time, to: time });
      }
      yield times.length;
    }
    return spans;
  }

  /** What could not be read. A torn end of the newest file does not count: it may just be being written. */
  damages(): readonly RecordingDamage[] {
    const newest = this.#files.at(-1);
    const found = this.#files.map((file) =>
      file === newest && file.damage?.kind === 'torn' ? null : file.damage,
    );
    return [...this.#refused, ...found.filter((damage) => damage !== null)];
  }

  /** The last file that begins up to that time; -1 where none does. */
  #placeOf(time: number): number {
    return this.#files.findLastIndex(({ start }) => start <= time);
  }

  #find(holds: (time: number) => boolean): { readonly file: Shard; readonly time: number } | undefined {
    for (const file of this.#files.toReversed()) {
      if (!holds(file.start)) continue;
      const time = file.sampleTimes.findLast(holds);
      if (time !== undefined) return { file, time };
    }
    return undefined;
  }

  /** Goes to the sample of that time; `undefined` where the way there is damaged, which the file knows from then on. */
  *#decode(file: Shard, time: number): Work<RecordedMoment | undefined> {
    const frames = this.#framesOf(file);
    const target = frames.findLastIndex((frame) => frame.kind === 'sample' && frame.time === time);
    const goesOn = this.#decoder?.file === file && this.#decoder.next <= target + 1;
    if (!goesOn) {
      const begin = frames.findLastIndex((frame, place) => place <= target && frame.kind === 'origin');
      this.#decoder = { file, decoder: new RecordingDecoder(this.#known), next: Math.max(0, begin) };
    }
    const state = this.#decoder;
    if (state === undefined) return undefined;
    // Findings are told behind the sample that they are of.
    const end = frames.findIndex((frame, place) => place > target && frame.kind !== 'findings');
    for (; state.next < (end < 0 ? frames.length : end); state.next++) {
      const frame = frames[state.next];
      if (frame === undefined || frame.kind === 'event') continue;
      try {
        state.decoder.take(frame, frame.time >= time - pastNeeded);
      } catch (error) {
        if (!(error instanceof Damage)) throw error;
        file.cutOff(frame, error.message);
        this.#decoder = undefined;
        return undefined;
      }
      yield undefined;
    }
    try {
      return state.decoder.moment();
    } catch (error) {
      const frame = frames[target];
      if (!(error instanceof Damage) || frame === undefined) throw error;
      file.cutOff(frame, error.message);
      this.#decoder = undefined;
      return undefined;
    }
  }

  #framesOf(file: Shard) {
    this.#kept = [...this.#kept.filter((kept) => kept !== file), file];
    while (this.#kept.length > filesKept) this.#kept.shift()?.release();
    return file.frames;
  }
}
