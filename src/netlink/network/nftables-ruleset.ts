import type { AttributeReader } from '../wire/attribute-reader.ts';
import { NetlinkSocket } from '../wire/netlink-socket.ts';
import { openTransport, type Transport } from '../wire/transport.ts';
import { type NftData, type NftExpression, readData, readExpressions } from './nftables-expressions.ts';

/** Numbers of the families (`enum nfproto_families` in `include/uapi/linux/netfilter.h`). */
export const nftFamilies = { inet: 1, ip: 2, netdev: 5, bridge: 7, ip6: 10 } as const;

/** A table's family as nft names it; `inet` is that of both IPv4 and IPv6. */
export type NftFamily = keyof typeof nftFamilies;

/** A table with all that is in it; one that is dormant does nothing and is left out. */
export interface NftTable {
  readonly family: NftFamily;
  readonly name: string;
  readonly chains: readonly NftChain[];
}

/** A chain with its rules in their order. */
export interface NftChain {
  readonly name: string;
  /** Where the kernel enters it; `null` for one that rules jump to. `hook` is of `enum nf_inet_hooks`. */
  readonly base: { readonly hook: number; readonly priority: number; readonly type: string } | null;
  readonly isDropPolicy: boolean;
  readonly rules: readonly (readonly NftExpression[])[];
}

/** One element of a set or map. */
export interface NftElement {
  /** `null` for the element that takes all others. */
  readonly key: Uint8Array | null;
  /** The last key of a range, where keys have several fields. */
  readonly last: Uint8Array | null;
  /** Whether the key is the first one behind a range, which another element begins. */
  readonly endsRange: boolean;
  readonly data: NftData | null;
}

/** The elements of a set, and whether they stand for ranges. */
export interface NftSet {
  readonly hasRanges: boolean;
  readonly elements: readonly NftElement[];
}

/** The rules of nftables at one moment. */
export interface NftRuleset {
  readonly tables: readonly NftTable[];
  /** A set that a rule of a table names; `undefined` for one that is not there, or too long to be read. */
  setOf(family: NftFamily, table: string, name: string): NftSet | undefined;
}

/** `NFNL_SUBSYS_NFTABLES`, and the messages that ask (`enum nf_tables_msg_types`). */
const subsystem = 10 << 8;
const messages = { tables: 1, chains: 4, rules: 7, sets: 10, elements: 13, generation: 16 } as const;

/** What is read at most: more would hold up the screen. */
const mostRules = 5000;
const mostElements = 5000;

/**
 * Reads the rules of this network namespace, which takes CAP_NET_ADMIN. `undefined` where there are more than can be
 * read in passing, or where they were changed again and again meanwhile. Throws `NetlinkError`.
 *
 * The kernel loads the module when it is asked, so ask only where it is loaded.
 */
export function readNftables(
  open: () => Transport = () => openTransport('netfilter'),
): NftRuleset | undefined {
  for (let attempt = 0; attempt < 3; attempt++) {
    const socket = new NetlinkSocket(open());
    try {
      const before = generation(socket);
      const ruleset = readOnce(socket);
      if (ruleset === undefined) return undefined;
      if (generation(socket) === before) return ruleset;
    } finally {
      socket.close();
    }
  }
  return undefined;
}

function generation(socket: NetlinkSocket): number | undefined {
  const [number] = socket.request(question('generation', 0), (reader) =>
    reader.find(1) ? reader.be32() : undefined,
  );
  return number;
}

/** Where generic netlink has its command, nfnetlink has the family (`struct nfgenmsg`). */
function question(what: keyof typeof messages, family: number) {
  return {
    operation: `read nftables ${what}`,
    family: subsystem | messages[what],
    command: family,
    version: 0,
  } as const;
}

function readOnce(socket: NetlinkSocket): NftRuleset | undefined {
  const tables: NftTable[] = [];
  const sets = new Map<string, NftSet>();
  let rules = 0;
  let elements = 0;
  for (const [family, number] of Object.entries(nftFamilies) as [NftFamily, number][]) {
    const names = [...socket.dump(question('tables', number), readTable)].flat();
    if (names.length === 0) continue;
    const chains = [...socket.dump(question('chains', number), readChain)].flat();
    const byChain = new Map<string, NftExpression[][]>();
    for (const { table, chain, expressions } of [
      ...socket.dump(question('rules', number), readRule),
    ].flat()) {
      if (++rules > mostRules) return undefined;
      const key = keyOf(table, chain);
      const kept = byChain.get(key);
      if (kept === undefined) byChain.set(key, [expressions]);
      else kept.push(expressions);
    }
    for (const { table, name, hasRanges } of [...socket.dump(question('sets', number), readSet)].flat()) {
      const read: NftElement[] = [];
      const ask = { ...question('elements', number), write: namesOf(table, name) };
      for (const row of [...socket.dump(ask, readElements)].flat()) {
        elements += row.length;
        if (elements > mostElements) return undefined;
        read.push(...row);
      }
      sets.set(setKey(family, table, name), { hasRanges, elements: read });
    }
    for (const { name: table, isDormant } of names) {
      if (isDormant) continue;
      const own = chains.filter((chain) => chain.table === table);
      tables.push({
        family,
        name: table,
        chains: own.map(({ name, base, isDropPolicy }) => ({
          name,
          base,
          isDropPolicy,
          rules: byChain.get(keyOf(table, name)) ?? [],
        })),
      });
    }
  }
  return { tables, setOf: (family, table, name) => sets.get(setKey(family, table, name)) };
}

const keyOf = (table: string, chain: string) => JSON.stringify([table, chain]);
const setKey = (family: NftFamily, table: string, name: string) => JSON.stringify([family, table, name]);

/** `NFTA_SET_ELEM_LIST_TABLE`, `NFTA_SET_ELEM_LIST_SET`. */
const namesOf =
  (table: string, name: string) => (writer: { string(type: number, text: string): unknown }) => {
    writer.string(1, table);
    writer.string(2, name);
  };

/** `NFTA_TABLE_…` */
function readTable(reader: AttributeReader) {
  let name = '';
  let flags = 0;
  while (reader.next()) {
    if (reader.type === 1) name = reader.string();
    if (reader.type === 2) flags = reader.be32();
  }
  return { name, isDormant: (flags & 1) !== 0 };
}

/** `NFTA_CHAIN_…` and `NFTA_HOOK_…` */
function readChain(reader: AttributeReader) {
  let table = '';
  let name = '';
  let type = '';
  let isDropPolicy = false;
  let hook: { readonly hook: number; readonly priority: number } | null = null;
  while (reader.next()) {
    if (reader.type === 1) table = reader.string();
    if (reader.type === 3) name = reader.string();
    if (reader.type === 4) hook = readHook(reader.nest());
    if (reader.type === 5) isDropPolicy = reader.be32() === 0;
    if (reader.type === 7) type = reader.string();
  }
  return { table, name, isDropPolicy, base: hook === null ? null : { ...hook, type } };
}

function readHook(reader: AttributeReader) {
  let hook = 0;
  let priority = 0;
  while (reader.next()) {
    if (reader.type === 1) hook = reader.be32();
    if (reader.type === 2) priority = reader.be32() | 0;
  }
  return { hook, priority };
}

/** `NFTA_RULE_…` */
function readRule(reader: AttributeReader) {
  let table = '';
  let chain = '';
  let expressions: NftExpression[] = [];
  while (reader.next()) {
    if (reader.type === 1) table = reader.string();
    if (reader.type === 2) chain = reader.string();
    if (reader.type === 4) expressions = readExpressions(reader.nest());
  }
  return { table, chain, expressions };
}

/** `NFTA_SET_…`; `NFT_SET_INTERVAL` says that elements tell where ranges begin and end. */
function readSet(reader: AttributeReader) {
  let table = '';
  let name = '';
  let flags = 0;
  while (reader.next()) {
    if (reader.type === 1) table = reader.string();
    if (reader.type === 2) name = reader.string();
    if (reader.type === 3) flags = reader.be32();
  }
  return { table, name, hasRanges: (flags & 4) !== 0 };
}

/** The list of elements in one message: `NFTA_SET_ELEM_LIST_ELEMENTS`. */
function readElements(reader: AttributeReader): NftElement[] {
  const elements: NftElement[] = [];
  if (!reader.find(3)) return elements;
  const list = reader.nest();
  while (list.next()) elements.push(readElement(list.nest()));
  return elements;
}

/** `NFTA_SET_ELEM_…` */
function readElement(reader: AttributeReader): NftElement {
  let key: Uint8Array | null = null;
  let last: Uint8Array | null = null;
  let data: NftData | null = null;
  let flags = 0;
  while (reader.next()) {
    if (reader.type === 1) key = readData(reader.nest()).value ?? null;
    if (reader.type === 2) data = readData(reader.nest());
    if (reader.type === 3) flags = reader.be32();
    if (reader.type === 10) last = readData(reader.nest()).value ?? null;
  }
  return { key, last, data, endsRange: (flags & 1) !== 0 };
}
