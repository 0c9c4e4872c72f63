import { addressBytes, formatInet, formatInet6, inetNumber } from '../ipvs/address.ts';
import { type Connection, type ConnectionRoute, isTemplate } from '../ipvs/connection.ts';

/** Rows of a chunk. The table grows by whole chunks, so that no row is ever copied. */
const rowsPerChunk = 8192;

/** Words of a client's address; IPv4 as IPv6 has it, `::ffff:0:0/96`. */
const wordsPerAddress = 4;
const mappedInet = 0xffff;

/** Bits in a row's flags. */
const flagBits = { synced: 1, template: 2 } as const;

interface Chunk {
  readonly clients: Uint32Array;
  readonly ports: Uint16Array;
  readonly routes: Uint32Array;
  readonly states: Uint8Array;
  readonly flags: Uint8Array;
  readonly expires: Uint32Array;
}

/**
 * Connections of IPVS's table in columns, 28 bytes each, since there can be millions. Rows are added and never changed;
 * each has its number, counted from 0.
 */
export class ConnectionTable {
  readonly #chunks: Chunk[] = [];
  readonly #routes: ConnectionRoute[] = [];
  readonly #routeIds = new Map<string, number>();
  readonly #states: string[] = [];
  readonly #stateIds = new Map<string, number>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** All routes, by the number that `routeOf` gives. */
  get routes(): readonly ConnectionRoute[] {
    return this.#routes;
  }

  /** All states, by the number that `stateOf` gives. */
  get states(): readonly string[] {
    return this.#states;
  }

  /**
   * The number of the route that `key` stands for. `make` is called for a new key; where it knows no route, there is no
   * number.
   */
  routeId(key: string, make: () => ConnectionRoute | undefined): number | undefined {
    const known = this.#routeIds.get(key);
    if (known !== undefined) return known;
    const route = make();
    if (route === undefined) return undefined;
    const id = this.#routes.push(route) - 1;
    this.#routeIds.set(key, id);
    return id;
  }

  /**
   * Adds a connection; `client` is its address as four words. A template of persistence has client port 0
   * (`ip_vs_sched_persist` in `net/netfilter/ipvs/ip_vs_core.c`).
   */
  add(
    client: Uint32Array,
    port: number,
    route: number,
    state: string,
    expires: number,
    isSynced: boolean,
  ): void {
    const row = this.#length % rowsPerChunk;
    if (row === 0) this.#chunks.push(newChunk());
    const chunk = this.#chunks.at(-1);
    if (chunk === undefined) return;
    chunk.clients.set(client, row * wordsPerAddress);
    chunk.ports[row] = port;
    chunk.routes[row] = route;
    chunk.states[row] = this.#stateId(state);
    chunk.flags[row] = (isSynced ? flagBits.synced : 0) | (isTemplate(port, state) ? flagBits.template : 0);
    chunk.expires[row] = Math.min(expires, 0xffffffff);
    this.#length++;
  }

  /** Adds a connection that is known by its parts. */
  addConnection(
    { protocol, client, virtual, realServer, state, expires }: Connection,
    isSynced = false,
  ): void {
    const key = `${protocol} ${virtual.address} ${virtual.port} ${realServer.address} ${realServer.port}`;
    const route = this.routeId(key, () => ({ protocol, virtual, realServer })) ?? 0;
    this.add(addressWords(client.address), client.port, route, state, expires, isSynced);
  }

  /** The four words of a client's address. */
  client(row: number): Uint32Array {
    const at = (row % rowsPerChunk) * wordsPerAddress;
    return this.#chunk(row).clients.subarray(at, at + wordsPerAddress);
  }

  portOf(row: number): number {
    return this.#chunk(row).ports[row % rowsPerChunk] ?? 0;
  }

  routeOf(row: number): number {
    return this.#chunk(row).routes[row % rowsPerChunk] ?? 0;
  }

  stateOf(row: number): number {
    return this.#chunk(row).states[row % rowsPerChunk] ?? 0;
  }

  /** Seconds until the kernel forgets it. */
  expiresOf(row: number): number {
    return this.#chunk(row).expires[row % rowsPerChunk] ?? 0;
  }

  /** Whether it came from a master's sync daemon (`ip_vs_conn_sync_seq_show` in `ip_vs_conn.c`). */
  isSynced(row: number): boolean {
    return ((this.#chunk(row).flags[row % rowsPerChunk] ?? 0) & flagBits.synced) !== 0;
  }

  /**
   * Whether it is a persistence template: no connection, but what holds a client, or a network of them, to a real
   * server.
   */
  isTemplate(row: number): boolean {
    return ((this.#chunk(row).flags[row % rowsPerChunk] ?? 0) & flagBits.template) !== 0;
  }

  /** A row by its parts. */
  connection(row: number): Connection {
    const route = this.#routes[this.routeOf(row)];
    if (route === undefined) throw new RangeError(`there is no connection ${row}`);
    return {
      ...route,
      client: { address: addressOfWords(this.client(row)), port: this.portOf(row) },
      state: this.#states[this.stateOf(row)] ?? '',
      expires: this.expiresOf(row),
    };
  }

  #chunk(row: number): Chunk {
    const chunk = this.#chunks[Math.floor(row / rowsPerChunk)];
    if (chunk === undefined) throw new RangeError(`there is no connection ${row}`);
    return chunk;
  }

  #stateId(state: string): number {
    const known = this.#stateIds.get(state);
    if (known !== undefined) return known;
    // A kernel has two dozen. Where a wrong file has more than 255, all further ones count as the last.
    if (this.#states.length === 0xff) return 0xfe;
    const id = this.#states.push(state) - 1;
    this.#stateIds.set(state, id);
    return id;
  }
}

function newChunk(): Chunk {
  return {
    clients: new Uint32Array(rowsPerChunk * wordsPerAddress),
    ports: new Uint16Array(rowsPerChunk),
    routes: new Uint32Array(rowsPerChunk),
    states: new Uint8Array(rowsPerChunk),
    flags: new Uint8Array(rowsPerChunk),
    expires: new Uint32Array(rowsPerChunk),
  };
}

/** An address as four words. */
export function addressWords(address: string): Uint32Array {
  const number = inetNumber(address);
  if (number >= 0) return Uint32Array.of(0, 0, mappedInet, number);
  const view = new DataView(Uint8Array.from(addressBytes(address)).buffer);
  return Uint32Array.of(view.getUint32(0), view.getUint32(4), view.getUint32(8), view.getUint32(12));
}

/** Whether four words are an IPv4 address. */
export function isInetWords(words: Uint32Array): boolean {
  return words[0] === 0 && words[1] === 0 && words[2] === mappedInet;
}

/** Canonical text of an address of four words. */
export function addressOfWords(words: Uint32Array): string {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  for (const [index, word] of words.entries()) view.setUint32(index * 4, word);
  return isInetWords(words) ? formatInet(bytes, 12) : formatInet6(bytes);
}
