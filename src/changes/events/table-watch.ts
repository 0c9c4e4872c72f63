import {
  formatRealServer,
  formatService,
  keysIn,
  type RealServerKey,
  type RowKey,
  type ServiceKey,
} from '../../ipvs/identity.ts';
import { isWholeRealServer, type PublicRealServer } from '../../ipvs/real-server.ts';
import { isWholeService, type PublicService } from '../../ipvs/service.ts';
import { haveSameSettings, overloadedKeys, realServerCount } from '../../sampling/service-view.ts';
import type { PublicServiceView, View } from '../../sampling/view.ts';
import type { Work } from '../../system/turns.ts';
import {
  count,
  describeRealServer,
  describeRealServerChange,
  describeService,
  describeServiceChange,
} from '../steps/describe.ts';
import type { EventKind, TableEvent } from './event.ts';
import type { OwnWrites } from './own-writes.ts';

/** Events of one kind that a comparison tells one by one; the rest is counted. */
const mostOfKind = 20;

/** What two readings differ in. */
export interface TableNews {
  /** What another hand did, thresholds, and whether IPVS can be reached, the oldest first. */
  readonly events: readonly TableEvent[];
  /** Keys of rows that are new or were edited, whoever did it. */
  readonly touched: readonly RowKey[];
}

const noNews: TableNews = { events: [], touched: [] };

/**
 * Compares each reading with the one before, and tells what somebody has changed. Services of which nothing was edited
 * are passed over by a look at a few references; only the others are gone through row by row.
 */
export class TableWatch {
  readonly #own: OwnWrites;
  /** Real servers that were missing in the reading before, by key. A dump skips rows while others are deleted. */
  readonly #missing = new Map<RealServerKey, Missing>();
  #before: View | undefined;
  #isBusy = false;

  /** What `own` has written is no event. */
  constructor(own: OwnWrites) {
    this.#own = own;
  }

  /** Takes a view. While another one is still being compared it is passed over: the next one shows what it showed. */
  *take(view: View): Work<TableNews> {
    const before = this.#before;
    if (this.#isBusy) return noNews;
    this.#before = view;
    if (before === undefined) return noNews;
    this.#isBusy = true;
    const news = new News(view, this.#own, this.#missing);
    try {
      tellStanding(news, before, view);
      if (view.director.state.kind !== 'lost') yield* compare(news, before.services, view.services);
    } finally {
      this.#isBusy = false;
    }
    return news.told();
  }
}

/** Whether IPVS can be reached. */
function tellStanding(news: News, { director: before }: View, { director: now }: View): void {
  const [was, is] = [before.state, now.state];
  if (is.kind === 'lost' && was.kind !== 'lost') {
    news.add('lost', null, `IPVS cannot be reached: ${is.error.reason}`, null);
  } else if (is.kind !== 'lost' && was.kind === 'lost')
    news.add('back', null, 'IPVS can be reached again', null);
}

function* compare(
  news: News,
  before: readonly PublicServiceView[],
  now: readonly PublicServiceView[],
): Work<void> {
  // Mostly the same services stand in the same places.
  let isSameOrder = before.length === now.length;
  for (let place = 0; place < now.length && isSameOrder; place++) {
    isSameOrder = before[place]?.key === now[place]?.key;
  }
  const known = isSameOrder ? undefined : new Map(before.map((service) => [service.key, service]));
  for (const [place, service] of now.entries()) {
    const former = known === undefined ? before[place] : known.get(service.key);
    if (former === undefined) news.serviceAdded(service);
    else if (former !== service) {
      if (!haveSameSettings(former, service)) {
        news.serviceEdited(former, service);
        yield realServerCount(service);
      }
      news.thresholds(former, service);
    }
    known?.delete(service.key);
    yield 1;
  }
  if (known !== undefined) for (const service of known.values()) news.serviceRemoved(service);
  if (news.areSomeMissing) news.stillMissing(new Map(now.map((service) => [service.key, service])));
}

/** A real server that was not among those of its service any more. */
interface Missing {
  readonly service: ServiceKey;
  readonly realServer: PublicRealServer;
  /** Time of the view that missed it. */
  readonly since: number;
}

/** Collects what was found. */
class News {
  readonly #time: number;
  readonly #own: OwnWrites;
  readonly #missing: Map<RealServerKey, Missing>;
  readonly #events: TableEvent[] = [];
  readonly #touched: RowKey[] = [];
  /** Events of each kind that are only counted. */
  readonly #more = new Map<EventKind, { count: number; readonly by: TableEvent['by'] }>();
  readonly #counts = new Map<EventKind, number>();

  constructor({ time }: View, own: OwnWrites, missing: Map<RealServerKey, Missing>) {
    this.#time = time;
    this.#own = own;
    this.#missing = missing;
  }

  add(kind: EventKind, about: RowKey | null, text: string, by: TableEvent['by']): void {
    const known = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, known);
    if (known <= mostOfKind) this.#events.push({ kind, time: this.#time, about, text, by });
    else this.#more.set(kind, { count: known - mostOfKind, by });
  }

  told(): TableNews {
    const rest = [...this.#more].map(
      ([kind, { count: number, by }]): TableEvent => ({
        kind,
        time: this.#time,
        about: null,
        text: `and ${number} more like that`,
        by,
      }),
    );
    return { events: [...this.#events, ...rest], touched: this.#touched };
  }

  serviceAdded(service: PublicServiceView): void {
    const { key, realServers } = service;
    this.#touched.push(key);
    if (this.#own.isOwn(key, service.service)) {
      for (const row of realServers) this.#realServer(service, undefined, row.realServer, row.key);
      return;
    }
    for (const row of realServers) this.#touched.push(row.key);
    const others = realServers.length === 0 ? '' : ` with ${count(realServers.length, 'real server')}`;
    this.add(
      'added',
      key,
      `${formatService(service.service.identity)}${others}: ${wordsOfService(service.service)}`,
      'another',
    );
  }

  serviceRemoved({ key, service, realServers }: PublicServiceView): void {
    if (this.#own.isOwn(key, null)) return;
    const others = realServers.length === 0 ? '' : ` with ${count(realServers.length, 'real server')}`;
    this.add('removed', key, `${formatService(service.identity)}${others}`, 'another');
  }

  serviceEdited(before: PublicServiceView, now: PublicServiceView): void {
    const changes = serviceChanges(before.service, now.service);
    if (changes.length > 0) {
      this.#touched.push(now.key);
      if (!this.#own.isOwn(now.key, now.service)) {
        this.add(
          'edited',
          now.key,
          `${formatService(now.service.identity)}: ${changes.join(', ')}`,
          'another',
        );
      }
    }
    const known = new Map(before.realServers.map((row) => [row.key, row.realServer]));
    for (const { key, realServer } of now.realServers) {
      const former = known.get(key) ?? this.#missing.get(key)?.realServer;
      known.delete(key);
      this.#missing.delete(key);
      if (former !== realServer) this.#realServer(now, former, realServer, key);
    }
    for (const [key, realServer] of known) {
      if (!this.#own.isOwn(key, null)) {
        this.#missing.set(key, { service: now.key, realServer, since: this.#time });
      }
    }
  }

  get areSomeMissing(): boolean {
    return this.#missing.size > 0;
  }

  /** Tells of real servers that are missing in a second reading, too. */
  stillMissing(services: ReadonlyMap<ServiceKey, PublicServiceView>): void {
    for (const [key, { service, realServer, since }] of this.#missing) {
      const present = services.get(service);
      if (present !== undefined && (since === this.#time || present.realServersTime !== null)) continue;
      this.#missing.delete(key);
      if (present === undefined) continue;
      this.#touched.push(service);
      this.add('removed', key, nameOf(present, realServer), 'another');
    }
  }

  #realServer(
    service: PublicServiceView,
    before: PublicRealServer | undefined,
    now: PublicRealServer,
    key: RealServerKey,
  ): void {
    const changes = before === undefined ? [] : realServerChanges(before, now);
    if (before !== undefined && changes.length === 0) return;
    this.#touched.push(key);
    if (this.#own.isOwn(key, now)) return;
    const name = nameOf(service, now);
    if (before === undefined) this.add('added', key, `${name}: ${wordsOfRealServer(now)}`, 'another');
    else this.add('edited', key, `${name}: ${changes.join(', ')}`, 'another');
  }

  thresholds(before: PublicServiceView, now: PublicServiceView): void {
    const [was, is] = [overloadedKeys(before), overloadedKeys(now)];
    if (was.length === 0 && is.length === 0) return;
    const name = (key: RealServerKey) => {
      const { service, realServer } = keysIn(key);
      return `${realServer} of ${service}`;
    };
    for (const key of is) {
      if (!was.includes(key)) {
        this.add(
          'threshold-reached',
          key,
          `${name(key)} has reached its upper threshold: it takes no more`,
          null,
        );
      }
    }
    const present = new Set(was.length === 0 ? [] : now.realServers.map(({ key }) => key));
    for (const key of was) {
      if (!is.includes(key) && present.has(key)) {
        this.add(
          'threshold-left',
          key,
          `${name(key)} is below its threshold and takes new connections again`,
          null,
        );
      }
    }
  }
}

function nameOf({ service }: PublicServiceView, realServer: PublicRealServer): string {
  return `${formatRealServer(realServer.identity)} of ${formatService(service.identity)}`;
}

function serviceChanges(before: PublicService, now: PublicService): string[] {
  if (before === now) return [];
  if (isWholeService(before) && isWholeService(now)) return describeServiceChange(before, now);
  return before.scheduler === now.scheduler ? [] : [`scheduler ${before.scheduler} → ${now.scheduler}`];
}

function realServerChanges(before: PublicRealServer, now: PublicRealServer): string[] {
  if (before === now) return [];
  if (isWholeRealServer(before) && isWholeRealServer(now)) return describeRealServerChange(before, now);
  return before.weight === now.weight ? [] : [`weight ${before.weight} → ${now.weight}`];
}

function wordsOfService(service: PublicService): string {
  return isWholeService(service) ? describeService(service) : service.scheduler;
}

function wordsOfRealServer(realServer: PublicRealServer): string {
  return isWholeRealServer(realServer) ? describeRealServer(realServer) : `weight ${realServer.weight}`;
}
