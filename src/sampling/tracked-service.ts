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
import type { PublicRealServerView, PublicServiceView } from './view.ts';

/** What goes for a whole reading of the table. */
export interface ReadingContext {
  readonly lock: PhaseLock;
  readonly histories: HistoryKeeper;
  /** The kernel holds its counters still: there are no rates. */
  readonly isFrozen: boolean;
  /** This reading is the one of its period that goes into trends and histories. */
  readonly isRecorded: boolean;
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
  #rows = noRows;
  /** In the order read, as `#rows.keys`. */
  #realServers: TrackedRealServer[] = [];
  /** In the order shown. */
  #sorted: TrackedRealServer[] = [];
  #read: Span | undefined;
  #realServersRead: Span | undefined;
  #entry: PublicServiceEntry | undefined;
  #view: PublicServiceView | undefined;
  /** Nothing moves and nothing is left to be told: as long as the rows stay the same, so does the view. */
  #isAtRest = false;

  constructor(key: string, entry: PublicServiceEntry) {
    this.#key = key;
    this.order = serviceOrderKey(entry.service.identity);
  }

  /** Takes a reading and gives what is to be shown of it. */
  take(
    entry: PublicServiceEntry,
    span: Span,
    swept: SweptRows<PublicRealServerEntry>,
    context: ReadingContext,
  ): PublicServiceView {
    const isSame = entry === this.#entry && swept.rows === this.#rows && !context.isRecorded;
    if (isSame && this.#isAtRest && this.#view !== undefined && !context.isFrozen) {
      this.#read = span;
      this.#realServersRead = swept.span;
      return this.#view;
    }
    this.#readRow(this.row, entry, span, this.#read, context);
    if (swept.rows.keys !== this.#rows.keys) this.#arrange(swept.rows);
    for (const [place, tracked] of this.#realServers.entries()) {
      tracked.entry = swept.rows.entries[place] ?? tracked.entry;
      this.#readRow(tracked.row, tracked.entry, swept.span, this.#realServersRead, context);
      if (context.isRecorded) tracked.row.record(context.histories, tracked.entry);
      tracked.isOverloaded = isOverloaded(tracked.entry, tracked.isOverloaded);
    }
    this.#entry = entry;
    this.#rows = swept.rows;
    this.#read = span;
    this.#realServersRead = swept.span;
    return this.#show(entry, context);
  }

  /** The real server of that key. */
  realServer(key: string): TrackedRow | undefined {
    return this.#realServers[this.#rows.places.get(key) ?? -1]?.row;
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
    context.moved++;
    if (context.lock.isStranger(before, span)) context.strangers++;
  }

  /** Real servers came, went or changed places. */
  #arrange(rows: Rows<PublicRealServerEntry>): void {
    this.#realServers = rows.entries.map((entry, place) => {
      const key = rows.keys[place] ?? formatRealServer(entry.realServer.identity);
      const known = this.#realServers[this.#rows.places.get(key) ?? -1];
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

  #show(entry: PublicServiceEntry, context: ReadingContext): PublicServiceView {
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
    const connections = sumConnections(realServers);
    if (context.isRecorded) this.row.record(context.histories, connections);
    this.#isAtRest = isAtRest;
    this.#view = {
      key: this.#key,
      service: entry.service,
      connections,
      counters: entry.counters,
      rates: this.row.rates,
      kernelRates: entry.kernelRates,
      realServers,
      trend: this.row.trend,
    };
    return this.#view;
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
