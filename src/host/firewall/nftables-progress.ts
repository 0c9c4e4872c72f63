import type { FirewallMatch, FirewallRule, PacketField } from '../../forwarding/firewall/firewall.ts';
import type { Family } from '../../ipvs/family.ts';
import { littleEndian } from '../../netlink/wire/message.ts';

/** Bytes of a packet's field in a register, from the field's first byte on. */
export interface Loaded {
  /** `null` for a field that lvstop does not judge rules by. */
  readonly field: PacketField | null;
  readonly length: number;
  /** Bytes of the whole field. */
  readonly whole: number;
  /** Whether the number is in the machine's own byte order. */
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

/** A rule before its first step. */
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
/** A field that lvstop does not judge rules by. */
export const unknownField: Loaded = { ...unmasked, field: null, length: 4, whole: 4 };

/** The progress with something loaded into a register, in place of what was there. */
export function withRegister(now: Progress, register: number, loaded: Loaded | Uint8Array): Progress {
  const registers = without(now, register, loaded.length);
  return { ...now, registers: registers.set(register, loaded) };
}

/** The registers without those that `length` bytes from `from` on overwrite. */
export function without(
  { registers }: Progress,
  from: number,
  length: number,
): Map<number, Loaded | Uint8Array> {
  const end = from + Math.ceil(length / 4) * 4;
  return new Map([...registers].filter(([place]) => place < from || place >= end));
}

/** The progress with one more condition. */
export function withMatch(now: Progress, match: FirewallMatch): Progress {
  return { ...now, rule: { ...now.rule, matches: [...now.rule.matches, match] } };
}

/** Bytes as one number. */
export function numberOf(bytes: Uint8Array, isHostOrder: boolean): bigint {
  const inOrder = isHostOrder && littleEndian ? bytes.toReversed() : bytes;
  return inOrder.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}
