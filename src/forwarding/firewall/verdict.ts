import type { Family } from '../../ipvs/family.ts';
import { isInSubnet } from '../../ipvs/subnet.ts';
import type {
  AddressMatch,
  Firewall,
  FirewallChain,
  FirewallMatch,
  FirewallRule,
  FirewallTable,
  LinkMatch,
  TrackingState,
} from './firewall.ts';

/** A packet as far as it is known; what is `null` may be anything. */
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
}

/** What a chain does with a packet: with the rule that does it, `null` for the chain's end. */
export type Verdict =
  | { readonly kind: 'accept' }
  | { readonly kind: 'drop'; readonly rule: FirewallRule | null }
  /** It hangs on what is not known of the packet. */
  | { readonly kind: 'unknown' };

/** The table of a family; `undefined` where there is none. */
export function tableOf({ tables }: Firewall, family: Family, name: string): FirewallTable | undefined {
  return tables.find((table) => table.family === family && table.name === name);
}

/** What `filter` does with a packet in one of its chains. */
export function verdictOf(
  firewall: Firewall,
  hook: 'INPUT' | 'FORWARD' | 'OUTPUT',
  packet: FirewallPacket,
): Verdict {
  const table = tableOf(firewall, packet.family, 'filter');
  const chain = table?.chains.get(hook);
  if (table === undefined || chain === undefined) return { kind: 'accept' };
  const way = new Way(table, packet);
  const end = way.through(chain, 0);
  const isSure = end !== 'return' && [...way.perhaps].every((kind) => kind === end.kind);
  return isSure ? end : { kind: 'unknown' };
}

/** Chains that call each other have an end in the kernel, too. */
const deepest = 16;

type End = Exclude<Verdict, { kind: 'unknown' }> | 'return';

class Way {
  readonly #table: FirewallTable;
  readonly #packet: FirewallPacket;
  /** What becomes of the packet if a rule takes it of which that is not known. */
  readonly perhaps = new Set<'accept' | 'drop'>();

  constructor(table: FirewallTable, packet: FirewallPacket) {
    this.#table = table;
    this.#packet = packet;
  }

  through({ rules, policy }: FirewallChain, depth: number): End {
    for (const rule of rules) {
      const does = takes(rule, this.#packet);
      if (does === false) continue;
      const end = this.#endOf(rule, depth);
      if (end === undefined) continue;
      if (does === true) {
        if (end === 'return') break;
        return end;
      }
      if (end === 'return') this.perhaps.add('accept').add('drop');
      else this.perhaps.add(end.kind);
    }
    if (policy === 'return') return policy;
    return policy === 'accept' ? { kind: 'accept' } : { kind: 'drop', rule: null };
  }

  /** What a rule that takes the packet makes of it; `undefined` where it goes on to the next. */
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
        const chain = this.#table.chains.get(target.chain);
        if (chain === undefined || depth === deepest) return undefined;
        const end = this.through(chain, depth + 1);
        return end === 'return' && target.comesBack ? undefined : end;
      }
      default:
        return undefined;
    }
  }
}

/** Whether a rule takes a packet; `undefined` where that hangs on what is not known. */
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
  if (name === null) return undefined;
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
    case 'ipvs':
    case 'other':
      return undefined;
  }
}
