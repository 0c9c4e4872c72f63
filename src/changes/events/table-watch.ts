import {
  formatRealServer,
  formatService,
  keysIn,
  type RealServerKey,
  type RowKey,
  realServerKey,
  type ServiceKey,
} from '../../ipvs/identity.ts';
import { isWholeRealServer, type PublicRealServer } from '../../ipvs/real-server.ts';
import { isWholeService, type PublicService } from '../../ipvs/service.ts';
import {
  haveSameSettings,
  overloadedKeys,
  realServerCount,
  realServersAsRead,
} from '../../sampling/service-view.ts';
import type { PublicServiceView, View } from '../../sampling/view.ts';
import type { Work } from '../../system/turns.ts';
import type { Origin } from '../journal/origin.ts';
import { count, describeRealServerChange, describeServiceChange } from '../steps/describe.ts';
import { type ObjectKind, realServerKind, serviceKind, type Thing } from '../steps/objects.ts';
import type { Step } from '../steps/step.ts';
import { serviceAdditions } from '../steps/step-kinds.ts';
import type { EventKind, TableEvent } from './event.ts';
import { foreignEvent, newForeignId } from './foreign-change.ts';
import type { KnownTable } from './known-table.ts';
import type { OwnWrites } from './own-writes.ts';

/** At most this many events of a kind are told one by one; the rest are counted. */
const mostOfKind = 20;

/** What differs between two readings. */
export interface TableNews {
  /** What others did unseen by a watch, thresholds, and whether IPVS can be reached, the oldest first. */
  readonly events: readonly TableEvent[];
  /** Keys of rows that are new or were edited, whoever did it. */
  readonly touched: readonly RowKey[];
}

const noNews: TableNews = { events: [], touched: [] };

/**
 * Compares each reading with the one before and tells what others have changed. Services without an edit are skipped
 * after comparing a few references; only the rest are compared row by row.
 */
export class TableWatch {
  readonly #own: OwnWrites;
  readonly #known: KnownTable;
  /** Services that were written to while they were read: the next reading tells more. */
  readonly #doubtful = new Set<ServiceKey>();
  /** Real servers missing in the last reading. They may still exist: a dump skips rows while others are deleted. */
  readonly #missing = new Map<RealServerKey, Missing>();
  #before: View | undefined;
  #isBusy = false;

  /** No event is made of what `own` has written, nor of what `known` has already. */
  constructor(own: OwnWrites, known: KnownTable) {
    this.#own = own;
    this.#known = known;
  }

  /**
   * Takes a view; whatever is new in it is put down to `origin`. The view is ignored while another one is being
   * compared: the next view will show the same.
   */
  *take(view: View, origin: Origin): Work<TableNews> {
    const before = this.#before;
    if (this.#isBusy) return noNews;
    this.#before = view;
    if (before === undefined) {
      this.#known.take(view);
      return noNews;
    }
    this.#isBusy = true;
    const doubtful = new Set([...this.#doubtful, ...this.#known.changedServices()]);
    this.#doubtful.clear();
    const news = new News(view, origin, {
      own: this.#own,
      known: this.#known,
      missing: this.#missing,
      doubtful: this.#doubtful,
    });
    try {
      tellStanding(news, before, view);
      if (view.director.state.kind !== 'lost') {
        yield* compare(news, before.services, view.services, doubtful);
        this.#known.take(view);
      }
    } finally {
      this.#isBusy = false;
    }
    return news.told();
  }
}

/** Tells when IPVS is lost, or back. */
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
  doubtful: ReadonlySet<ServiceKey>,
): Work<void> {
  // Usually the same services are in the same places.
  let isSameOrder = before.length === now.length;
  for (let place = 0; place < now.length && isSameOrder; place++) {
    isSameOrder = before[place]?.key === now[place]?.key;
  }
  const known = isSameOrder ? undefined : new Map(before.map((service) => [service.key, service]));
  for (const [place, service] of now.entries()) {
    const former = known === undefined ? before[place] : known.get(service.key);
    if (former === undefined) news.serviceAdded(service);
    else if (former !== service || doubtful.has(service.key)) {
      if (doubtful.has(service.key) || !haveSameSettings(former, service)) {
        news.serviceEdited(former, service);
        yield realServerCount(service);
      }
      news.thresholds(former, service);
    }
    known?.delete(service.key);
    yield 1;
  }
  if (known !== undefined) for (const service of known.values()) news.serviceRemoved(service);
  news.stillUnseen(now, before);
  if (news.areSomeMissing) news.stillMissing(new Map(now.map((service) => [service.key, service])));
}

/** A real server that a reading has missed. */
interface Missing {
  readonly service: ServiceKey;
  readonly realServer: PublicRealServer;
  /** Time of the view that missed it. */
  readonly since: number;
}

/** What is known besides the two views. */
interface Knowledge {
  readonly own: OwnWrites;
  readonly known: KnownTable;
  readonly missing: Map<RealServerKey, Missing>;
  readonly doubtful: Set<ServiceKey>;
}

/** Collects the events of one comparison. */
class News {
  readonly #view: View;
  readonly #origin: Origin;
  readonly #with: Knowledge;
  readonly #events: TableEvent[] = [];
  /** Changes of which all settings could be read; together they become one event. */
  readonly #steps: Step[] = [];
  readonly #touched: RowKey[] = [];
  /** Events of each kind beyond `mostOfKind`, which are only counted. */
  readonly #more = new Map<EventKind, { count: number; readonly by: TableEvent['by'] }>();
  readonly #counts = new Map<EventKind, number>();

  constructor(view: View, origin: Origin, knowledge: Knowledge) {
    this.#view = view;
    this.#origin = origin;
    this.#with = knowledge;
  }

  add(kind: EventKind, about: RowKey | null, text: string, by: TableEvent['by'] = this.#origin): void {
    const known = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, known);
    if (known <= mostOfKind) this.#events.push({ kind, time: this.#view.time, about, text, by });
    else this.#more.set(kind, { count: known - mostOfKind, by });
  }

  told(): TableNews {
    const { time } = this.#view;
    const rest = [...this.#more].map(
      ([kind, { count: number, by }]): TableEvent => ({
        kind,
        time,
        about: null,
        text: `and ${number} more like that`,
        by,
      }),
    );
    const changes =
      this.#steps.length === 0
        ? []
        : [foreignEvent({ id: newForeignId(), time, origin: this.#origin, steps: this.#steps })];
    return { events: [...changes, ...this.#events, ...rest], touched: this.#touched };
  }

  serviceAdded(service: PublicServiceView): void {
    const { key, realServers, service: now } = service;
    const { own, known } = this.#with;
    this.#touched.push(key);
    const isKnown = isWholeService(now) && isSame(known.service(key), now, serviceKind);
    if (own.isOwn(key, now) || isKnown) {
      for (const row of realServers) this.#realServer(service, undefined, row.realServer, row.key);
      return;
    }
    for (const row of realServers) this.#touched.push(row.key);
    if (isWholeService(now)) {
      const newestFirst = realServersAsRead(service).map(({ realServer }) => realServer);
      this.#steps.push(...serviceAdditions(now, newestFirst.reverse().filter(isWholeRealServer)));
      return;
    }
    this.add(
      'added',
      key,
      `${formatService(now.identity)}${withRealServers(realServers.length)}: ${now.scheduler}`,
    );
  }

  serviceRemoved(service: PublicServiceView): void {
    const { key, service: before, realServers } = service;
    if (this.#with.own.isOwn(key, null)) return;
    if (isWholeService(before)) this.#removal(key);
    else this.add('removed', key, `${formatService(before.identity)}${withRealServers(realServers.length)}`);
  }

  /** Services that were seen to be added after the last view, and yet are in neither. */
  stillUnseen(now: readonly PublicServiceView[], before: readonly PublicServiceView[]): void {
    const changed = this.#with.known.changedServices();
    if (changed.length === 0) return;
    const told = new Set([...now, ...before].map(({ key }) => key));
    for (const key of changed) if (!told.has(key)) this.#removal(key);
  }

  #removal(key: ServiceKey): void {
    const { known } = this.#with;
    const before = known.service(key);
    if (before === undefined || known.isNewer(key, this.#view)) return;
    this.#steps.push({ kind: 'delete service', before, realServers: known.realServers(key) });
  }

  serviceEdited(before: PublicServiceView, now: PublicServiceView): void {
    const { own, known, missing } = this.#with;
    this.#service(before, now);
    const former = new Map(before.realServers.map((row) => [row.key, row.realServer]));
    const gone = new Map<RealServerKey, PublicRealServer>(former);
    if (isWholeService(now.service))
      for (const realServer of known.realServers(now.key))
        gone.set(realServerKey(now.key, realServer.identity), realServer);
    for (const { key, realServer } of now.realServers) {
      const was = former.get(key) ?? missing.get(key)?.realServer;
      gone.delete(key);
      missing.delete(key);
      this.#realServer(now, was, realServer, key);
    }
    for (const [key, realServer] of gone) {
      if (own.isOwn(key, null) || missing.has(key)) continue;
      if (isWholeRealServer(realServer)) {
        if (known.object(key) === null) continue;
        if (this.#isNewer(key, now)) continue;
      }
      missing.set(key, { service: now.key, realServer, since: this.#view.time });
    }
  }

  #service({ service: before }: PublicServiceView, now: PublicServiceView): void {
    const { key, service } = now;
    const { own, known } = this.#with;
    const changes = serviceChanges(before, service);
    if (changes.length > 0) {
      this.#touched.push(key);
      if (own.isOwn(key, service)) return;
    }
    if (!isWholeService(service)) {
      if (changes.length > 0)
        this.add('edited', key, `${formatService(service.identity)}: ${changes.join(', ')}`);
      return;
    }
    const was = known.service(key);
    if (isSame(was, service, serviceKind) || this.#isNewer(key, now)) return;
    this.#steps.push(
      was === undefined
        ? { kind: 'add service', after: service }
        : { kind: 'set service', before: was, after: service },
    );
  }

  get areSomeMissing(): boolean {
    return this.#with.missing.size > 0;
  }

  /** Tells of real servers that a second reading misses too. */
  stillMissing(services: ReadonlyMap<ServiceKey, PublicServiceView>): void {
    const { missing, known } = this.#with;
    for (const [key, { service, realServer, since }] of missing) {
      const present = services.get(service);
      if (present !== undefined && (since === this.#view.time || present.realServersTime !== null)) continue;
      missing.delete(key);
      if (present === undefined) continue;
      this.#touched.push(service);
      const { identity } = present.service;
      if (isWholeRealServer(realServer)) {
        if (known.wasRemoved(key, since)) continue;
        const connections = { active: 0, inactive: 0 };
        this.#steps.push({ kind: 'delete real server', service: identity, before: realServer, connections });
      } else this.add('removed', key, nameOf(present, realServer));
    }
  }

  #realServer(
    service: PublicServiceView,
    before: PublicRealServer | undefined,
    now: PublicRealServer,
    key: RealServerKey,
  ): void {
    const { own, known } = this.#with;
    const changes = before === undefined ? [] : realServerChanges(before, now);
    const isChanged = before === undefined || changes.length > 0;
    if (isChanged) {
      this.#touched.push(key);
      if (own.isOwn(key, now)) return;
    }
    if (!isWholeRealServer(now)) {
      const name = nameOf(service, now);
      if (before === undefined) this.add('added', key, `${name}: weight ${now.weight}`);
      else if (isChanged) this.add('edited', key, `${name}: ${changes.join(', ')}`);
      return;
    }
    const was = known.realServer(service.key, now.identity)?.realServer;
    // A real server that only one reading missed keeps its former settings.
    const former =
      was ??
      (before !== undefined && isWholeRealServer(before) && !known.wasRemoved(key, 0) ? before : undefined);
    if (isSame(former, now, realServerKind) || this.#isNewer(key, service)) return;
    const { identity } = service.service;
    this.#steps.push(
      former === undefined
        ? { kind: 'add real server', service: identity, after: now }
        : { kind: 'set real server', service: identity, before: former, after: now },
    );
  }

  /** Whether an object was written while it was read; its service is then compared again at the next reading. */
  #isNewer(key: RowKey, service: PublicServiceView): boolean {
    const isNewer = this.#with.known.isNewer(key, this.#view, service.realServersTime);
    if (isNewer) this.#with.doubtful.add(service.key);
    return isNewer;
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

function withRealServers(amount: number): string {
  return amount === 0 ? '' : ` with ${count(amount, 'real server')}`;
}

function isSame<Of extends Thing>(left: Of | undefined, right: Of, kind: ObjectKind<Of>): boolean {
  return left !== undefined && (left === right || kind.isSame(left, right));
}
