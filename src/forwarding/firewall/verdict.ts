import { addressBytes } from '../../ipvs/address.ts';
import { type Family, familyNumbers } from '../../ipvs/family.ts';
import { isInSubnet } from '../../ipvs/subnet.ts';
import {
  type AddressMatch,
  type Firewall,
  type FirewallChain,
  type FirewallMatch,
  type FirewallPoint,
  type FirewallRule,
  type FirewallTable,
  type LinkMatch,
  linkNumber,
  type PacketField,
  stateBits,
  type TrackingState,
} from './firewall.ts';

/** A packet, as far as it is known; a field that is `null` may have any value. */
export interface FirewallPacket {
  readonly family: Family;
  readonly source: string | null;
  readonly destination: string | null;
  /** Number of the protocol. */
  readonly protocol: number;
  readonly sourcePort: number | null;
  readonly destinationPort: number | null;
  readonly inLink: string | null;
  readonly outLink: string | null;
  readonly state: TrackingState | null;
  readonly mark: number | null;
  /** Flags of the TCP header; left out where they may be any. */
  readonly tcpFlags?: number;
}

/** A rule, or a chain's policy where `rule` is `null`, and the base chain that led to it. */
export interface RulePlace {
  readonly rule: FirewallRule | null;
  readonly table: FirewallTable;
  /** Name of the base chain, where the kernel begins. */
  readonly chain: string;
}

/** What the firewall does with a packet. */
export type Verdict =
  | { readonly kind: 'accept' }
  | ({ readonly kind: 'drop' } & RulePlace)
  /** It depends on what is not known of the packet, or on a rule that could not be judged. */
  | { readonly kind: 'unknown'; readonly unjudged: RulePlace | null };

/** A base chain, where packets enter, and its table. */
export interface BaseChain {
  readonly table: FirewallTable;
  readonly name: string;
  readonly chain: FirewallChain;
  readonly priority: number;
  readonly isNat: boolean;
}

/** The base chains that a family's packets enter at a point, in the kernel's order. */
export function chainsAt({ tables }: Firewall, family: Family, point: FirewallPoint): BaseChain[] {
  return tables
    .filter((table) => table.family === family || table.family === 'both')
    .flatMap((table) =>
      [...table.chains].flatMap(([name, chain]) =>
        chain.base?.point === point ? [{ table, name, chain, ...chain.base }] : [],
      ),
    )
    .sort((left, right) => left.priority - right.priority);
}

/**
 * Chains from this priority on do not see IPVS's packets, which it has taken out by then (`ip_vs_ops4` in
 * `net/netfilter/ipvs/ip_vs_core.c`: requests at `NF_IP_PRI_NAT_SRC - 1` of LOCAL_IN, responses under NAT at
 * `NF_IP_PRI_NAT_SRC` of FORWARD).
 */
const takenOut: Partial<Record<FirewallPoint, number>> = { input: 99, forward: 100 };

/** What the firewall does with a packet at some points of its way, before IPVS takes it. */
export function verdictOf(
  firewall: Firewall,
  points: readonly FirewallPoint[],
  packet: FirewallPacket,
): Verdict {
  const ends = points
    .flatMap((point) =>
      chainsAt(firewall, packet.family, point).filter(
        ({ priority, isNat }) => !isNat && priority < (takenOut[point] ?? Infinity),
      ),
    )
    .map((base) => new Way(base, packet).end());
  return (
    ends.find(({ kind }) => kind === 'drop') ??
    ends.find((end) => end.kind === 'unknown' && end.unjudged !== null) ??
    ends.find(({ kind }) => kind === 'unknown') ?? { kind: 'accept' }
  );
}

/** Deepest nesting of chains that is followed; the kernel too limits chains that call each other. */
const deepest = 16;

type End =
  | { readonly kind: 'accept' }
  | { readonly kind: 'drop'; readonly rule: FirewallRule | null }
  | 'return';

class Way {
  readonly #base: BaseChain;
  readonly #packet: FirewallPacket;
  /** What would become of the packet by the rules of which it is not known whether they match. */
  readonly #perhaps = new Set<'accept' | 'drop'>();
  #unjudged: FirewallRule | undefined;

  constructor(base: BaseChain, packet: FirewallPacket) {
    this.#base = base;
    this.#packet = packet;
  }

  end(): Verdict {
    const { table, name: chain } = this.#base;
    const end = this.#through(this.#base.chain, 0);
    if (end !== 'return' && [...this.#perhaps].every((kind) => kind === end.kind))
      return end.kind === 'drop' ? { ...end, table, chain } : end;
    return {
      kind: 'unknown',
      unjudged: this.#unjudged === undefined ? null : { rule: this.#unjudged, table, chain },
    };
  }

  #through({ rules, policy }: FirewallChain, depth: number): End {
    for (const rule of rules) {
      // There may be thousands that mark, and each service's packets meet all of them.
      if (goesOn(rule)) continue;
      const does = takes(rule, this.#packet);
      if (does === false) continue;
      if (rule.target.kind === 'unknown') {
        this.#perhaps.add('accept').add('drop');
        this.#unjudged ??= rule;
        continue;
      }
      const end = this.#endOf(rule, depth);
      if (end === undefined) continue;
      if (does === true) {
        if (end === 'return') break;
        return end;
      }
      if (hangsOnOthers(rule, this.#packet)) this.#unjudged ??= rule;
      if (end === 'return') this.#perhaps.add('accept').add('drop');
      else this.#perhaps.add(end.kind);
    }
    if (policy === 'return') return policy;
    return policy === 'accept' ? { kind: 'accept' } : { kind: 'drop', rule: null };
  }

  /** What becomes of a packet that a rule matches; `undefined` where the next rule is tried. */
  #endOf(rule: FirewallRule, depth: number): End | undefined {
    const { target } = rule;
    switch (target.kind) {
      case 'accept':
        return target;
      case 'drop':
        return { kind: 'drop', rule };
      case 'return':
        return 'return';
      case 'jump': {
        const chain = this.#base.table.chains.get(target.chain);
        if (chain === undefined || depth === deepest) return undefined;
        const end = this.#through(chain, depth + 1);
        return end === 'return' && target.comesBack ? undefined : end;
      }
      default:
        return undefined;
    }
  }
}

/** Whether a packet goes on to the next rule, matched or not. */
function goesOn({ target: { kind } }: FirewallRule): boolean {
  return kind === 'mark' || kind === 'notrack' || kind === 'other';
}

/** Whether a rule would certainly match a packet but for conditions that are not understood. */
function hangsOnOthers(rule: FirewallRule, packet: FirewallPacket): boolean {
  const understood = rule.matches.filter(({ kind }) => kind !== 'other');
  return understood.length < rule.matches.length && takes({ ...rule, matches: understood }, packet) === true;
}

/** Whether a rule matches a packet; `undefined` where that depends on something unknown. */
export function takes(rule: FirewallRule, packet: FirewallPacket): boolean | undefined {
  const answers = [
    isAmong(packet.source, rule.source),
    isAmong(packet.destination, rule.destination),
    rule.protocol === null || (rule.protocol.number === packet.protocol) !== rule.protocol.isInverted,
    passes(packet.inLink, rule.inLink),
    passes(packet.outLink, rule.outLink),
    ...rule.matches.map((match) => fits(match, packet)),
  ];
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

function isAmong(address: string | null, match: AddressMatch | null): boolean | undefined {
  if (match === null) return true;
  if (address === null || match.prefixLength === null) return undefined;
  return isInSubnet(address, match.address, match.prefixLength) !== match.isInverted;
}

function passes(name: string | null, match: LinkMatch | null): boolean | undefined {
  if (match === null) return true;
  // Packets from another machine do not come in by the loopback interface.
  if (name === null) return match.name === 'lo' && !match.isBeginning ? match.isInverted : undefined;
  return (match.isBeginning ? name.startsWith(match.name) : name === match.name) !== match.isInverted;
}

function fits(match: FirewallMatch, packet: FirewallPacket): boolean | undefined {
  switch (match.kind) {
    case 'ports': {
      const { source, destination, either } = {
        source: [packet.sourcePort],
        destination: [packet.destinationPort],
        either: [packet.sourcePort, packet.destinationPort],
      };
      const sides = { source, destination, either }[match.side];
      const isIn = sides.some(
        (port) => port !== null && match.ranges.some(([first, last]) => first <= port && port <= last),
      );
      return isIn ? !match.isInverted : sides.includes(null) ? undefined : match.isInverted;
    }
    case 'state':
      return packet.state === null ? undefined : match.states.includes(packet.state) !== match.isInverted;
    case 'mark':
      return packet.mark === null
        ? undefined
        : ((packet.mark & match.mask) >>> 0 === match.mark) !== match.isInverted;
    case 'fields':
      return isInElements(match, packet);
    case 'ipvs':
    case 'other':
      return undefined;
  }
}

function isInElements(
  { fields, elements, mask, isInverted }: Extract<FirewallMatch, { kind: 'fields' }>,
  packet: FirewallPacket,
): boolean | undefined {
  const values = fields.map((field) => {
    const value = numberIn(field, packet);
    return value === null || mask === null ? value : value & mask;
  });
  const answers = elements.map((ranges) => {
    const places = ranges.map(([first, last], place) => {
      const value = values[place];
      return value === undefined || value === null ? undefined : first <= value && value <= last;
    });
    return places.includes(false) ? false : places.includes(undefined) ? undefined : true;
  });
  if (answers.includes(true)) return !isInverted;
  return answers.includes(undefined) ? undefined : isInverted;
}

function numberIn(field: PacketField, packet: FirewallPacket): bigint | null {
  switch (field) {
    case 'family':
      return BigInt(familyNumbers[packet.family]);
    case 'source':
    case 'destination': {
      const address = packet[field];
      return address === null ? null : addressNumber(address);
    }
    case 'inLink':
    case 'outLink': {
      const name = packet[field];
      return name === null ? null : linkNumber(name);
    }
    case 'state':
      return packet.state === null ? null : 1n << BigInt(stateBits[packet.state]);
    default: {
      const number = packet[field];
      return number === null || number === undefined ? null : BigInt(number);
    }
  }
}

function addressNumber(address: string): bigint {
  return addressBytes(address).reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}
