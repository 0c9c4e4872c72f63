import { allRealServers, type Director } from '../director/director.ts';
import { formatRealServer, formatService } from '../ipvs/identity.ts';
import type { RealServerEntry } from '../ipvs/real-server.ts';
import type { ServiceEntry } from '../ipvs/service.ts';

/** A row with the moment at which it was read, milliseconds on the sampler's clock. */
export interface Timed<Entry> {
  readonly entry: Entry;
  readonly time: number;
}

/** A service with its real servers, as one sweep found them; keyed by `formatRealServer`. */
export interface SweptService {
  readonly service: Timed<ServiceEntry>;
  readonly realServers: ReadonlyMap<string, Timed<RealServerEntry>>;
}

/** The whole table by `formatService`. */
export type Sweep = ReadonlyMap<string, SweptService>;

/** How a sweep shares the thread. */
export interface SweepPace {
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** Gives the event loop its turn. */
  turn(): Promise<void>;
  /** Milliseconds that a slice may hold the event loop. */
  readonly slice: number;
}

/**
 * Reads everything, slice by slice. `before` is the sweep before: a row that was there and is missing now is
 * read again on its own before it is believed gone, since a dump during edits can skip rows (IPVS resumes
 * dumps by index and never says that one was interrupted). Rejects with the director's `IpvsError`.
 */
export async function sweep(director: Director, pace: SweepPace, before?: Sweep): Promise<Sweep> {
  const turns = new Turns(pace);
  const services = new Map<string, Timed<ServiceEntry>>();
  for (const batch of director.serviceBatches()) {
    const time = pace.now();
    for (const entry of batch) services.set(formatService(entry.service.identity), { entry, time });
    await turns.maybe();
  }
  for (const [key, { service }] of before ?? []) {
    if (services.has(key)) continue;
    const entry = director.findService(service.entry.service.identity);
    if (entry !== undefined) services.set(key, { entry, time: pace.now() });
    await turns.maybe();
  }
  const table = new Map<string, SweptService>();
  for (const [key, service] of services) {
    const { identity } = service.entry.service;
    const realServers = new Map<string, Timed<RealServerEntry>>();
    for (const batch of director.realServerBatches(identity)) {
      collect(realServers, batch, pace.now());
      await turns.maybe();
    }
    const known = before?.get(key)?.realServers;
    if (known !== undefined && [...known.keys()].some((realServer) => !realServers.has(realServer))) {
      collect(realServers, allRealServers(director, identity), pace.now());
      await turns.maybe();
    }
    table.set(key, { service, realServers });
  }
  return table;
}

function collect(
  into: Map<string, Timed<RealServerEntry>>,
  entries: readonly RealServerEntry[],
  time: number,
): void {
  for (const entry of entries) into.set(formatRealServer(entry.realServer.identity), { entry, time });
}

/** Gives the event loop its turn whenever a slice is used up. */
class Turns {
  readonly #pace: SweepPace;
  #began: number;

  constructor(pace: SweepPace) {
    this.#pace = pace;
    this.#began = pace.now();
  }

  async maybe(): Promise<void> {
    if (this.#pace.now() - this.#began < this.#pace.slice) return;
    await this.#pace.turn();
    this.#began = this.#pace.now();
  }
}
