import { addressOfWords, isInetWords } from '../director/connection-table.ts';
import type { Filter } from '../formats/filter/read-filter.ts';
import type { Work } from '../system/turns.ts';
import { type ConnectionContext, ConnectionFacts } from './connection-facts.ts';

/** What connections can be grouped by. */
export const groupings = ['service', 'real', 'client', 'network', 'state', 'idle', 'origin'] as const;
/** One of `groupings`. */
export type Grouping = (typeof groupings)[number];

/** Prefix lengths of the networks that clients are grouped by. */
export interface NetworkLengths {
  readonly inet: number;
  readonly inet6: number;
}

/** The usual prefix lengths: what one customer has. */
export const usualNetworks: NetworkLengths = { inet: 24, inet6: 64 };

/** After this many seconds without a packet, a connection counts as idle. */
export const longIdle = 600;

/** The numbers that are counted for each group. */
export const groupNumbers = ['connections', 'active', 'halfOpen', 'idle', 'synced'] as const;
/** One of `groupNumbers`. */
export type GroupNumber = (typeof groupNumbers)[number];

/** A group of connections, counted as far as they were read. */
export interface Group extends Readonly<Record<GroupNumber, number>> {
  readonly name: string;
}

/** What is counted over all connections that were read and pass the filter. */
export interface Summary {
  connections: number;
  active: number;
  halfOpen: number;
  /** Active, but without a packet for longer than `longIdle`, or half the time-out where that is shorter. */
  idle: number;
  synced: number;
  templates: number;
  /** Templates that hold clients to a real server at weight 0. */
  drainedTemplates: number;
  /** Connections to real servers that are not in the table any more. */
  orphaned: number;
}

/** Entries for each group in `#numbers`: its numbers, and the row that names it. */
const stride = groupNumbers.length + 1;
const nameAt = groupNumbers.length;

/** Upper bounds of the idle-time groups, in seconds. */
const idleBounds = [10, 60, longIdle, 1800] as const;
const idleNames = [
  'under 10 s',
  '10 s to 1 minute',
  '1 to 10 minutes',
  '10 to 30 minutes',
  '30 minutes and longer',
  'not known',
] as const;

/** At most this many connections, and as many templates, are kept to be listed one by one. */
const keptRows = 1000;

/** Rows between two looks at the clock. */
const rowsPerYield = 32;

/** Counts connections by group, and continues when more of them have been read. */
export class ConnectionCount {
  readonly by: Grouping;
  readonly #facts: ConnectionFacts;
  readonly #context: ConnectionContext;
  readonly #networks: NetworkLengths;
  readonly #filter: Filter<ConnectionFacts> | null;
  readonly #groups = new Map<number | string, number>();
  readonly #groupsOfRoutes: number[] = [];
  readonly #halfOpenClients = new Map<string, number>();
  readonly #templates: number[] = [];
  readonly #rows: number[] = [];
  #numbers = new Uint32Array(stride * 256);
  #counted = 0;
  readonly summary: Summary = {
    connections: 0,
    active: 0,
    halfOpen: 0,
    idle: 0,
    synced: 0,
    templates: 0,
    drainedTemplates: 0,
    orphaned: 0,
  };

  /** `filter` is `null` for all connections. */
  constructor(
    context: ConnectionContext,
    by: Grouping,
    filter: Filter<ConnectionFacts> | null = null,
    networks: NetworkLengths = usualNetworks,
  ) {
    this.by = by;
    this.#context = context;
    this.#facts = new ConnectionFacts(context);
    this.#filter = filter;
    this.#networks = networks;
  }

  /** Number of groups so far. */
  get size(): number {
    return this.#groups.size;
  }

  /** Rows of the table that were counted. */
  get counted(): number {
    return this.#counted;
  }

  /**
   * After how many seconds without a packet a connection counts as idle; `null` where the time-outs are not known.
   */
  get idleFrom(): number | null {
    const { timeouts } = this.#context;
    return timeouts === null ? null : Math.min(longIdle, Math.floor(timeouts.tcp / 2));
  }

  /** Counts what has been read since the last call. */
  *take(): Work<void> {
    const { table } = this.#context;
    while (this.#counted < table.length) {
      const end = Math.min(table.length, this.#counted + rowsPerYield);
      for (let row = this.#counted; row < end; row++) this.#takeRow(row);
      const rows = end - this.#counted;
      this.#counted = end;
      yield rows;
    }
  }

  /**
   * The `most` groups with most, or least, of something. By name, the groups with most connections, in the order of
   * their names. The work grows with the number of groups.
   */
  *ranked(by: GroupNumber | 'name', isReversed: boolean, most: number): Work<Group[]> {
    const byName = by === 'name';
    const column = byName ? 0 : groupNumbers.indexOf(by);
    const sign = isReversed && !byName ? -1 : 1;
    const best: number[] = [];
    const value = (group: number) => sign * (this.#numbers[group * stride + column] ?? 0);
    for (let group = 0; group < this.size; group++) {
      const last = best.at(-1);
      if (best.length < most || (last !== undefined && value(group) > value(last))) {
        let low = 0;
        let high = best.length;
        while (low < high) {
          const middle = (low + high) >> 1;
          if (value(best[middle] ?? 0) >= value(group)) low = middle + 1;
          else high = middle;
        }
        best.splice(low, 0, group);
        if (best.length > most) best.pop();
      }
      if (group % rowsPerYield === 0) yield rowsPerYield;
    }
    return (byName ? this.#named(best, isReversed) : best).map((group) => this.#group(group));
  }

  /**
   * The client with most half-open connections, how many it has, and how many such clients there are; `null` where
   * there are none.
   */
  halfOpenMost(): { readonly client: string; readonly count: number; readonly clients: number } | null {
    let most: [string, number] | null = null;
    for (const entry of this.#halfOpenClients) if (most === null || entry[1] > most[1]) most = entry;
    return most && { client: most[0], count: most[1], clients: this.#halfOpenClients.size };
  }

  /** Rows of the first persistence templates, in the table's order. */
  get templates(): readonly number[] {
    return this.#templates;
  }

  /** Rows of the first connections, in the table's order. */
  get rows(): readonly number[] {
    return this.#rows;
  }

  #takeRow(row: number): void {
    const facts = this.#facts;
    facts.row = row;
    if (this.#filter !== null && !this.#filter.matches(facts)) return;
    const { summary } = this;
    const { weight } = facts.owner;
    if (facts.isTemplate) {
      summary.templates++;
      if (this.#templates.length < keptRows) this.#templates.push(row);
      if (weight === 0) summary.drainedTemplates++;
      return;
    }
    if (this.#rows.length < keptRows) this.#rows.push(row);
    const { isActive, isHalfOpen, idle } = facts;
    const isIdle = isActive && idle !== null && idle > (this.idleFrom ?? Infinity);
    const isSynced = facts.origin === 'sync';
    summary.connections++;
    if (weight === null) summary.orphaned++;
    if (isActive) summary.active++;
    if (isIdle) summary.idle++;
    if (isSynced) summary.synced++;
    if (isHalfOpen) {
      summary.halfOpen++;
      const client = facts.clientAddress;
      this.#halfOpenClients.set(client, (this.#halfOpenClients.get(client) ?? 0) + 1);
    }
    const at = this.#groupOf(facts, idle) * stride;
    const numbers = this.#numbers;
    numbers[at] = (numbers[at] ?? 0) + 1;
    if (isActive) numbers[at + 1] = (numbers[at + 1] ?? 0) + 1;
    if (isHalfOpen) numbers[at + 2] = (numbers[at + 2] ?? 0) + 1;
    if (isIdle) numbers[at + 3] = (numbers[at + 3] ?? 0) + 1;
    if (isSynced) numbers[at + 4] = (numbers[at + 4] ?? 0) + 1;
  }

  #groupOf(facts: ConnectionFacts, idle: number | null): number {
    switch (this.by) {
      case 'service':
      case 'real': {
        const known = this.#groupsOfRoutes[facts.route];
        if (known !== undefined) return known;
        const { service, realServer } = facts.owner;
        const group = this.#groupAt(this.by === 'service' ? service : `${service} ${realServer}`, facts.row);
        this.#groupsOfRoutes[facts.route] = group;
        return group;
      }
      case 'client':
        return this.#groupAt(keyOfWords(facts.clientWords), facts.row);
      case 'network':
        return this.#groupAt(keyOfWords(this.#network(facts.clientWords)), facts.row);
      case 'state':
        return this.#groupAt(facts.state, facts.row);
      case 'origin':
        return this.#groupAt(facts.origin, facts.row);
      case 'idle':
        return this.#groupAt(idlePlace(idle), facts.row);
    }
  }

  #groupAt(key: number | string, row: number): number {
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const group = this.#groups.size;
    this.#groups.set(key, group);
    if ((group + 1) * stride > this.#numbers.length) {
      const larger = new Uint32Array(this.#numbers.length * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[group * stride + nameAt] = row;
    return group;
  }

  #network(words: Uint32Array): Uint32Array {
    return maskedWords(words, isInetWords(words) ? 96 + this.#networks.inet : this.#networks.inet6);
  }

  #group(group: number): Group {
    const at = group * stride;
    const of = (index: number) => this.#numbers[at + index] ?? 0;
    return {
      name: this.#name(of(nameAt)),
      connections: of(0),
      active: of(1),
      halfOpen: of(2),
      idle: of(3),
      synced: of(4),
    };
  }

  /** The name of the group that this row belongs to. */
  #name(row: number): string {
    const facts = this.#facts;
    facts.row = row;
    switch (this.by) {
      case 'service':
        return facts.owner.service;
      case 'real':
        return `${facts.owner.service} ${facts.owner.realServer}`;
      case 'client':
        return facts.clientAddress;
      case 'network': {
        const { inet, inet6 } = this.#networks;
        const words = facts.clientWords;
        return `${addressOfWords(this.#network(words))}/${isInetWords(words) ? inet : inet6}`;
      }
      case 'state':
        return facts.state;
      case 'origin':
        return facts.origin;
      case 'idle':
        return idleNames[idlePlace(facts.idle)] ?? '';
    }
  }

  /** Groups in the order of their names; idle times in the order of time. */
  #named(groups: number[], isReversed: boolean): number[] {
    const rowOf = (group: number) => this.#numbers[group * stride + nameAt] ?? 0;
    const place = (group: number) => {
      this.#facts.row = rowOf(group);
      return this.by === 'idle' ? idlePlace(this.#facts.idle) : this.#name(rowOf(group));
    };
    const places = new Map(groups.map((group) => [group, place(group)]));
    groups.sort((one, other) => ((places.get(one) ?? 0) < (places.get(other) ?? 0) ? -1 : 1));
    return isReversed ? groups.reverse() : groups;
  }
}

/** A key for a client's address: a number for IPv4, since most tables have only these; a text for IPv6. */
function keyOfWords(words: Uint32Array): number | string {
  return isInetWords(words) ? (words[3] ?? 0) : words.join();
}

function maskedWords(words: Uint32Array, bits: number): Uint32Array {
  return words.map((word, index) => {
    const kept = Math.min(32, Math.max(0, bits - 32 * index));
    return kept === 0 ? 0 : (word & (0xffffffff << (32 - kept))) >>> 0;
  });
}

function idlePlace(idle: number | null): number {
  if (idle === null) return idleNames.length - 1;
  const place = idleBounds.findIndex((bound) => idle < bound);
  return place < 0 ? idleBounds.length : place;
}
