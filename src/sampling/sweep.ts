import type { ReadableDirector } from '../director/director.ts';
import {
  formatRealServer,
  formatService,
  type RealServerIdentity,
  type RealServerName,
  type ServiceIdentity,
  type ServiceKey,
} from '../ipvs/identity.ts';
import type { PublicRealServerEntry } from '../ipvs/real-server.ts';
import type { PublicServiceEntry } from '../ipvs/service.ts';
import { type Pace, systemClock } from '../system/clock.ts';
import type { Span } from '../system/span.ts';
import { inTurns, Turns, type Work } from '../system/turns.ts';
import { everything, isNeeded, type Need } from './need.ts';
import { type Naming, Rows, withMore } from './rows.ts';

/** Rows, and when the kernel listed them. */
export interface SweptRows<Entry, Key extends string> {
  readonly rows: Rows<Entry, Key>;
  readonly span: Span;
}

/** The whole table as far as it was read. */
export interface Sweep {
  /** Keyed by `formatService`. */
  readonly services: SweptRows<PublicServiceEntry, ServiceKey>;
  /**
   * The real servers of each service, by the service's place; keyed by `formatRealServer`. Those that this sweep did
   * not read are the same objects as in the sweep before.
   */
  readonly realServers: readonly SweptRows<PublicRealServerEntry, RealServerName>[];
  /** Key of the service whose turn is next among those read in turn. */
  readonly next: ServiceKey | undefined;
  /** Milliseconds of work that the sweep took. */
  readonly work: number;
}

/** How much of the table a sweep reads. */
export interface SweepPlan {
  /**
   * The services whose real servers are read whatever that takes; of the others as many as there is time for, in
   * turn.
   */
  readonly need: Need;
  /** Milliseconds of work that the sweep should take. */
  readonly budget: number;
}

/** Every row of the table, in every sweep. */
export const wholeTable: SweepPlan = { need: everything, budget: Number.POSITIVE_INFINITY };

/**
 * The part of the budget that always goes to what is read in turn, even if services and needed real servers have used
 * it up, so that everything is read at some time.
 */
const leastForTurns = 0.25;

const serviceNaming: Naming<PublicServiceEntry, ServiceIdentity, ServiceKey> = {
  identityOf: (entry) => entry.service.identity,
  keyOf: formatService,
};

const realServerNaming: Naming<PublicRealServerEntry, RealServerIdentity, RealServerName> = {
  identityOf: (entry) => entry.realServer.identity,
  keyOf: formatRealServer,
};

/**
 * Reads all services and, as the plan says, all or some of their real servers, slice by slice. `before` is the last
 * sweep. A row that it had and that is missing now is read again by itself before it counts as gone: a dump during
 * edits can skip rows (IPVS resumes dumps by index and never says that one was interrupted). Rejects with the
 * director's `IpvsError`.
 */
export async function sweep(
  director: ReadableDirector,
  pace: Pace,
  before?: Sweep,
  plan: SweepPlan = wholeTable,
): Promise<Sweep> {
  const turns = new Turns(pace);
  return inTurns(sweeping(director, turns, before, plan), turns);
}

function* sweeping(
  director: ReadableDirector,
  turns: Turns,
  before: Sweep | undefined,
  { need, budget }: SweepPlan,
): Work<Sweep> {
  const services = yield* readServices(director, turns, before?.services.rows);
  yield 0;
  const { keys } = services.rows;
  const known = knownRealServers(services.rows, before);
  const realServers = [...known];
  const needed = [...known.keys()].filter(
    (place) => known[place] === undefined || isNeeded(need, keys[place]),
  );
  yield* readRealServers(director, turns, services.rows, realServers, needed);
  turns.look();
  const until = Math.max(budget, turns.worked + budget * leastForTurns);
  let next = services.rows.places.get(before?.next) ?? 0;
  function* inTurn() {
    for (let passed = 0; passed < keys.length && turns.worked < until; passed++) {
      if (realServers[next] === known[next]) yield next;
      next = (next + 1) % keys.length;
    }
  }
  if (needed.length < keys.length)
    yield* readRealServers(director, turns, services.rows, realServers, inTurn());
  turns.look();
  return {
    services,
    realServers: realServers.filter((swept) => swept !== undefined),
    next: keys[next],
    work: turns.worked,
  };
}

/** Reads only the real servers of these services; everything else is as in the last sweep. */
export async function sweepSome(
  director: ReadableDirector,
  pace: Pace,
  before: Sweep,
  services: Iterable<ServiceKey>,
): Promise<Sweep> {
  const turns = new Turns(pace);
  const realServers = [...before.realServers];
  const { rows } = before.services;
  const places = [...services].map((key) => rows.places.get(key)).filter((place) => place !== undefined);
  await inTurns(readRealServers(director, turns, rows, realServers, places), turns);
  turns.look();
  return { ...before, realServers, work: turns.worked };
}

/** What the last sweep knows of each service's real servers, by the service's present place. */
function knownRealServers(
  rows: Rows<PublicServiceEntry, ServiceKey>,
  before: Sweep | undefined,
): readonly (SweptRows<PublicRealServerEntry, RealServerName> | undefined)[] {
  if (before !== undefined && rows.isArrangedAs(before.services.rows)) return before.realServers;
  return rows.keys.map((key) => before?.realServers[before.services.rows.places.get(key) ?? -1]);
}

/** Reads the real servers of the services at these places anew. */
function* readRealServers(
  director: ReadableDirector,
  turns: Turns,
  services: Rows<PublicServiceEntry, ServiceKey>,
  realServers: (SweptRows<PublicRealServerEntry, RealServerName> | undefined)[],
  places: Iterable<number>,
): Work<void> {
  for (const place of places) {
    const identity = services.entries[place]?.service.identity;
    if (identity === undefined) continue;
    const before = realServers[place]?.rows;
    const { span } = turns;
    let rows = Rows.gather(yield* collect(director.realServerBatches(identity)), realServerNaming, before);
    if (missing(rows, before).length > 0) {
      const again = yield* collect(director.realServerBatches(identity));
      rows = withMore(rows, again, realServerNaming);
    }
    realServers[place] = { rows, span: turns.since(span) };
    yield rows.entries.length + 1;
  }
}

function* readServices(
  director: ReadableDirector,
  turns: Turns,
  before: Rows<PublicServiceEntry, ServiceKey> | undefined,
): Work<SweptRows<PublicServiceEntry, ServiceKey>> {
  const { span } = turns;
  const rows = Rows.gather(yield* collect(director.serviceBatches()), serviceNaming, before);
  const found: PublicServiceEntry[] = [];
  for (const { service } of missing(rows, before)) {
    const entry = director.findService(service.identity);
    if (entry !== undefined) found.push(entry);
    yield 1;
  }
  turns.look();
  return { rows: withMore(rows, found, serviceNaming), span: turns.since(span) };
}

/** All rows of a dump: nearly always a single batch, which is returned as it is. */
function* collect<Entry>(batches: Iterable<readonly Entry[]>): Work<readonly Entry[]> {
  let first: readonly Entry[] | undefined;
  let all: Entry[] | undefined;
  for (const batch of batches) {
    if (first === undefined) {
      first = batch;
      continue;
    }
    all ??= [...first];
    all.push(...batch);
    yield batch.length;
  }
  return all ?? first ?? [];
}

/** The rows of the last sweep that are missing now. */
function missing<Entry, Key extends string>(
  rows: Rows<Entry, Key>,
  before: Rows<Entry, Key> | undefined,
): Entry[] {
  if (before === undefined || before.isArrangedAs(rows)) return [];
  return before.entries.filter((_, place) => !rows.places.has(before.keys[place]));
}

/**
 * Reads the whole table twice. A dump during edits can silently skip rows; what only one of the two sweeps has is
 * asked for by name. For a purpose that must not lose a row, such as saving the table. Rejects with the director's
 * `IpvsError`.
 */
export async function settledSweep(director: ReadableDirector, pace: Pace = systemClock): Promise<Sweep> {
  return sweep(director, pace, await sweep(director, pace));
}
