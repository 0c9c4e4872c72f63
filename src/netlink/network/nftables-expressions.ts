import type { AttributeReader } from '../wire/attribute-reader.ts';

/** What becomes of a packet: `NF_DROP` … and `NFT_RETURN` (`include/uapi/linux/netfilter/nf_tables.h`). */
export type NftVerdict =
  | { readonly kind: 'accept' | 'drop' | 'return' | 'continue' | 'queue' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string };

/**
 * One step of a rule, as the kernel's small machine does it: something is loaded into a register, changed there,
 * compared, and where it does not fit, the rule is over. A register is given as the place of its first byte.
 */
export type NftExpression =
  | {
      readonly kind: 'payload';
      readonly base: number;
      readonly offset: number;
      readonly length: number;
      readonly register: number;
    }
  /** `ct` is the state and more of a tracked connection, `meta` all that a packet has beside its bytes. */
  | { readonly kind: 'meta' | 'ct'; readonly key: number; readonly register: number }
  /** The packet, its meta data or its connection gets what is in a register. */
  | {
      readonly kind: 'set';
      readonly what: 'meta' | 'ct' | 'payload';
      readonly key: number;
      readonly register: number;
    }
  /** `(value & mask) ^ xor`. */
  | {
      readonly kind: 'bitwise';
      readonly from: number;
      readonly register: number;
      readonly mask: Uint8Array;
      readonly xor: Uint8Array;
    }
  | { readonly kind: 'byteorder'; readonly from: number; readonly register: number; readonly length: number }
  /** `operation` is one of `NFT_CMP_EQ` to `NFT_CMP_GTE`. */
  | {
      readonly kind: 'compare';
      readonly register: number;
      readonly operation: number;
      readonly value: Uint8Array;
    }
  | {
      readonly kind: 'range';
      readonly register: number;
      readonly isInverted: boolean;
      readonly first: Uint8Array;
      readonly last: Uint8Array;
    }
  /** `into` is the register that gets what a map holds; `null` for a plain set. */
  | {
      readonly kind: 'lookup';
      readonly register: number;
      readonly set: string;
      readonly isInverted: boolean;
      readonly into: 'verdict' | number | null;
    }
  | { readonly kind: 'value'; readonly register: number; readonly value: Uint8Array }
  | { readonly kind: 'verdict'; readonly verdict: NftVerdict }
  | { readonly kind: 'counter'; readonly packets: number }
  /** A match or target of iptables; `data` is its structure. */
  | {
      readonly kind: 'match' | 'target';
      readonly name: string;
      readonly revision: number;
      readonly data: Uint8Array;
    }
  | { readonly kind: 'other'; readonly name: string };

/** What a set's element or an immediate holds. */
export interface NftData {
  readonly value?: Uint8Array;
  readonly verdict?: NftVerdict;
}

const none = new Uint8Array();

/**
 * Registers 1 to 4 have 16 bytes each, 8 to 23 are the same ones by 4 bytes (`nft_parse_register` in
 * `net/netfilter/nf_tables_api.c`); 0 is the verdict's, and is no place among them.
 */
function placeOf(register: number): number {
  return register < 8 ? (register - 1) * 16 : (register - 8) * 4;
}

/** The attributes of an expression, each once: numbers are in network order. */
class Attributes {
  readonly #kept = new Map<number, Uint8Array>();
  readonly #data = new Map<number, NftData>();

  constructor(reader: AttributeReader, nested: readonly number[]) {
    while (reader.next()) {
      const { type } = reader;
      if (nested.includes(type)) this.#data.set(type, readData(reader.nest()));
      else this.#kept.set(type, Uint8Array.from(reader.bytes(reader.length)));
    }
  }

  has(type: number): boolean {
    return this.#kept.has(type);
  }

  bytes(type: number): Uint8Array {
    return this.#kept.get(type) ?? none;
  }

  data(type: number): NftData {
    return this.#data.get(type) ?? {};
  }

  number(type: number): number {
    return this.bytes(type).reduce((number, byte) => number * 256 + byte, 0);
  }

  register(type: number): number {
    return placeOf(this.number(type));
  }

  text(type: number): string {
    const bytes = this.bytes(type);
    const end = bytes.indexOf(0);
    return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString('latin1');
  }
}

/** Reads what an element or an immediate holds: `NFTA_DATA_VALUE` or `NFTA_DATA_VERDICT`. */
export function readData(reader: AttributeReader): NftData {
  const data: { value?: Uint8Array; verdict?: NftVerdict } = {};
  while (reader.next()) {
    if (reader.type === 1) data.value = Uint8Array.from(reader.bytes(reader.length));
    if (reader.type === 2) data.verdict = readVerdict(reader.nest());
  }
  return data;
}

function readVerdict(reader: AttributeReader): NftVerdict {
  let code = 0;
  let chain = '';
  while (reader.next()) {
    if (reader.type === 1) code = reader.be32() | 0;
    if (reader.type === 2) chain = reader.string();
  }
  switch (code) {
    case 0:
      return { kind: 'drop' };
    case 1:
      return { kind: 'accept' };
    case -3:
      return { kind: 'jump', chain };
    case -4:
      return { kind: 'goto', chain };
    case -5:
      return { kind: 'return' };
    default:
      // -1 and -2 go on, with the next rule at the latest; what is above 1 hands the packet to a program.
      return { kind: code < 0 ? 'continue' : 'queue' };
  }
}

/** Attributes that hold data of their own, by expression. */
const nestedData: Readonly<Record<string, readonly number[]>> = {
  cmp: [3],
  range: [3, 4],
  immediate: [2],
  bitwise: [4, 5, 7],
};

/** Reads `NFTA_RULE_EXPRESSIONS`: a list of names with their attributes. */
export function readExpressions(list: AttributeReader): NftExpression[] {
  const expressions: NftExpression[] = [];
  while (list.next()) {
    const reader = list.nest();
    let name = '';
    let expression: NftExpression | undefined;
    while (reader.next()) {
      if (reader.type === 1) name = reader.string();
      if (reader.type === 2)
        expression = readExpression(name, new Attributes(reader.nest(), nestedData[name] ?? []));
    }
    expressions.push(expression ?? { kind: 'other', name });
  }
  return expressions;
}

function readExpression(name: string, own: Attributes): NftExpression {
  switch (name) {
    case 'payload':
      return own.has(1)
        ? {
            kind: 'payload',
            base: own.number(2),
            offset: own.number(3),
            length: own.number(4),
            register: own.register(1),
          }
        : { kind: 'set', what: 'payload', key: own.number(3), register: own.register(5) };
    case 'meta':
      return own.has(1)
        ? { kind: 'meta', key: own.number(2), register: own.register(1) }
        : { kind: 'set', what: 'meta', key: own.number(2), register: own.register(3) };
    case 'ct':
      return own.has(1)
        ? { kind: 'ct', key: own.number(2), register: own.register(1) }
        : { kind: 'set', what: 'ct', key: own.number(2), register: own.register(4) };
    case 'bitwise':
      // Shifts and those with a second register are of newer kernels, and rare.
      return own.number(6) === 0
        ? {
            kind: 'bitwise',
            from: own.register(1),
            register: own.register(2),
            mask: own.data(4).value ?? none,
            xor: own.data(5).value ?? none,
          }
        : { kind: 'other', name };
    case 'byteorder':
      return {
        kind: 'byteorder',
        from: own.register(1),
        register: own.register(2),
        length: own.number(4),
      };
    case 'cmp':
      return {
        kind: 'compare',
        register: own.register(1),
        operation: own.number(2),
        value: own.data(3).value ?? none,
      };
    case 'range':
      return {
        kind: 'range',
        register: own.register(1),
        isInverted: own.number(2) === 1,
        first: own.data(3).value ?? none,
        last: own.data(4).value ?? none,
      };
    case 'lookup':
      return {
        kind: 'lookup',
        register: own.register(2),
        set: own.text(1),
        isInverted: (own.number(5) & 1) !== 0,
        into: own.has(3) ? (own.number(3) === 0 ? 'verdict' : own.register(3)) : null,
      };
    case 'immediate': {
      const { value, verdict } = own.data(2);
      return verdict === undefined
        ? { kind: 'value', register: own.register(1), value: value ?? none }
        : { kind: 'verdict', verdict };
    }
    case 'counter':
      return { kind: 'counter', packets: own.number(2) };
    case 'objref':
      // Counters and helpers of connections let all pass, limits and quotas do not (`NFT_OBJECT_…`).
      return { kind: 'other', name: own.number(1) === 1 || own.number(1) === 3 ? name : 'limit' };
    case 'match':
    case 'target':
      return { kind: name, name: own.text(1), revision: own.number(2), data: own.bytes(3) };
    default:
      return { kind: 'other', name };
  }
}
