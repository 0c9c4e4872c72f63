import {
  type FirewallChain,
  type FirewallMatch,
  type FirewallPoint,
  type FirewallRule,
  type FirewallTable,
  type FirewallTarget,
  stateBits,
  type TrackingState,
} from '../../forwarding/firewall/firewall.ts';
import { formatInet, formatInet6 } from '../../ipvs/address.ts';
import type { Family } from '../../ipvs/family.ts';

/** Where things are in an entry: `struct ipt_entry` and `struct ip6t_entry` (`include/uapi/linux/netfilter_ipv4/ip_tables.h`). */
interface Layout {
  readonly addressLength: 4 | 16;
  /** Offsets of what stands behind the addresses and their masks. */
  readonly links: number;
  readonly protocol: number;
  readonly flags: number;
  readonly inverted: number;
  readonly targetOffset: number;
  readonly packets: number;
  /** Bytes before the first match. */
  readonly length: number;
  /**
   * The flag that says that the protocol counts; 0 where there is none, and protocol number 0 says that it does not.
   */
  readonly protocolFlag: number;
  readonly gotoFlag: number;
}

const layouts: Readonly<Record<Family, Layout>> = {
  inet: {
    addressLength: 4,
    links: 16,
    protocol: 80,
    flags: 82,
    inverted: 83,
    targetOffset: 88,
    packets: 96,
    length: 112,
    protocolFlag: 0,
    gotoFlag: 2,
  },
  inet6: {
    addressLength: 16,
    links: 64,
    protocol: 128,
    flags: 131,
    inverted: 132,
    targetOffset: 140,
    packets: 152,
    length: 168,
    protocolFlag: 1,
    gotoFlag: 4,
  },
};

/** `IPT_INV_…`, the same in both families. */
const inversions = { inLink: 1, outLink: 2, source: 8, destination: 16, protocol: 64 } as const;

/** Hooks in the order of `enum nf_inet_hooks`. */
const hookNames = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'] as const;

/**
 * Where each table stands among others (`enum nf_ip_hook_priorities`); `nat` has one place for sources and one for
 * destinations.
 */
const priorities: Readonly<Record<string, number>> = { raw: -300, mangle: -150, filter: 0, security: 50 };
const natPriorities = { destination: -100, source: 100 } as const;

function baseOf(table: string, hook: number): FirewallChain['base'] {
  const point = hookNames[hook];
  if (point === undefined) return null;
  const rewritesSource = point === 'INPUT' || point === 'POSTROUTING';
  return {
    point: point.toLowerCase() as FirewallPoint,
    priority: priorities[table] ?? (rewritesSource ? natPriorities.source : natPriorities.destination),
    isNat: table === 'nat',
  };
}

/** `IFNAMSIZ`. */
const linkNameLength = 16;

/** `struct xt_entry_match` and `xt_entry_target`: length, name, revision. */
const extensionHeader = 32;

/** What the kernel says of a table before it gives its entries (`struct ipt_getinfo`). */
export interface TableInfo {
  /** One bit for each hook. */
  readonly validHooks: number;
  /** By hook: where its chain begins, and the entry that is its policy. */
  readonly begins: readonly number[];
  readonly policies: readonly number[];
}

/** An entry that was read, and where it stands. */
interface Entry {
  readonly offset: number;
  readonly rule: FirewallRule;
  /** Offset that the target jumps to; `null` where it does not jump. */
  readonly jump: number | null;
  /** Name of the chain that begins behind this entry, if one does. */
  readonly begins: string | null;
}

/** Puts the chains of a table together from its entries as the kernel has them. */
export function readTable(family: Family, name: string, info: TableInfo, entries: Buffer): FirewallTable {
  const all = [...entriesOf(layouts[family], entries)];
  const places = new Map(all.map(({ offset }, place) => [offset, place]));
  const names = new Map<number, string>();
  const bases = new Map<number, FirewallChain['base']>();
  for (const [hook, hookName] of hookNames.entries()) {
    const begin = info.begins[hook];
    if ((info.validHooks & (1 << hook)) === 0 || begin === undefined) continue;
    names.set(begin, hookName);
    bases.set(begin, baseOf(name, hook));
  }
  for (const [place, { begins }] of all.entries()) {
    const first = all[place + 1];
    if (begins !== null && begins !== 'ERROR' && first !== undefined) names.set(first.offset, begins);
  }
  const policies = new Set(
    hookNames.flatMap((_, hook) =>
      (info.validHooks & (1 << hook)) === 0 ? [] : (info.policies[hook] ?? []),
    ),
  );
  const chains = new Map<string, FirewallChain>();
  for (const [offset, chainName] of names) {
    const rules: FirewallRule[] = [];
    let policy: FirewallChain['policy'] = 'return';
    for (let place = places.get(offset) ?? all.length; place < all.length; place++) {
      const entry = all[place];
      if (entry === undefined || entry.begins !== null) break;
      if (policies.has(entry.offset)) {
        policy = entry.rule.target.kind === 'drop' ? 'drop' : 'accept';
        break;
      }
      rules.push(withChain(entry, names));
    }
    // iptables ends a user's chain with a rule of its own that returns.
    if (policy === 'return') rules.pop();
    chains.set(chainName, { base: bases.get(offset) ?? null, rules, policy });
  }
  return { tool: 'iptables', family, name, chains };
}

function withChain({ rule, jump }: Entry, names: ReadonlyMap<number, string>): FirewallRule {
  const { target } = rule;
  if (target.kind !== 'jump' || jump === null) return rule;
  return { ...rule, target: { ...target, chain: names.get(jump) ?? '' } };
}

function* entriesOf(layout: Layout, data: Buffer): Generator<Entry> {
  for (let offset = 0; offset + layout.length <= data.length; ) {
    const targetOffset = data.readUInt16LE(offset + layout.targetOffset);
    const next = data.readUInt16LE(offset + layout.targetOffset + 2);
    if (targetOffset < layout.length || next < targetOffset + extensionHeader || offset + next > data.length)
      return;
    const entry = data.subarray(offset, offset + next);
    yield { offset, ...readEntry(layout, entry, targetOffset) };
    offset += next;
  }
}

function readEntry(layout: Layout, entry: Buffer, targetOffset: number): Omit<Entry, 'offset'> {
  const flags = entry.readUInt8(layout.flags);
  const inverted = entry.readUInt8(layout.inverted);
  const address = (place: 0 | 1, inversion: number) =>
    readAddress(layout, entry, place, (inverted & inversion) !== 0);
  const link = (place: 0 | 1, inversion: number) =>
    readLink(layout, entry, place, (inverted & inversion) !== 0);
  const protocol = entry.readUInt16LE(layout.protocol);
  const hasProtocol = layout.protocolFlag === 0 ? protocol !== 0 : (flags & layout.protocolFlag) !== 0;
  const matches: FirewallMatch[] = [];
  for (let at = layout.length; at + extensionHeader <= targetOffset; ) {
    const length = entry.readUInt16LE(at);
    if (length < extensionHeader) break;
    matches.push(...readMatch(extensionAt(entry, at, length)));
    at += length;
  }
  const extension = extensionAt(entry, targetOffset, entry.length - targetOffset);
  const { target, jump, begins } = readTarget(extension, (flags & layout.gotoFlag) !== 0);
  return {
    rule: {
      source: address(0, inversions.source),
      destination: address(1, inversions.destination),
      protocol: hasProtocol ? { number: protocol, isInverted: (inverted & inversions.protocol) !== 0 } : null,
      inLink: link(0, inversions.inLink),
      outLink: link(1, inversions.outLink),
      matches,
      target,
      packets: Number(entry.readBigUInt64LE(layout.packets)),
    },
    jump,
    begins,
  };
}

function readAddress({ addressLength: length }: Layout, entry: Buffer, place: 0 | 1, isInverted: boolean) {
  const bytes = entry.subarray(place * length, (place + 1) * length);
  const mask = entry.subarray((2 + place) * length, (3 + place) * length);
  const bits = [...mask].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  if (!bits.includes('1')) return null;
  return {
    address: length === 4 ? formatInet(bytes) : formatInet6(bytes),
    prefixLength: bits.includes('01') ? null : bits.indexOf('0') < 0 ? bits.length : bits.indexOf('0'),
    isInverted,
  };
}

function readLink({ links }: Layout, entry: Buffer, place: 0 | 1, isInverted: boolean) {
  const at = links + place * linkNameLength;
  const mask = entry.subarray(at + 2 * linkNameLength, at + 3 * linkNameLength);
  const length = mask.indexOf(0) < 0 ? mask.length : mask.indexOf(0);
  if (length === 0) return null;
  const name = textOf(entry.subarray(at, at + linkNameLength));
  // Where the whole name is meant, the mask covers its closing NUL; otherwise only the beginning counts, as for `eth+`.
  const isBeginning = length <= name.length;
  return { name: isBeginning ? name.slice(0, length) : name, isBeginning, isInverted };
}

/** A match or target of iptables: its name, its version, its structure. */
export interface Extension {
  readonly name: string;
  readonly revision: number;
  readonly data: Buffer;
}

function extensionAt(entry: Buffer, at: number, length: number): Extension {
  return {
    name: textOf(entry.subarray(at + 2, at + 31)),
    revision: entry.readUInt8(at + 31),
    data: entry.subarray(at + extensionHeader, at + length),
  };
}

function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('latin1', 0, end < 0 ? bytes.length : end);
}

/** The conditions of a match; none for a comment. */
export function readMatch({ name, revision, data }: Extension): FirewallMatch[] {
  switch (name) {
    case 'comment':
      return [];
    case 'tcp':
    case 'udp':
      return readPorts(name, data);
    case 'multiport':
      return [revision === 1 ? readMultiport(data) : { kind: 'other', name }];
    case 'state':
      return [{ kind: 'state', states: statesOf(data.readUInt32LE(0)), isInverted: false }];
    case 'conntrack':
      return [readConntrack(revision, data)];
    case 'mark':
      return [
        revision === 1
          ? {
              kind: 'mark',
              mark: data.readUInt32LE(0),
              mask: data.readUInt32LE(4),
              isInverted: data.readUInt8(8) !== 0,
            }
          : { kind: 'other', name },
      ];
    case 'ipvs':
      return [{ kind: 'ipvs' }];
    default:
      return [{ kind: 'other', name }];
  }
}

/** `struct xt_tcp` and `struct xt_udp` (`include/uapi/linux/netfilter/xt_tcpudp.h`). */
function readPorts(name: 'tcp' | 'udp', data: Buffer): FirewallMatch[] {
  const matches: FirewallMatch[] = [];
  const inverted = data.readUInt8(name === 'tcp' ? 11 : 8);
  for (const [place, side] of (['source', 'destination'] as const).entries()) {
    const range = [data.readUInt16LE(4 * place), data.readUInt16LE(4 * place + 2)] as const;
    if (range[0] === 0 && range[1] === 0xffff) continue;
    matches.push({ kind: 'ports', side, ranges: [range], isInverted: (inverted & (1 << place)) !== 0 });
  }
  if (name === 'udp') return matches;
  const [option, mask, flags] = [data.readUInt8(8), data.readUInt8(9), BigInt(data.readUInt8(10))];
  if (mask !== 0) {
    matches.push({
      kind: 'fields',
      fields: ['tcpFlags'],
      elements: [[[flags, flags]]],
      mask: BigInt(mask),
      isInverted: (inverted & 4) !== 0,
    });
  }
  if (option !== 0) matches.push({ kind: 'other', name: 'tcp-option' });
  return matches;
}

/** `struct xt_multiport_v1`. */
function readMultiport(data: Buffer): FirewallMatch {
  const count = data.readUInt8(1);
  const ranges: [number, number][] = [];
  for (let place = 0; place < count; place++) {
    const port = data.readUInt16LE(2 + 2 * place);
    const goesOn = data.readUInt8(32 + place) !== 0;
    ranges.push([port, goesOn ? data.readUInt16LE(4 + 2 * place) : port]);
    if (goesOn) place++;
  }
  const side = (['source', 'destination', 'either'] as const)[data.readUInt8(0)] ?? 'either';
  return { kind: 'ports', side, ranges, isInverted: data.readUInt8(47) !== 0 };
}

/** `struct xt_conntrack_mtinfo3`: the state is one of many things that it can ask for. */
function readConntrack(revision: number, data: Buffer): FirewallMatch {
  const stateFlag = 1;
  // `-m state` is written as this match with a flag of its own.
  const aliasFlag = 1 << 13;
  const isState = (revision === 2 || revision === 3) && (data.readUInt16LE(146) & ~aliasFlag) === stateFlag;
  if (!isState) return { kind: 'other', name: 'conntrack' };
  return {
    kind: 'state',
    states: statesOf(data.readUInt16LE(150)),
    isInverted: (data.readUInt16LE(148) & stateFlag) !== 0,
  };
}

/** The states whose bits are set. */
export function statesOf(mask: number): TrackingState[] {
  return (Object.keys(stateBits) as TrackingState[]).filter(
    (state) => (mask & (1 << stateBits[state])) !== 0,
  );
}

/** Verdicts of a standard target: those below 0 (`NF_DROP` … and `XT_RETURN`). */
const verdicts: ReadonlyMap<number, FirewallTarget> = new Map([
  [-1, { kind: 'drop', name: 'DROP' }],
  [-2, { kind: 'accept' }],
  [-5, { kind: 'return' }],
]);

/**
 * What a target does; `jump` is the offset of a chain that it jumps to, `begins` the name of a chain that begins behind
 * it.
 */
export function readTarget(
  { name, revision, data }: Extension,
  isGoto: boolean,
): { readonly target: FirewallTarget; readonly jump: number | null; readonly begins: string | null } {
  const plain = (target: FirewallTarget) => ({ target, jump: null, begins: null });
  switch (name) {
    case '': {
      const verdict = data.readInt32LE(0);
      if (verdict < 0) return plain(verdicts.get(verdict) ?? { kind: 'other', name: `verdict ${verdict}` });
      return { target: { kind: 'jump', chain: '', comesBack: !isGoto }, jump: verdict, begins: null };
    }
    case 'ERROR':
      return { target: { kind: 'other', name }, jump: null, begins: textOf(data) };
    case 'REJECT':
      return plain({ kind: 'drop', name });
    case 'MARK':
      return plain(
        revision === 2
          ? { kind: 'mark', mark: data.readUInt32LE(0), mask: data.readUInt32LE(4) }
          : { kind: 'other', name },
      );
    case 'NOTRACK':
      return plain({ kind: 'notrack' });
    case 'CT':
      return plain((data.readUInt16LE(0) & 1) !== 0 ? { kind: 'notrack' } : { kind: 'other', name });
    case 'NFQUEUE':
    case 'SYNPROXY':
    case 'TPROXY':
      return plain({ kind: 'unknown', name });
    default:
      return plain({ kind: 'other', name });
  }
}
