import { formatRealServer } from '../ipvs/identity.ts';
import { isOverloaded, type PublicRealServerEntry } from '../ipvs/real-server.ts';
import type { PublicServiceEntry } from '../ipvs/service.ts';
import { sumConnections } from './connections.ts';
import { dueShares } from './due-shares.ts';
import type { HistoryKeeper } from './history.ts';
import { realServerOrderKey, serviceOrderKey } from './order-key.ts';
import type { PhaseLock } from './phase-lock.ts';
import { type Movement, sampleOf } from './rate-meter.ts';
import type { Rows } from './rows.ts';
import type { Span } from './span.ts';
import type { SweptRows } from './sweep.ts';
import { TrackedRow } from './tracked-row.ts';
import type { PublicConnections, PublicRealServerView, PublicServiceView } from './view.ts';

/** What goes for a whole reading of the table. */
export interface ReadingContext {
  readonly lock: PhaseLock;
  readonly histories: HistoryKeeper;
  /** The kernel holds its counters still: there are no rates. */
  readonly isFrozen: boolean;
  /** When what has been read is put together, milliseconds since the epoch. */
  readonly time: number;
  /** Real servers that were read before that, on the sampler's clock, are older than the refresh. */
  readonly oldestFresh: number;
  /** Objects that moved since the reading before, and those of them that moved when no step was due. */
  moved: number;
  strangers: number;
}

/** A real server from reading to reading. */
interface TrackedRealServer {
  readonly row: TrackedRow;
  readonly key: string;
  readonly order: string;
  isOverloaded: boolean;
  entry: PublicRealServerEntry;
  view: PublicRealServerView | undefined;
}

const noRows: Rows<PublicRealServerEntry> = { entries: [], keys: [], places: new Map() };

/** A service with its real servers from reading to reading. */
export class TrackedService {
  readonly #key: string;
  /** Services sort by it. */
  readonly order: string;
  readonly row = new TrackedRow('service');
  /** In the order read, as the rows read last. */
  #realServers: TrackedRealServer[] = [];
  /** In the order shown. */
  #sorted: TrackedRealServer[] = [];
  #span: Span | undefined;
  #swept: SweptRows<PublicRealServerEntry> = { rows: noRows, span: { from: 0, to: 0 } };
  /** When the real servers were read last, milliseconds since the epoch. */
  #realServersTime = 0;
  #entry: PublicServiceEntry | undefined;
  #view: PublicServiceView | undefined;
  /** Nothing moves and nothing is left to be told: as long as the rows stay the same, so does the view. */
  #isAtRest = false;
  #isFrozen = false;
  #recorded: number | undefined;

  constructor(key: string, entry: PublicServiceEntry) {
    this.#key = key;
    this.order = serviceOrderKey(entry.service.identity);
  }

  /**
   * Takes what a sweep knows of it and gives what is to be shown. What the sweep did not read comes as the
   * objects of the sweep before, and stays as it was.
   */
  take(
    entry: PublicServiceEntry,
    span: Span,
    swept: SweptRows<PublicRealServerEntry>,
    context: ReadingContext,
  ): PublicServiceView {
    const isRead = span !== this.#span;
    const areRealServersRead = swept !== this.#swept;
    const before = this.#view;
    const isSame =
      entry === this.#entry &&
      swept.rows === this.#swept.rows &&
      context.isFrozen === this.#isFrozen &&
      (this.#isAtRest || (!isRead && !areRealServersRead)) &&
      (!isRead || this.#recorded === context.histories.round);
    if (areRealServersRead) this.#realServersTime = context.time;
    const realServersTime = swept.span.to < context.oldestFresh ? this.#realServersTime : null;
    if (isSame && before !== undefined) {
      this.#span = span;
      this.#swept = swept;
      this.#view = before.realServersTime === realServersTime ? before : { ...before, realServersTime };
      return this.#view;
    }
    if (isRead) this.#readRow(this.row, entry, span, this.#span, context);
    if (swept.rows.keys !== this.#swept.rows.keys) this.#arrange(swept.rows, context);
    if (areRealServersRead) this.#readRealServers(swept, context);
    else if (context.isFrozen) for (const { row } of this.#realServers) row.freeze();
    this.#entry = entry;
    this.#span = span;
    this.#swept = swept;
    this.#isFrozen = context.isFrozen;
    if (before === undefined || areRealServersRead || context.isFrozen) {
      this.#view = this.#show(entry, realServersTime, context);
    } else {
      this.#isAtRest &&= isQuiet(this.row);
      const own = this.#ownNumbers(entry, realServersTime, before.connections, null, context);
      this.#view = { key: this.#key, realServers: before.realServers, ...own };
    }
    return this.#view;
  }

  #readRealServers(swept: SweptRows<PublicRealServerEntry>, context: ReadingContext): void {
    const before = this.#swept.rows === noRows ? undefined : this.#swept.span;
    for (let place = 0; place < this.#realServers.length; place++) {
      const tracked = this.#realServers[place];
      if (tracked === undefined) continue;
      tracked.entry = swept.rows.entries[place] ?? tracked.entry;
      this.#readRow(tracked.row, tracked.entry, swept.span, before, context);
      tracked.row.record(context.histories, tracked.entry);
      tracked.isOverloaded = isOverloaded(tracked.entry, tracked.isOverloaded);
    }
  }

  /** It has left the table. */
  leave(histories: HistoryKeeper): void {
    this.row.leave(histories);
    for (const { row } of this.#realServers) row.leave(histories);
  }

  /** The real server of that key. */
  realServer(key: string): TrackedRow | undefined {
    return this.#realServers[this.#swept.rows.places.get(key) ?? -1]?.row;
  }

  #readRow(
    row: TrackedRow,
    entry: PublicServiceEntry | PublicRealServerEntry,
    span: Span,
    before: Span | undefined,
    context: ReadingContext,
  ): void {
    const sample = sampleOf(entry);
    if (sample === null || context.isFrozen) {
      row.freeze();
      return;
    }
    const movement: Movement = row.read(sample, span, before, context.lock);
    if (movement !== 'step' || before === undefined) return;
    const { lock } = context;
    if (!lock.isTelling(before, span)) return;
    context.moved++;
    if (lock.isStranger(before, span)) context.strangers++;
  }

  /** Real servers came, went or changed places. */
  #arrange(rows: Rows<PublicRealServerEntry>, { histories }: ReadingContext): void {
    const { places, keys } = this.#swept.rows;
    for (const [place, key] of keys.entries())
      if (!rows.places.has(key)) this.#realServers[place]?.row.leave(histories);
    this.#realServers = rows.entries.map((entry, place) => {
      const key = rows.keys[place] ?? formatRealServer(entry.realServer.identity);
      const known = this.#realServers[places.get(key) ?? -1];
      if (known !== undefined) return known;
      return {
        row: new TrackedRow('real server'),
        key: `${this.#key} ${key}`,
        order: realServerOrderKey(entry.realServer.identity),
        isOverloaded: false,
        entry,
        view: undefined,
      };
    });
    this.#sorted = this.#realServers.toSorted((left, right) => (left.order < right.order ? -1 : 1));
  }

  #show(
    entry: PublicServiceEntry,
    realServersTime: number | null,
    context: ReadingContext,
  ): PublicServiceView {
    const due = dueShares(
      entry.service.scheduler,
      this.#sorted.map((tracked) => ({
        weight: tracked.entry.realServer.weight,
        overloaded: tracked.isOverloaded,
      })),
    );
    let recent = 0;
    for (const { row } of this.#sorted) recent += row.recent;
    let isAtRest = isQuiet(this.row);
    const realServers = this.#sorted.map((tracked, place) => {
      const share = recent === 0 || context.isFrozen ? null : tracked.row.recent / recent;
      tracked.view = showRealServer(tracked, share, due[place] ?? null);
      isAtRest &&= isQuiet(tracked.row);
      return tracked.view;
    });
    this.#isAtRest = isAtRest;
    const connections = sumConnections(realServers);
    return {
      key: this.#key,
      realServers,
      ...this.#ownNumbers(entry, realServersTime, connections, connections, context),
    };
  }

  /** What a reading of the service alone changes; `read` are the connections where its real servers were read, too. */
  #ownNumbers(
    entry: PublicServiceEntry,
    realServersTime: number | null,
    connections: PublicConnections,
    read: PublicConnections | null,
    { histories }: ReadingContext,
  ): Omit<PublicServiceView, 'key' | 'realServers'> {
    this.#recorded = histories.round;
    this.row.record(histories, read);
    return {
      service: entry.service,
      connections,
      counters: entry.counters,
      rates: this.row.rates,
      kernelRates: entry.kernelRates,
      realServersTime,
      trend: this.row.trend,
    };
  }
}

/** Whether it is known to carry nothing, so that only a change of its row can tell anything new. */
function isQuiet({ rates }: TrackedRow): boolean {
  return rates !== null && rates.connections === 0 && rates.inPackets === 0 && rates.outPackets === 0;
}

/** The view of before where nothing has changed. */
function showRealServer(
  { key, row, entry, isOverloaded: overloaded, view: before }: TrackedRealServer,
  share: number | null,
  due: number | null,
): PublicRealServerView {
  const { realServer, counters, kernelRates, active, inactive, persistent } = entry;
  const { rates, trend } = row;
  if (
    before !== undefined &&
    before.realServer === realServer &&
    before.counters === counters &&
    before.kernelRates === kernelRates &&
    before.connections.active === active &&
    before.connections.inactive === inactive &&
    before.connections.persistent === persistent &&
    before.rates === rates &&
    before.share === share &&
    before.due === due &&
    before.overloaded === overloaded &&
    before.trend === trend
  )
    return before;
  return {
    key,
    realServer,
    connections: { active, inactive, persistent },
    counters,
    rates,
    kernelRates,
    share,
    due,
    overloaded,
    trend,
  };
}
