import type { FirewallMatch, FirewallRule } from '../../forwarding/firewall/firewall.ts';
import { formatInet, formatInet6 } from '../../ipvs/address.ts';
import type { Family } from '../../ipvs/family.ts';
import type { NftExpression } from '../../netlink/network/nftables-expressions.ts';
import { type Loaded, numberOf, type Progress, withMatch } from './nftables-progress.ts';
import { statesOf } from './packed-table.ts';

/** `LOOPBACK_IFINDEX`: each network namespace's `lo` has it. */
const loopbackNumber = 1;

/** A condition that no packet fulfils. */
export const nothing: FirewallMatch = {
  kind: 'fields',
  fields: [],
  elements: [],
  mask: null,
  isInverted: false,
};

/** A range of what registers hold; of several fields in a row, each begins at a multiple of 4. */
interface KeyRange {
  readonly first: Uint8Array;
  readonly last: Uint8Array;
}

/** `NFT_CMP_…` */
const operations = { equal: 0, unequal: 1, less: 2, atMost: 3, more: 4, atLeast: 5 } as const;

/** Adds to a rule what a comparison asks. */
export function compared(
  now: Progress,
  { register, operation, value }: Extract<NftExpression, { kind: 'compare' }>,
): Progress {
  const lowest = new Uint8Array(value.length);
  const highest = new Uint8Array(value.length).fill(0xff);
  switch (operation) {
    case operations.equal:
    case operations.unequal:
      return asked(now, register, [{ first: value, last: value }], {
        isInverted: operation === operations.unequal,
      });
    case operations.less:
    case operations.atLeast:
      return asked(now, register, [{ first: value, last: highest }], {
        isInverted: operation === operations.less,
      });
    default:
      return asked(now, register, [{ first: lowest, last: value }], {
        isInverted: operation === operations.more,
      });
  }
}

/** Adds to a rule the condition that what registers hold is in one of the ranges, or with `isInverted` in none. */
export function asked(
  now: Progress,
  register: number,
  ranges: readonly KeyRange[],
  { isInverted, set }: { readonly isInverted: boolean; readonly set?: string },
): Progress {
  const length = ranges[0]?.first.length ?? 0;
  const parts: { readonly loaded: Loaded; readonly at: number }[] = [];
  for (let at = 0; at < length; ) {
    const loaded = now.registers.get(register + at);
    if (loaded === undefined || loaded instanceof Uint8Array || loaded.field === null) {
      // The step that loaded it has already added a condition that is not understood.
      const isSaid = loaded === undefined && now.rule.matches.at(-1)?.kind === 'other';
      return isSaid ? now : withMatch(now, { kind: 'other', name: set ?? '(not read)' });
    }
    parts.push({ loaded, at });
    const end = at + loaded.length;
    // Fields that were loaded together lie side by side; in a key of several, each begins at a multiple of 4.
    at = now.registers.has(register + end) && end % 4 !== 0 ? end : Math.ceil(end / 4) * 4;
  }
  const [first] = parts;
  const [range] = ranges;
  // A set without elements matches nothing.
  if (first === undefined || range === undefined) return isInverted ? now : withMatch(now, nothing);
  if (parts.length === 1 && ranges.length === 1 && set === undefined) {
    const simple = simply(now, first.loaded, range, isInverted);
    if (simple !== undefined) return simple;
  }
  // Of interfaces' numbers only that of `lo` is known.
  if (parts.some(({ loaded }) => isLink(loaded) && loaded.isHostOrder))
    return withMatch(now, { kind: 'other', name: set ?? 'the number of an interface' });
  if (parts.length > 1 && parts.some(({ loaded }) => loaded.mask !== null))
    return withMatch(now, { kind: 'other', name: set ?? 'a part of several fields' });
  const { mask, xor } = first.loaded;
  return withMatch(now, {
    kind: 'fields',
    fields: parts.flatMap(({ loaded: { field } }) => field ?? []),
    elements: ranges.map((one) =>
      parts.map(({ loaded, at }) => {
        const bounds = [one.first, one.last].map(
          (bytes) => numberOf(bytes.subarray(at, at + loaded.length), loaded.isHostOrder) ^ xor,
        );
        return widened(loaded, bounds[0] ?? 0n, bounds[1] ?? 0n, Math.min(loaded.length, length - at));
      }),
    ),
    mask,
    isInverted,
    ...(set !== undefined && { set }),
  });
}

const isLink = ({ field }: Loaded) => field === 'inLink' || field === 'outLink';

/** A part of an address or a name stands for all that begin so. */
function widened({ whole }: Loaded, first: bigint, last: bigint, bytes: number): readonly [bigint, bigint] {
  const missing = BigInt(8 * Math.max(0, whole - bytes));
  return [first << missing, (last << missing) | ((1n << missing) - 1n)];
}

/**
 * Adds a condition in a simpler form than by fields, where it is about an address of a prefix, an interface, a
 * protocol, ports, states or a mark; `undefined` elsewhere.
 */
function simply(
  now: Progress,
  { field, length, whole, mask, xor, isHostOrder }: Loaded,
  { first, last }: KeyRange,
  isInverted: boolean,
): Progress | undefined {
  const { rule } = now;
  const [low, high] = [numberOf(first, isHostOrder) ^ xor, numberOf(last, isHostOrder) ^ xor];
  const isOne = low === high;
  const withRule = (change: Partial<FirewallRule>): Progress => ({ ...now, rule: { ...rule, ...change } });
  switch (field) {
    case 'family': {
      const family = isOne && !isInverted ? familyOf(low) : undefined;
      if (family === undefined) return undefined;
      const number = BigInt(family === 'inet' ? 2 : 10);
      return withMatch(
        { ...now, family },
        { kind: 'fields', fields: ['family'], elements: [[[number, number]]], mask: null, isInverted },
      );
    }
    case 'source':
    case 'destination': {
      if (!isOne || xor !== 0n || rule[field] !== null) return undefined;
      const prefixLength = mask === null ? 8 * length : leadingBits(mask, length);
      if (prefixLength === null) return undefined;
      // For a prefix of 8, 16 or 24 bits, nft loads only that part of the address.
      const bytes = new Uint8Array(whole);
      bytes.set(first.subarray(0, length));
      const address = whole === 4 ? formatInet(bytes) : formatInet6(bytes);
      return withRule({ [field]: { address, prefixLength, isInverted } });
    }
    case 'protocol':
      if (!isOne || mask !== null || rule.protocol !== null) return undefined;
      return withRule({ protocol: { number: Number(low), isInverted } });
    case 'inLink':
    case 'outLink': {
      if (!isOne || mask !== null || rule[field] !== null) return undefined;
      if (isHostOrder)
        return low === BigInt(loopbackNumber)
          ? withRule({ [field]: { name: 'lo', isBeginning: false, isInverted } })
          : undefined;
      const end = first.indexOf(0);
      const name = Buffer.from(end < 0 ? first : first.subarray(0, end)).toString('latin1');
      return withRule({ [field]: { name, isBeginning: end < 0 && first.length < 16, isInverted } });
    }
    case 'sourcePort':
    case 'destinationPort':
      if (mask !== null) return undefined;
      return withMatch(now, {
        kind: 'ports',
        side: field === 'sourcePort' ? 'source' : 'destination',
        ranges: [[Number(low), Number(high)]],
        isInverted,
      });
    case 'state':
      if (!isOne) return undefined;
      // `ct state new` asks whether one of the bits is set.
      if (mask !== null && low === 0n)
        return withMatch(now, { kind: 'state', states: statesOf(Number(mask)), isInverted: !isInverted });
      if (mask !== null) return undefined;
      return withMatch(now, { kind: 'state', states: statesOf(Number(low)), isInverted });
    case 'mark':
      if (!isOne) return undefined;
      return withMatch(now, {
        kind: 'mark',
        mark: Number(low),
        mask: mask === null ? 0xffffffff : Number(mask),
        isInverted,
      });
    default:
      return undefined;
  }
}

/** The family of a number, which is `NFPROTO_IPV4` or `NFPROTO_IPV6`, or the type of an Ethernet frame. */
function familyOf(number: bigint): Family | undefined {
  if (number === 2n || number === 0x0800n) return 'inet';
  if (number === 10n || number === 0x86ddn) return 'inet6';
  return undefined;
}

/** Bits of a prefix; `null` for a mask with holes. */
function leadingBits(mask: bigint, length: number): number | null {
  const bits = mask.toString(2).padStart(8 * length, '0');
  return bits.includes('01') ? null : bits.indexOf('0') < 0 ? bits.length : bits.indexOf('0');
}
