import type { ChangeWatch, WatchNews } from '../../director/change-watch.ts';
import type { Director } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import type { RowKey } from '../../ipvs/identity.ts';
import type { View } from '../../sampling/view.ts';
import { inTurns, type Work } from '../../system/turns.ts';
import { unseenOrigin } from '../journal/origin.ts';
import type { TableEvent } from './event.ts';
import { KnownTable } from './known-table.ts';
import type { OwnWrites } from './own-writes.ts';
import { SeenChanges } from './seen-changes.ts';
import { TableWatch } from './table-watch.ts';

/** Whether changes are watched as they are made. */
export type WatchState =
  | { readonly kind: 'off' }
  | { readonly kind: 'beginning' }
  | { readonly kind: 'on' }
  /** `reason`: why they are not watched, one clause. */
  | { readonly kind: 'failed'; readonly reason: string };

/** What a follower works with. */
export interface FollowerOptions {
  /** Knows what lvstop itself writes. */
  readonly own: OwnWrites;
  readonly director: Director;
  /** `undefined` where there is no watch, as with a simulated director. */
  readonly watch: ChangeWatch | undefined;
  /**
   * Takes events, the oldest first, and the rows that were written. Some of the events may replace earlier ones that
   * have grown.
   */
  readonly tell: (events: readonly TableEvent[], touched: readonly RowKey[]) => void;
}

/**
 * Tells of each change to the table once: from the watch, with who made it, if the watch is on and has seen it;
 * otherwise from the difference between two readings.
 */
export class ChangeFollower {
  readonly #options: FollowerOptions;
  readonly #known = new KnownTable();
  readonly #seen = new SeenChanges(this.#known);
  readonly #table: TableWatch;
  #state: WatchState = { kind: 'off' };
  #isWanted = false;
  #hasView = false;
  /** Whether messages of the watch were lost since the last reading. */
  #hasLost = false;
  /** The work in progress, done one piece after the other; `null` while there is none. */
  #work: Promise<void> | null = null;
  #isReading = false;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#table = new TableWatch(options.own, this.#known);
  }

  /** Whether there can be a watch at all. */
  get canWatch(): boolean {
    return this.#options.watch !== undefined;
  }

  get state(): WatchState {
    return this.#state;
  }

  /** Turns watching on or off. Watching begins only after the first reading, which shows what was there before. */
  setWatching(on: boolean): void {
    this.#isWanted = on;
    if (!on) {
      this.#options.watch?.stop();
      if (this.#state.kind === 'on') this.#tellWatch('watch-ended', 'changes are not watched any more');
      this.#state = { kind: 'off' };
    } else if (this.#hasView) this.#begin();
    else if (this.canWatch) this.#state = { kind: 'beginning' };
  }

  /** Takes a reading; ignored while the previous one is still being compared. */
  take(view: View): void {
    if (this.#isReading) return;
    this.#isReading = true;
    if (this.#state.kind !== 'on') this.#compare(view);
    // Requests that the watch has seen came before the reading, so they are told first.
    else void this.#options.watch?.settled().then(() => this.#compare(view));
  }

  #compare(view: View): void {
    const isOn = this.#state.kind === 'on';
    const origin = unseenOrigin(this.#hasLost ? 'not told' : isOn ? 'another way' : 'no watch');
    this.#next(this.#table.take(view, origin), ({ events, touched }) => {
      this.#isReading = false;
      this.#hasLost = false;
      this.#tell(events, touched);
      const isFirst = !this.#hasView;
      this.#hasView = true;
      if (this.#isWanted && (isFirst || events.some(({ kind }) => kind === 'back'))) this.#begin();
    });
  }

  #tell(events: readonly TableEvent[], touched: readonly RowKey[]): void {
    if (events.length > 0 || touched.length > 0) this.#options.tell(events, touched);
  }

  #begin(): void {
    const { watch, director } = this.#options;
    if (watch === undefined) return;
    try {
      this.#seen.begin(director);
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      this.#state = { kind: 'failed', reason: error.reason };
      this.#tellWatch('watch-ended', `changes are not watched: ${error.reason}`);
      return;
    }
    this.#state = { kind: 'beginning' };
    watch.start((news) => this.#hear(news));
  }

  #hear(news: WatchNews): void {
    switch (news.kind) {
      case 'begun':
        this.#state = { kind: 'on' };
        this.#tellWatch('watch-begun', 'changes are watched as they are made');
        break;
      case 'requests':
        this.#next(this.#seen.take(news.requests), ({ events, touched }) => this.#tell(events, touched));
        break;
      case 'lost':
        this.#hasLost = true;
        this.#tellWatch('watch-ended', `${news.messages} messages came too fast and were not read`);
        break;
      case 'ended':
        this.#state = { kind: 'failed', reason: news.reason };
        this.#tellWatch('watch-ended', `changes are not watched: ${news.reason}`);
    }
  }

  #tellWatch(kind: 'watch-begun' | 'watch-ended', text: string): void {
    const { tell, director } = this.#options;
    tell([{ kind, time: director.clock.time(), about: null, text, by: null }], []);
  }

  /** Queues work behind the work in progress. It is done at once if there is none and it is short. */
  #next<Result>(work: Work<Result>, end: (result: Result) => void): void {
    const before = this.#work;
    if (before === null) {
      const done = inTurns(work);
      if (done instanceof Promise) this.#waitFor(done.then(end));
      else end(done);
    } else this.#waitFor(before.then(async () => end(await inTurns(work))));
  }

  #waitFor(done: Promise<void>): void {
    this.#work = done;
    void done.finally(() => {
      if (this.#work === done) this.#work = null;
    });
  }
}
