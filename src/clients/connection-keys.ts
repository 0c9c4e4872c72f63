import type { ConnectionTable } from '../director/connection-table.ts';
import type { Work } from '../system/turns.ts';

/** Bytes of a key: of a hundred thousand connections one in three billion is taken for another. */
const keyBytes = 6;

/** Keys that are made at most; of more connections those are taken whose key begins alike, on each director the same. */
export const mostKeys = 100_000;

/** Connections of a director as keys, by which another director's can be compared with them. */
export interface ConnectionKeys {
  /** Established connections of TCP and SCTP that were read. */
  readonly established: number;
  /** Of those of which keys were made: one in so many. */
  readonly oneIn: number;
  /** The keys, in the base64 of `keyBytes` each. */
  readonly keys: string;
}

/** What of a director's connections is compared. */
export interface ConnectionKeyChoice {
  /** Only those that an end of the machine would break; without it all are taken, whatever their state. */
  readonly only: 'established' | 'all';
  readonly oneIn: number;
}

/**
 * Makes a key of each connection, of its protocol, client, virtual address and real server: the same on each director.
 * Templates of persistence are left out.
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

/** How many of the keys of one director are not among those of another, and how many there are. */
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

/** The last mixing of MurmurHash3: each bit of the input moves each of the output. */
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
