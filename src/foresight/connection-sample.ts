import { ConnectionReading } from '../clients/connection-reading.ts';
import { RouteOwners } from '../clients/route-owners.ts';
import type { ConnectionTable } from '../director/connection-table.ts';
import type { Director } from '../director/director.ts';
import { timeoutOf } from '../ipvs/connection.ts';
import type { Timeouts } from '../ipvs/director-info.ts';
import type { ServiceKey } from '../ipvs/identity.ts';
import type { WholeView } from '../sampling/view.ts';
import type { Work } from '../system/turns.ts';
import { assumedClients, type KnownClient } from './client-spread.ts';

/** Rows of the connection table to read: some 50 ms of work. */
const rowsLookedAt = 20_000;

/** At most this many clients are made up to stand for unseen ones. */
const mostUnseen = 20_000;

/** What a sample of the connections of one service shows. */
export interface ConnectionSample {
  /** Connections in the sample. */
  readonly connections: number;
  /** Clients that these connections belong to. */
  readonly seenClients: number;
  /** The seen clients, and made-up ones that stand for those that were not seen. */
  readonly clients: readonly KnownClient[];
  /** Share of connections that end by a reset, 0 to 1. */
  readonly resetShare: number;
  /**
   * Seconds left of each connection that is closed or not yet open, in ascending order, by `formatRealServer` of its
   * real server.
   */
  readonly closing: ReadonlyMap<string, readonly number[]>;
  /**
   * Whole seconds, rounded up, since the last packet of each open TCP connection, in ascending order, by
   * `formatRealServer` of its real server.
   */
  readonly silences: ReadonlyMap<string, readonly number[]>;
  /** Client networks that persistence holds to a real server. */
  readonly templates: readonly HeldClient[];
  /** Where the connections of each seen client lead, by the last one that was read. */
  readonly leads: readonly Lead[];
  /** Whether the sample is the whole table. */
  readonly isWhole: boolean;
}

/** A client and the real server that it was sent to. */
export interface Lead {
  readonly words: Uint32Array;
  /** `formatRealServer` of the real server. */
  readonly realServer: string;
}

/** A client network that persistence holds to a real server. */
export interface HeldClient {
  readonly words: Uint32Array;
  /** `formatRealServer` of the real server. */
  readonly realServer: string;
  readonly secondsLeft: number;
}

/**
 * Samples the connections of some services out of the first rows of the connection table. Throws the director's
 * `IpvsError`.
 */
export function* sampleConnections(
  director: Director,
  { services }: WholeView,
  wanted: ReadonlySet<ServiceKey>,
): Work<ReadonlyMap<ServiceKey, ConnectionSample>> {
  const samples = new Map<ServiceKey, ConnectionSample>();
  if (wanted.size === 0) return samples;
  const reading = new ConnectionReading(director, Number.POSITIVE_INFINITY);
  for (const pause of reading.read('all')) {
    if (reading.table.length >= rowsLookedAt) reading.stop();
    yield pause;
  }
  const owners = new RouteOwners(services);
  const timeouts = director.timeouts();
  for (const { key, service } of services) {
    if (!wanted.has(key)) continue;
    const tally = new Tally(timeouts);
    for (let row = 0; row < reading.table.length; row++) {
      const route = reading.table.routes[reading.table.routeOf(row)];
      const owner = route && owners.of(route);
      if (owner?.service === key) tally.take(reading.table, row, owner.realServer);
      yield 1;
    }
    samples.set(key, tally.sample(service.identity.family, reading.state === 'whole'));
  }
  return samples;
}

/** Counts the connections of a service. */
class Tally {
  readonly #timeouts: Timeouts;
  readonly #clients = new Map<string, { words: Uint32Array; weight: number; realServer: string }>();
  readonly #templates: HeldClient[] = [];
  readonly #closing = new Map<string, number[]>();
  readonly #silences = new Map<string, number[]>();
  #connections = 0;
  /** Connections that close per second, estimated from the number of rows in a state and how long one stays in it. */
  readonly #closings = { reset: 0, usual: 0 };

  constructor(timeouts: Timeouts) {
    this.#timeouts = timeouts;
  }

  take(table: ConnectionTable, row: number, realServer: string): void {
    const words = table.client(row);
    if (table.isTemplate(row)) {
      this.#templates.push({ words, realServer, secondsLeft: table.expiresOf(row) });
      return;
    }
    this.#connections++;
    const key = words.join();
    const client = this.#clients.get(key) ?? { words, weight: 0, realServer };
    client.weight++;
    client.realServer = realServer;
    this.#clients.set(key, client);
    const state = table.states[table.stateOf(row)] ?? '';
    if (state !== 'ESTABLISHED') note(this.#closing, realServer, table.expiresOf(row));
    else if (table.routes[table.routeOf(row)]?.protocol === 'tcp')
      note(this.#silences, realServer, Math.max(1, this.#timeouts.tcp - table.expiresOf(row)));
    const stays = timeoutOf('tcp', state, this.#timeouts) ?? 0;
    if (state === 'CLOSE' && stays > 0) this.#closings.reset += 1 / stays;
    else if ((state === 'TIME_WAIT' || state === 'FIN_WAIT') && stays > 0) this.#closings.usual += 1 / stays;
  }

  sample(family: 'inet' | 'inet6', isWhole: boolean): ConnectionSample {
    const { reset, usual } = this.#closings;
    const clients = [...this.#clients.values()];
    return {
      connections: this.#connections,
      seenClients: clients.length,
      clients: [...clients, ...unseenClients(clients, family)],
      resetShare: reset === 0 ? 0 : reset / (reset + usual),
      closing: ascending(this.#closing),
      silences: ascending(this.#silences),
      templates: this.#templates,
      leads: clients,
      isWhole,
    };
  }
}

function note(all: Map<string, number[]>, realServer: string, seconds: number): void {
  const others = all.get(realServer);
  if (others === undefined) all.set(realServer, [seconds]);
  else others.push(seconds);
}

function ascending(all: ReadonlyMap<string, readonly number[]>): ReadonlyMap<string, readonly number[]> {
  return new Map(Array.from(all, ([name, seconds]) => [name, seconds.toSorted((one, other) => one - other)]));
}

/**
 * Makes up clients for those that were not seen. Their number is Chao's estimate, from the clients seen once and
 * twice; the chance that one of them comes is that of Good and Turing, the share of connections whose client was seen
 * only once.
 */
function unseenClients(clients: readonly KnownClient[], family: 'inet' | 'inet6'): KnownClient[] {
  const once = clients.filter(({ weight }) => weight === 1).length;
  const twice = clients.filter(({ weight }) => weight === 2).length;
  const count = Math.min(mostUnseen, Math.ceil((once * (once - 1)) / (2 * (twice + 1))));
  if (count === 0) return [];
  return assumedClients(count, family).map((client) => ({ ...client, weight: once / count }));
}
