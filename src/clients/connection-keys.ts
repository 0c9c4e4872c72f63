import type { ConnectionTable } from '../director/connection-table.ts';
import type { Work } from '../system/turns.ts';

/** Bytes of a key: among a hundred thousand connections, one in three billion is taken for another. */
const keyBytes = 6;

/**
 * At most this many keys are made. Of more connections a part is chosen by the keys themselves, so that each director
 * chooses the same.
 */
export const mostKeys = 100_000;

/** Keys of a director's connections, for comparing them with another director's. */
export interface ConnectionKeys {
  /** Number of established TCP and SCTP connections that were read. */
  readonly established: number;
  /** Keys were made for one connection in this many. */
  readonly oneIn: number;
  /** The keys of `keyBytes` each, in base64. */
  readonly keys: string;
}

/** Which of a director's connections to compare. */
export interface ConnectionKeyChoice {
  /**
   * `established`: only TCP and SCTP connections that would break if the machine failed; `all`: whatever their state.
   */
  readonly only: 'established' | 'all';
  readonly oneIn: number;
}

/**
 * Makes a key of each connection from its protocol, client, virtual address and real server, the same on every
 * director. Persistence templates are left out.
 */
export function* connectionKeys(
  table: ConnectionTable,
  { only, oneIn }: ConnectionKeyChoice,
): Work<ConnectionKeys> {
  const routeHashes = table.routes.map(({ protocol, virtual, realServer }) =>
    hashText(`${protocol} ${virtual.address} ${virtual.port} ${realServer.address} ${realServer.port}`),
  );
  const isKept = table.routes.map(({ protocol }) => protocol === 'tcp' || protocol === 'sctp');
  const bytes = Buffer.alloc(Math.ceil(table.length * keyBytes));
  let length = 0;
  let established = 0;
  for (let row = 0; row < table.length; row++) {
    yield 1;
    if (table.isTemplate(row)) continue;
    const route = table.routeOf(row);
    const isEstablished = isKept[route] === true && table.states[table.stateOf(row)] === 'ESTABLISHED';
    if (isEstablished) established++;
    else if (only === 'established') continue;
    const [high = 0, low = 0] = keyOf(table.client(row), table.portOf(row), routeHashes[route] ?? [0, 0]);
    if (low % oneIn !== 0) continue;
    bytes.writeUInt32BE(low, length);
    bytes.writeUInt16BE(high & 0xffff, length + 4);
    length += keyBytes;
  }
  return { established, oneIn, keys: bytes.toString('base64', 0, length) };
}

/** How many keys of one director are not among another's, and how many it has. */
export function missingKeys(of: string, among: string): { readonly missing: number; readonly all: number } {
  const known = new Set(numbersOf(among));
  const own = numbersOf(of);
  return { missing: own.filter((key) => !known.has(key)).length, all: own.length };
}

function numbersOf(keys: string): number[] {
  const bytes = Buffer.from(keys, 'base64');
  const numbers: number[] = [];
  for (let at = 0; at + keyBytes <= bytes.length; at += keyBytes)
    numbers.push(bytes.readUIntBE(at, keyBytes));
  return numbers;
}

type Hash = readonly [high: number, low: number];

function keyOf(client: Uint32Array, port: number, [high, low]: Hash): Hash {
  let one = high;
  let other = low;
  for (const word of [...client, port]) {
    one = mixed(one ^ word);
    other = mixed(other + word + one);
  }
  return [one, other];
}

/** The final mix of MurmurHash3: each input bit affects every output bit. */
function mixed(value: number): number {
  let word = value >>> 0;
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return (word ^ (word >>> 16)) >>> 0;
}

function hashText(text: string): Hash {
  let one = 0;
  let other = 1;
  for (let at = 0; at < text.length; at++) {
    one = mixed(one ^ text.charCodeAt(at));
    other = mixed(other + text.charCodeAt(at) + one);
  }
  return [one, other];
}
