import type { ReadableDirector } from '../director/director.ts';
import { formatRealServer, formatService } from '../ipvs/identity.ts';
import type { PublicRealServerEntry } from '../ipvs/real-server.ts';
import type { PublicServiceEntry } from '../ipvs/service.ts';
import { gatherRows, type Naming, type Rows, withMore } from './rows.ts';
import type { Span } from './span.ts';
import { type SweepPace, Turns } from './turns.ts';

export type { SweepPace } from './turns.ts';

/** Rows, and when the kernel put them together. */
export interface SweptRows<Entry> {
  readonly rows: Rows<Entry>;
  readonly span: Span;
}

/** The whole table as one sweep found it. */
export interface Sweep {
  /** Keyed by `formatService`. */
  readonly services: SweptRows<PublicServiceEntry>;
  /** Each service's real servers, by the service's place; keyed by `formatRealServer`. */
  readonly realServers: readonly SweptRows<PublicRealServerEntry>[];
}

const serviceNaming: Naming<PublicServiceEntry> = {
  identityOf: (entry) => entry.service.identity,
  keyOf: (entry) => formatService(entry.service.identity),
};

const realServerNaming: Naming<PublicRealServerEntry> = {
  identityOf: (entry) => entry.realServer.identity,
  keyOf: (entry) => formatRealServer(entry.realServer.identity),
};

/**
 * Reads everything, slice by slice. `before` is the sweep before: a row that was there and is missing now is
 * read again on its own before it is believed gone, since a dump during edits can skip rows (IPVS resumes
 * dumps by index and never says that one was interrupted). Rejects with the director's `IpvsError`.
 */
export async function sweep(director: ReadableDirector, pace: SweepPace, before?: Sweep): Promise<Sweep> {
  const turns = new Turns(pace);
  const services = await readServices(director, turns, before?.services.rows);
  const realServers: SweptRows<PublicRealServerEntry>[] = [];
  const samePlaces = services.rows.keys === before?.services.rows.keys;
  for (const [place, { service }] of services.rows.entries.entries()) {
    const key = services.rows.keys[place] ?? '';
    const known = samePlaces ? place : before?.services.rows.places.get(key);
    const rowsBefore = known === undefined ? undefined : before?.realServers[known]?.rows;
    const { span } = turns;
    let rows = gatherRows(
      await collect(director.realServerBatches(service.identity), turns),
      realServerNaming,
      rowsBefore,
    );
    if (missing(rows, rowsBefore).length > 0) {
      const again = await collect(director.realServerBatches(service.identity), turns);
      rows = withMore(rows, again, realServerNaming);
    }
    realServers.push({ rows, span: turns.since(span) });
    if (turns.isDue(rows.entries.length + 1)) await turns.take();
  }
  turns.look();
  return { services, realServers };
}

async function readServices(
  director: ReadableDirector,
  turns: Turns,
  before: Rows<PublicServiceEntry> | undefined,
): Promise<SweptRows<PublicServiceEntry>> {
  const { span } = turns;
  const rows = gatherRows(await collect(director.serviceBatches(), turns), serviceNaming, before);
  const found: PublicServiceEntry[] = [];
  for (const { service } of missing(rows, before)) {
    const entry = director.findService(service.identity);
    if (entry !== undefined) found.push(entry);
    if (turns.isDue(1)) await turns.take();
  }
  turns.look();
  return { rows: withMore(rows, found, serviceNaming), span: turns.since(span) };
}

async function collect<Entry>(batches: Iterable<readonly Entry[]>, turns: Turns): Promise<readonly Entry[]> {
  let first: readonly Entry[] | undefined;
  let all: Entry[] | undefined;
  for (const batch of batches) {
    if (first === undefined) {
      first = batch;
      continue;
    }
    all ??= [...first];
    all.push(...batch);
    if (turns.isDue(batch.length)) await turns.take();
  }
  return all ?? first ?? [];
}

/** What was there before and is not in the rows. */
function missing<Entry>(rows: Rows<Entry>, before: Rows<Entry> | undefined): Entry[] {
  if (before === undefined || before.keys === rows.keys) return [];
  return before.entries.filter((_, place) => !rows.places.has(before.keys[place] ?? ''));
}
