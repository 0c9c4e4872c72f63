import type { TableEvent } from '../changes/events/event.ts';
import { formatTime } from '../changes/undo/change-words.ts';
import { IpvsError } from '../ipvs/error.ts';
import type { RowKey } from '../ipvs/identity.ts';
import { recordedHistories } from '../recording/recorded-history.ts';
import type { RecordedSpan, Recording } from '../recording/recording.ts';
import { replaySpeeds } from '../recording/replay-speeds.ts';
import type { History, HistorySpan } from '../sampling/history/history.ts';
import { inTurns } from '../system/turns.ts';
import { typedTime } from './commands/typed-time.ts';
import type { LookingBack, Shown } from './state/replay.ts';

/** Most events that are listed. */
const mostListed = 2000;

/** Milliseconds between two steps of the clock while the recording plays. */
const tick = 100;

/** Longer gaps without a sample, in milliseconds, are skipped while the recording plays. */
const longestWait = 60_000;

/** A recording to look back at. */
export interface RecordingSource {
  /** Opens the recording; called when it is first needed. Throws an `IpvsError` where there is none. */
  readonly open: () => Recording;
  /** Whether there is a director to go back to. */
  readonly canGoLive: boolean;
  /** Speed at which the recording plays at first, as a multiple of real time. */
  readonly speed: number;
  /** Whether the recording plays from its beginning by itself. */
  readonly plays?: boolean;
}

/** What the screen itself remembers of the last minutes. */
export interface OwnPast {
  readonly recording: Recording;
  /** Why there is nothing in it, and a clause about what to do; `null` where there is something. */
  readonly obstacle: () => { readonly reason: string; readonly advice: string } | null;
  /** What happened since the screen was opened, the newest first. */
  readonly events: () => readonly TableEvent[];
}

/** The screen, as far as a `LookBack` uses it. */
interface Showing {
  readonly show: (shown: Shown) => void;
  readonly leave: () => void;
  readonly say: (text: string) => void;
}

/**
 * Moves through a recording, sample by sample and event by event: what a recorder is writing or, where none is at work,
 * what the screen itself remembers.
 */
export class LookBack implements LookingBack {
  readonly speeds = replaySpeeds;
  readonly #source: RecordingSource;
  readonly #screen: Showing;
  readonly #own: OwnPast | undefined;
  /** What `#source` has opened. */
  #recorded: Recording | undefined;
  /** The recording that is looked at, or was last. */
  #recording: Recording | undefined;
  #spans: readonly RecordedSpan[] = [];
  #events: readonly TableEvent[] = [];
  /** Time of the newest sample when spans and events were read. */
  #known: number | undefined;
  /**
   * The time to show, milliseconds since the epoch; its sample may be shown a little later. `undefined` while the
   * director is shown.
   */
  #at: number | undefined;
  /** Time of the event that led there, where one did. */
  #eventTime: number | undefined;
  #wanted: number | undefined;
  #isOnItsWay = false;
  #isPlaying = false;
  #speed: number;
  /**
   * Histories that were asked for since a sample was last shown, by span; and those that are known as of that sample.
   */
  #asked = new Map<HistorySpan, Set<RowKey>>();
  #histories: ReadonlyMap<HistorySpan, ReadonlyMap<RowKey, History | null>> = new Map();
  #timer: NodeJS.Timeout | undefined;

  constructor(source: RecordingSource, screen: Showing, own?: OwnPast) {
    this.#source = source;
    this.#speed = source.speed;
    this.#screen = screen;
    this.#own = own;
  }

  /** Begins with the first sample; throws an `IpvsError` where there is none. */
  begin(): void {
    this.#go(this.#opened().first);
    if (this.#source.plays === true) this.play();
  }

  obstacle(): string | undefined {
    try {
      this.#opened();
      return undefined;
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      return `${error.reason}; ${error.advice}`;
    }
  }

  step(by: 1 | -1): void {
    this.#hold();
    const recording = this.#opened();
    const at = this.#at;
    if (at === undefined) {
      if (by < 0) this.#go(this.#newestOf(recording));
      else this.#screen.say('this is now; [ steps back');
      return;
    }
    const target = by > 0 ? recording.after(at) : recording.before(at);
    if (target !== undefined) this.#go(target);
    else if (by < 0) this.#screen.say(this.#beginning(`here, at ${formatTime(at)}`));
    else this.#screen.say(this.#end());
  }

  toEvent(by: 1 | -1): void {
    this.#hold();
    const recording = this.#opened();
    void this.#learn(recording).then(() => {
      const at = this.#eventTime ?? this.#at ?? Number.POSITIVE_INFINITY;
      const event =
        by > 0 ? this.#events.find(({ time }) => time > at) : this.#events.findLast(({ time }) => time < at);
      if (event === undefined) {
        this.#screen.say(`nothing is recorded to have happened ${by > 0 ? 'after' : 'before'} this`);
        return;
      }
      // The first sample that can show what came of it.
      this.#go(recording.after(event.time - 1) ?? recording.last);
      this.#eventTime = event.time;
    });
  }

  goTo(text: string): void {
    this.#hold();
    const opened = this.#opened();
    const time = typedTime(text.trim(), this.#at ?? opened.last ?? 0, opened.last ?? 0);
    if (time === undefined) {
      this.#screen.say(`"${text.trim()}" is no time: 03:12, 2026-11-30 03:12, -2h or +10m`);
      return;
    }
    const recording = this.#reaching(time, opened);
    const [first, end] = [recording.first ?? 0, recording.last ?? 0];
    if (time < first) this.#screen.say(this.#beginning(`at ${formatTime(first)}`));
    if (time > end) this.#screen.say(this.#end(` than ${formatTime(end)}`));
    this.#go(Math.min(end, Math.max(first, time)));
  }

  play(): void {
    if (this.#isPlaying) {
      this.#hold();
      void this.#show(this.#at);
      return;
    }
    this.#isPlaying = true;
    let at = this.#at ?? 0;
    this.#timer = setInterval(() => {
      if (this.obstacle() !== undefined) return this.#hold();
      const recording = this.#opened();
      at += tick * this.#speed;
      const next = recording.after(this.#at ?? 0);
      if (next === undefined) {
        this.#hold();
        this.#screen.say(this.#end());
        void this.#show(this.#at);
      } else if (next <= at) this.#go(recording.before(at + 1));
      else if (next - at > longestWait) {
        at = next;
        this.#go(next);
      }
    }, tick);
    void this.#show(this.#at);
  }

  get speed(): number {
    return this.#speed;
  }

  set speed(speed: number) {
    this.#speed = speed;
    if (this.#isPlaying) void this.#show(this.#at);
  }

  history(key: RowKey, span: HistorySpan): History | null {
    const asked = this.#asked.get(span) ?? new Set();
    this.#asked.set(span, asked.add(key));
    const known = this.#histories.get(span)?.get(key);
    if (known === undefined) void this.#show(this.#wanted ?? this.#at);
    return known ?? null;
  }

  live(): void {
    if (!this.#source.canGoLive) {
      this.#screen.say('this is a recording, without a director to go back to; q leaves');
      return;
    }
    this.#hold();
    this.#at = undefined;
    this.#screen.leave();
  }

  /** Ends playing, and with it the timer. */
  close(): void {
    this.#hold();
  }

  #hold(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#isPlaying = false;
  }

  /** The recording that is looked at; while the director is shown, the one to look at. */
  #opened(): Recording {
    if (this.#at === undefined || this.#recording === undefined) this.#lookAt(this.#chosen());
    else this.#recording.refresh();
    return this.#recording ?? this.#onDisk();
  }

  #chosen(): Recording {
    if (this.#own === undefined) return this.#onDisk();
    const { recording: own, obstacle } = this.#own;
    own.refresh();
    try {
      // Whoever records sees who changes what, which the screen does only where that is switched on.
      const recorded = this.#onDisk();
      return own.last === undefined || recorded.goesOnAt(own.last) ? recorded : own;
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      const nothing = obstacle();
      if (nothing === null) return own;
      throw IpvsError.input('bad-file', 'look back', '', nothing.reason, nothing.advice);
    }
  }

  #onDisk(): Recording {
    if (this.#recorded === undefined) this.#recorded = this.#source.open();
    else this.#recorded.refresh();
    return this.#recorded;
  }

  /** The recording that is looked at or, where only one on the disk reaches back to that time, that one. */
  #reaching(time: number, opened: Recording): Recording {
    if (opened !== this.#own?.recording || time >= (opened.first ?? 0)) return opened;
    try {
      const recorded = this.#onDisk();
      if ((recorded.before(time + 1) ?? time + 1) > time) return opened;
      this.#lookAt(recorded);
      return recorded;
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      return opened;
    }
  }

  #lookAt(recording: Recording): void {
    if (this.#recording !== recording) this.#known = undefined;
    this.#recording = recording;
  }

  /** The sample before now: the newest that the screen remembers is the one that it shows. */
  #newestOf(recording: Recording): number | undefined {
    const { last } = recording;
    if (recording !== this.#own?.recording || last === undefined) return last;
    return recording.before(last) ?? last;
  }

  #beginning(where: string): string {
    return this.#recording === this.#own?.recording
      ? `this screen remembers no more: it begins ${where}; "lvstop record" keeps days`
      : `the recording begins ${where}`;
  }

  #end(than = ''): string {
    return `nothing newer${than} is recorded${this.#source.canGoLive ? '; L goes back to now' : ''}`;
  }

  #go(time: number | undefined): void {
    this.#at = time;
    this.#eventTime = undefined;
    void this.#show(time);
  }

  /** Shows the last sample up to `time`; of several times that are asked for meanwhile, only the last. */
  async #show(time: number | undefined): Promise<void> {
    if (time === undefined) return;
    this.#wanted = time;
    if (this.#isOnItsWay) return;
    this.#isOnItsWay = true;
    try {
      while (this.#wanted !== undefined) {
        const wanted: number = this.#wanted;
        this.#wanted = undefined;
        const recording = this.#opened();
        const moment = await inTurns(recording.momentAt(wanted));
        if (this.#at === undefined) return;
        if (moment === undefined) continue;
        await this.#learn(recording);
        await this.#recall(recording, moment.time);
        const by = this.#events.findLastIndex((event) => event.time <= moment.time) + 1;
        this.#screen.show({
          // A new object, so that the same moment is drawn again when more of its past is known.
          moment: { ...moment, view: { ...moment.view } },
          events: this.#events.slice(Math.max(0, by - mostListed), by).reverse(),
          replay: {
            time: moment.time,
            spans: this.#spans,
            events: this.#events,
            speed: this.#isPlaying ? this.#speed : 0,
            canGoLive: this.#source.canGoLive,
            damages: recording.damages().length,
          },
        });
      }
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      this.#hold();
      this.#screen.say(`${error.reason}; ${error.advice}`);
    } finally {
      this.#isOnItsWay = false;
    }
  }

  /** Reads the histories of the rows that were asked for, as of `time`. */
  async #recall(recording: Recording, time: number): Promise<void> {
    const asked = this.#asked;
    this.#asked = new Map();
    const histories = new Map<HistorySpan, ReadonlyMap<RowKey, History | null>>();
    for (const [span, keys] of asked) {
      const found = await inTurns(recordedHistories(recording, keys, span, time));
      histories.set(span, new Map([...keys].map((key) => [key, found.get(key) ?? null])));
    }
    this.#histories = histories;
  }

  /** Reads all spans and events, and again once more was recorded. */
  async #learn(recording: Recording): Promise<void> {
    const { last } = recording;
    if (this.#known === last) return;
    this.#known = last;
    this.#spans = await inTurns(recording.spans());
    this.#events =
      recording === this.#own?.recording
        ? this.#own
            .events()
            .filter(({ time }) => time >= (recording.first ?? 0))
            .toReversed()
        : await inTurns(recording.events(0, Number.POSITIVE_INFINITY));
  }
}
