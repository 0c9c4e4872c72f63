import type { FirewallMatch, FirewallRule, PacketField } from '../../forwarding/firewall/firewall.ts';
import type { Family } from '../../ipvs/family.ts';
import { littleEndian } from '../../netlink/wire/message.ts';

/** Bytes of a packet's field in a register, from the field's first byte on. */
export interface Loaded {
  /** `null` for what rules are not judged by here. */
  readonly field: PacketField | null;
  readonly length: number;
  /** Bytes of the whole field. */
  readonly whole: number;
  /** The number lies in the machine's own order. */
  readonly isHostOrder: boolean;
  /** What a bitwise step left of it: `(value & mask) ^ xor`. */
  readonly mask: bigint | null;
  readonly xor: bigint;
}

/** Where a rule stands after some of its steps. */
export interface Progress {
  readonly rule: Omit<FirewallRule, 'target'>;
  /** Fields and values by the place of their first byte among the registers. */
  readonly registers: ReadonlyMap<number, Loaded | Uint8Array>;
  readonly family: Family | null;
}

/** Nothing is asked yet. */
export const begun: Progress = {
  rule: {
    source: null,
    destination: null,
    protocol: null,
    inLink: null,
    outLink: null,
    matches: [],
    packets: null,
  },
  registers: new Map(),
  family: null,
};

/** Bytes as they were loaded. */
export const unmasked = { isHostOrder: false, mask: null, xor: 0n } as const;
/** What is not judged by here. */
export const unknownField: Loaded = { ...unmasked, field: null, length: 4, whole: 4 };

/** With something in a register, over what was there. */
export function withRegister(now: Progress, register: number, loaded: Loaded | Uint8Array): Progress {
  const registers = without(now, register, loaded.length);
  return { ...now, registers: registers.set(register, loaded) };
}

/** The registers but for those that so many bytes are written over. */
export function without(
  { registers }: Progress,
  from: number,
  length: number,
): Map<number, Loaded | Uint8Array> {
  const end = from + Math.ceil(length / 4) * 4;
  return new Map([...registers].filter(([place]) => place < from || place >= end));
}

/** With one more condition. */
export function withMatch(now: Progress, match: FirewallMatch): Progress {
  return { ...now, rule: { ...now.rule, matches: [...now.rule.matches, match] } };
}

/** Bytes as one number. */
export function numberOf(bytes: Uint8Array, isHostOrder: boolean): bigint {
  const inOrder = isHostOrder && littleEndian ? bytes.toReversed() : bytes;
  return inOrder.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}
