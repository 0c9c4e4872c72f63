import type { Firewall, FirewallMatch, FirewallTable } from '../../forwarding/firewall/firewall.ts';
import { type Family, familyNumbers } from '../../ipvs/family.ts';
import { readNftables } from '../../netlink/network/nftables-ruleset.ts';
import { NetlinkError } from '../../netlink/wire/netlink-error.ts';
import { type Libc, loadLibc } from '../../system/libc.ts';
import { readSystemText } from '../../system/plain-file.ts';
import { moduleUsers } from '../kernel-modules.ts';
import { tablesOf } from './nftables-tables.ts';
import { readTable } from './packed-table.ts';

/** `IPPROTO_IP` and `IPPROTO_IPV6`, and the options by which the kernel gives a table (`IPT_SO_GET_INFO` …). */
const levels: Readonly<Record<Family, number>> = { inet: 0, inet6: 41 };
const getInfo = 64;
const getEntries = 65;

/** `XT_TABLE_MAXNAMELEN`, `struct ipt_getinfo`, and what stands before the entries of `struct ipt_get_entries`. */
const nameLength = 32;
const infoLength = 84;
const entriesOffset = 40;

const rawSocket = 3;
const closeOnExec = 0o2000000;
const rawProtocol = 255;

/** Most bytes of a table that is read: tens of thousands of rules. */
const longestTable = 8 * 2 ** 20;

/** Where the kernel names the tables that exist: asking for another one would create it. */
const tableNames: Readonly<Record<Family, string>> = {
  inet: '/proc/net/ip_tables_names',
  inet6: '/proc/net/ip6_tables_names',
};

/** Modules with a match for connection tracking: of iptables, also through nftables, and of nftables itself. */
const trackingMatches = ['xt_conntrack', 'xt_state', 'nft_ct'];

/** Reads the firewall of this network namespace, rules of iptables and of nftables, which takes CAP_NET_ADMIN. */
export function readFirewall(): Firewall {
  const tables: FirewallTable[] = [];
  let unread: Firewall['unread'] = null;
  for (const family of ['inet', 'inet6'] as const) {
    const names = namesOf(family);
    if (names === undefined) {
      unread = 'no right';
      continue;
    }
    for (const name of names) {
      const table = readKernelTable(family, name);
      if (table === undefined) unread ??= 'no right';
      else tables.push(table);
    }
  }
  const rules = readRulesOfNftables();
  if (typeof rules === 'string') unread ??= rules;
  else tables.push(...rules.tables);
  const aside = typeof rules === 'string' ? [] : rules.aside;
  return { tables, aside, unread, tracks: unread === null ? tables.some(tracksConnections) : mayTrack() };
}

/**
 * Rules of nftables, or why they could not be read. The kernel would load their module if it were asked for them, so it
 * is asked only where the module is there.
 */
function readRulesOfNftables(): Pick<Firewall, 'tables' | 'aside'> | 'nftables' | 'no right' {
  if (moduleUsers('nf_tables') === 0) return { tables: [], aside: [] };
  try {
    const ruleset = readNftables();
    return ruleset === undefined ? 'nftables' : tablesOf(ruleset);
  } catch (error) {
    if (!(error instanceof NetlinkError)) throw error;
    const { failure } = error;
    return 'errno' in failure && failure.errno === 'EPERM' ? 'no right' : 'nftables';
  }
}

/** Names of the tables that exist; `undefined` where they may not be read. */
function namesOf(family: Family): string[] | undefined {
  try {
    return readSystemText(tableNames[family])
      .split('\n')
      .filter((name) => name !== '');
  } catch (error) {
    // Without the module there is no such file, and no rule.
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? [] : undefined;
  }
}

function readKernelTable(family: Family, name: string): FirewallTable | undefined {
  let libc: Libc;
  try {
    libc = loadLibc();
  } catch {
    return undefined;
  }
  const fd = libc.socket(familyNumbers[family], rawSocket | closeOnExec, rawProtocol);
  if (fd < 0) return undefined;
  const ask = (option: number, answer: Buffer): boolean => {
    answer.write(name, 0, nameLength - 1, 'latin1');
    const length = Buffer.alloc(4);
    length.writeUInt32LE(answer.length);
    return libc.getsockopt(fd, levels[family], option, answer, length) >= 0;
  };
  try {
    const info = Buffer.alloc(infoLength);
    if (!ask(getInfo, info)) return undefined;
    const size = info.readUInt32LE(infoLength - 4);
    if (size > longestTable) return undefined;
    const entries = Buffer.alloc(entriesOffset + size);
    entries.writeUInt32LE(size, nameLength);
    // Refused where the table was changed in between: the next look reads it.
    if (!ask(getEntries, entries)) return undefined;
    const numbers = (from: number) =>
      Array.from({ length: 5 }, (_, hook) => info.readUInt32LE(from + 4 * hook));
    const begins = { validHooks: info.readUInt32LE(32), begins: numbers(36), policies: numbers(56) };
    return readTable(family, name, begins, entries.subarray(entriesOffset));
  } finally {
    libc.close(fd);
  }
}

function tracksConnections({ chains }: FirewallTable): boolean {
  const asksState = (match: FirewallMatch) =>
    match.kind === 'state' || (match.kind === 'other' && match.name === 'conntrack');
  return chains.values().some(({ rules }) => rules.some(({ matches }) => matches.some(asksState)));
}

/**
 * Every rule holds the module of its match (`xt_request_find_match` in `net/netfilter/x_tables.c`,
 * `nf_tables_newexpr` in `net/netfilter/nf_tables_api.c`), so that the number of its users tells whether there is
 * one, without the right to read the rules. Rules of other network namespaces count too.
 */
function mayTrack(): false | 'perhaps' | 'unknown' {
  const users = trackingMatches.map(moduleUsers);
  if (users.some((count) => typeof count === 'number' && count > 0)) return 'perhaps';
  return users.includes('unknown') ? 'unknown' : false;
}
