import type { DrainOrder } from '../../changes/drain/drain.ts';
import { type DrainEnd, drainKey } from '../../changes/drain/drains.ts';
import {
  ChangeFollower,
  type FollowerOptions,
  type WatchState,
} from '../../changes/events/change-follower.ts';
import { type EventKind, eventKinds, type TableEvent } from '../../changes/events/event.ts';
import { EventList } from '../../changes/events/event-list.ts';
import { OwnWrites } from '../../changes/events/own-writes.ts';

import { FindingWatch } from '../../doctor/rounds/finding-watch.ts';
import type { Examination } from '../../doctor/rounds/rounds.ts';
import { formatRealServer, formatService, type RowKey } from '../../ipvs/identity.ts';
import type { View } from '../../sampling/view.ts';
import type { DirectorClock, waitingClock } from '../../system/clock.ts';
import type { ScreenState } from './screen-state.ts';

/** Milliseconds of the operator's time for which a row that was changed is lit. */
const litFor = 5000;
/** Likewise, for which the newest event stands on the message line. */
const newsFor = 10_000;

/** The part of the state that happenings decide. */
type HappeningState = Pick<ScreenState, 'events' | 'news' | 'lit'>;

/** What happens at the director while the screen is open: the list of events, and what of it the screen shows at once. */
export class Happenings {
  readonly #list = new EventList();
  readonly #own = new OwnWrites();
  readonly #changes: ChangeFollower;
  readonly #findings = new FindingWatch();
  readonly #update: (change: Partial<HappeningState>) => void;
  readonly #alert: (text: string) => void;
  readonly #time: DirectorClock['time'];
  readonly #waiting: typeof waitingClock;
  /** Until when rows are lit, by the clock for waiting. */
  readonly #litUntil = new Map<RowKey, number>();
  #news: TableEvent | null = null;
  #newsUntil = 0;
  #callOff: () => void = () => undefined;

  /**
   * `update` takes what the screen shows of the events; `alert` is called with the text of an event that is an error;
   * `waiting` is the clock by which light and news go out.
   */
  constructor(
    update: (change: Partial<HappeningState>) => void,
    alert: (text: string) => void,
    watched: Pick<FollowerOptions, 'director' | 'watch'>,
    waiting: typeof waitingClock,
  ) {
    this.#time = watched.director.clock.time;
    this.#waiting = waiting;
    this.#update = update;
    this.#alert = alert;
    this.#changes = new ChangeFollower({
      ...watched,
      own: this.#own,
      tell: (events, touched) => this.#tell(events, touched),
    });
  }

  /** Whether changes are watched as they are made; `null` where that cannot be. */
  get watching(): WatchState | null {
    return this.#changes.canWatch ? this.#changes.state : null;
  }

  /** Begins watching changes as they are made, or ends it. */
  watch(on: boolean): void {
    this.#changes.setWatching(on);
  }

  /** What has happened, the newest first. */
  get events(): readonly TableEvent[] {
    return this.#list.all;
  }

  /** lvstop's own writes, so that they are not taken for somebody else's. */
  get own(): OwnWrites {
    return this.#own;
  }

  /** Takes a view, shown or not, and compares it with the one before. */
  take(view: View): void {
    this.#changes.take(view);
  }

  #tell(events: readonly TableEvent[], touched: readonly RowKey[]): void {
    const until = this.#waiting.now() + litFor;
    for (const key of touched) this.#litUntil.set(key, until);
    if (touched.length > 0) {
      this.#light();
      this.#putOut();
    }
    this.#add(events);
  }

  /** Shows again which rows are lit, after the screen was frozen. */
  showAgain(): void {
    this.#light();
  }

  /** Takes what the doctor found. */
  examined(examination: Examination): void {
    this.#add(this.#findings.take(examination));
  }

  /** Drains were begun. */
  drainsBegun(orders: readonly DrainOrder[], time: number): void {
    this.#add(
      orders.map((order) => ({
        kind: 'drain-begun',
        time,
        about: drainKey(order),
        text: `${formatRealServer(order.realServer)} of ${formatService(order.service)} takes no new connections`,
        by: 'own',
      })),
    );
  }

  /** Drains have ended, and lvstop has written what they were to end with. */
  drainsEnded(ends: readonly DrainEnd[], time: number): void {
    this.#add(
      ends.map(({ drain: { order }, kind, text }) => {
        const key = drainKey(order);
        if (kind === 'done' && order.ending === 'delete') this.#own.expectWeight(key, null, time);
        if (kind === 'done' && order.ending === 'restore')
          this.#own.expectWeight(key, order.formerWeight, time);
        return { kind: kind === 'done' ? 'drain-ended' : 'drain-failed', time, about: key, text, by: 'own' };
      }),
    );
  }

  /** lvstop did something itself, or failed to. */
  did(kind: EventKind, text: string, about: RowKey | null = null): void {
    this.#add([{ kind, time: this.#time(), about, text, by: 'own' }]);
  }

  #add(events: readonly TableEvent[]): void {
    const [newest] = events.slice(-1);
    if (newest === undefined) return;
    this.#list.add(events);
    // lvstop's own actions had their message when they were done.
    const told = events.findLast(({ by }) => by !== 'own');
    if (told !== undefined) {
      this.#news = told;
      this.#newsUntil = this.#waiting.now() + newsFor;
      this.#putOut();
    }
    this.#update({ events: this.#list.all, news: this.#news });
    const error = events.find(({ kind }) => eventKinds[kind].severity === 'error');
    if (error !== undefined) this.#alert(error.text);
  }

  /** Ends the light of rows, and the news, that were shown long enough, and comes back for the next of them. */
  #putOut(): void {
    const now = this.#waiting.now();
    const lit = this.#litUntil.size;
    for (const [key, until] of this.#litUntil) if (until <= now) this.#litUntil.delete(key);
    if (this.#litUntil.size < lit) this.#light();
    if (this.#news !== null && this.#newsUntil <= now) {
      this.#news = null;
      this.#update({ news: null });
    }
    this.#callOff();
    let next = this.#news === null ? Number.POSITIVE_INFINITY : this.#newsUntil;
    for (const until of this.#litUntil.values()) next = Math.min(next, until);
    // Timers count whole milliseconds and can come a little early: then what is left is waited for again.
    if (next < Number.POSITIVE_INFINITY)
      this.#callOff = this.#waiting.after(Math.max(1, next - now), () => this.#putOut());
  }

  #light(): void {
    this.#update({ lit: new Set(this.#litUntil.keys()) });
  }
}
