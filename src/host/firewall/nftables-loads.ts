import type { PacketField } from '../../forwarding/firewall/firewall.ts';
import type { Family } from '../../ipvs/family.ts';
import type { NftExpression } from '../../netlink/network/nftables-expressions.ts';
import {
  type Loaded,
  numberOf,
  type Progress,
  unknownField,
  unmasked,
  without,
} from './nftables-progress.ts';

type Place = readonly [field: PacketField, offset: number, length: number];

/** Where fields are in the headers that rules look into. */
const networkFields: Readonly<Record<Family, readonly Place[]>> = {
  inet: [
    ['protocol', 9, 1],
    ['source', 12, 4],
    ['destination', 16, 4],
  ],
  inet6: [
    ['protocol', 6, 1],
    ['source', 8, 16],
    ['destination', 24, 16],
  ],
};
const transportFields: readonly Place[] = [
  ['sourcePort', 0, 2],
  ['destinationPort', 2, 2],
  ['tcpFlags', 13, 1],
];
/** `NFT_PAYLOAD_…` */
const bases = { network: 1, transport: 2 } as const;

/** `NFT_META_…` and `NFT_CT_STATE`: what they are, and whether in the machine's own order. */
const metaFields: ReadonlyMap<number, readonly [PacketField, isHostOrder: boolean]> = new Map([
  [3, ['mark', true]],
  [6, ['inLink', false]],
  [7, ['outLink', false]],
  [15, ['family', false]],
  [16, ['protocol', false]],
]);
/** Keys of what a packet has beside its bytes (`NFT_META_*`). */
export const metaKeys = { protocol: 1, mark: 3, inLinkNumber: 4, outLinkNumber: 5 } as const;
const ctState = 0;

/** Loads bytes of a header, which may be several fields. */
export function payloadOf(
  { base, offset, length, register }: Extract<NftExpression, { kind: 'payload' }>,
  now: Progress,
): Progress {
  const { family } = now;
  const places =
    base === bases.transport
      ? transportFields
      : base === bases.network && family !== null
        ? networkFields[family]
        : [];
  const registers = without(now, register, length);
  // Of an address only the beginning may be loaded; half a port is something else, perhaps an ICMP type.
  const isWhole = (whole: number, rest: number) => base === bases.network || whole <= rest;
  for (let covered = 0; covered < length; ) {
    const found = places.find(
      ([, begin, whole]) => begin === offset + covered && isWhole(whole, length - covered),
    );
    const [field, , whole] = found ?? [null, 0, length];
    const part = Math.min(whole, length - covered);
    registers.set(register + covered, { ...unmasked, field, length: part, whole });
    covered += part;
  }
  return { ...now, registers };
}

/** Loads what a packet has beside its bytes. */
export function metaOf({ kind, key }: Extract<NftExpression, { kind: 'meta' | 'ct' }>): Loaded {
  if (kind === 'ct')
    return key === ctState
      ? { ...unmasked, field: 'state', length: 4, whole: 4, isHostOrder: true }
      : unknownField;
  if (key === metaKeys.protocol) return { ...unmasked, field: 'family', length: 2, whole: 2 };
  // Of interfaces' numbers only that of `lo` is known; see `asked`.
  if (key === metaKeys.inLinkNumber || key === metaKeys.outLinkNumber)
    return {
      ...unmasked,
      field: key === metaKeys.inLinkNumber ? 'inLink' : 'outLink',
      length: 4,
      whole: 4,
      isHostOrder: true,
    };
  const [field, isHostOrder] = metaFields.get(key) ?? [null, false];
  const length = field === 'mark' ? 4 : field === 'inLink' || field === 'outLink' ? 16 : 1;
  return field === null ? unknownField : { ...unmasked, field, length, whole: length, isHostOrder };
}

/** What a bitwise step leaves of a field. */
export function masked(
  loaded: Loaded | Uint8Array | undefined,
  { mask, xor }: Extract<NftExpression, { kind: 'bitwise' }>,
): Loaded {
  if (loaded === undefined || loaded instanceof Uint8Array || loaded.mask !== null) return unknownField;
  return {
    ...loaded,
    mask: numberOf(mask, loaded.isHostOrder),
    xor: numberOf(xor, loaded.isHostOrder),
  };
}
