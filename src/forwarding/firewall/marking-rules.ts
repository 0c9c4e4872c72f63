import type { Endpoint } from '../../ipvs/connection.ts';
import type { Family } from '../../ipvs/family.ts';
import type { FirewallMarkServiceIdentity } from '../../ipvs/identity.ts';
import { isKnownProtocol, type KnownProtocol, protocolOfNumber } from '../../ipvs/protocol.ts';
import type { Firewall, FirewallMatch, FirewallRule, FirewallTable } from './firewall.ts';
import { chainsAt } from './verdict.ts';

/** A rule and its table. */
export interface PlacedRule extends FirewallRule {
  readonly table: FirewallTable;
}

/** The rules that packets from other machines can meet, in any chain. */
function followRules(firewall: Firewall, family: Family): PlacedRule[] {
  const seen = new Set<object>();
  const rules: PlacedRule[] = [];
  const follow = (table: FirewallTable, name: string): void => {
    const chain = table.chains.get(name);
    if (chain === undefined || seen.has(chain)) return;
    seen.add(chain);
    for (const rule of chain.rules) {
      rules.push({ ...rule, table });
      if (rule.target.kind === 'jump') follow(table, rule.target.chain);
    }
  };
  for (const point of ['prerouting', 'input'] as const)
    for (const { table, name } of chainsAt(firewall, family, point)) follow(table, name);
  return rules;
}

/** The rules that packets from other machines can meet. */
interface RulesMet {
  readonly all: readonly PlacedRule[];
  /** Those that mark packets. */
  readonly marking: readonly PlacedRule[];
  /** Those that mark packets, by the mark. */
  readonly byMark: ReadonlyMap<number, readonly PlacedRule[]>;
}

/** Arranged once for each firewall, since it is asked about every service and real server of a large table. */
const arranged = new WeakMap<Firewall, Map<Family, RulesMet>>();

function rulesMet(firewall: Firewall, family: Family): RulesMet {
  const families = arranged.get(firewall) ?? new Map<Family, RulesMet>();
  arranged.set(firewall, families);
  const known = families.get(family);
  if (known !== undefined) return known;
  const all = followRules(firewall, family);
  const marking = all.filter(({ target }) => target.kind === 'mark');
  const byMark = Map.groupBy(marking, ({ target }) => (target.kind === 'mark' ? target.mark : 0));
  const met = { all, marking, byMark };
  families.set(family, met);
  return met;
}

/** The rules that mark packets from other machines. */
export function markingRules(firewall: Firewall, family: Family): readonly PlacedRule[] {
  return rulesMet(firewall, family).marking;
}

/** The rules that give packets from other machines the mark of a service. */
function rulesOfMark(
  firewall: Firewall,
  { family, fwmark }: FirewallMarkServiceIdentity,
): readonly PlacedRule[] {
  return rulesMet(firewall, family).byMark.get(fwmark) ?? [];
}

/** The rules that set a service's mark where its requests do not come by. */
export function strayMarkingRules(
  firewall: Firewall,
  { family, fwmark }: FirewallMarkServiceIdentity,
): (PlacedRule & { readonly chain: string })[] {
  return firewall.tables
    .filter((table) => table.family === family || table.family === 'both')
    .flatMap((table) =>
      [...table.chains].flatMap(([chain, { rules }]) => rules.map((rule) => ({ ...rule, table, chain }))),
    )
    .filter(({ target }) => target.kind === 'mark' && target.mark === fwmark);
}

/** Whether a rule can set a service's mark on a packet, or sets one that is not known. */
export function mayMark(firewall: Firewall, { family, fwmark }: FirewallMarkServiceIdentity): boolean {
  return rulesMet(firewall, family).all.some(({ target }) => {
    switch (target.kind) {
      case 'mark':
        return (fwmark & target.mask) >>> 0 === target.mark;
      case 'other':
        // The mark of the connection, or a computed one.
        return target.name === 'CONNMARK' || target.name === 'mark set';
      default:
        return target.kind === 'unknown';
    }
  });
}

/** What a rule marks: a single address with its protocol and port. */
export interface MarkedEndpoint {
  readonly protocol: KnownProtocol;
  readonly virtual: Endpoint;
}

/** Single addresses to which packets get the mark of a service; rules for whole networks are left out. */
export function markedAddresses(firewall: Firewall, identity: FirewallMarkServiceIdentity): string[] {
  return [
    ...new Set(
      rulesOfMark(firewall, identity).flatMap((rule) => singleDestination(rule, identity.family) ?? []),
    ),
  ];
}

/**
 * The single addresses, protocols and ports to which rules give the mark of a service, each once, and of a range of
 * ports the first. Rules that do not name all three are left out.
 */
export function markedEndpoints(firewall: Firewall, identity: FirewallMarkServiceIdentity): MarkedEndpoint[] {
  const endpoints = rulesOfMark(firewall, identity).flatMap((rule): MarkedEndpoint[] => {
    const address = singleDestination(rule, identity.family);
    const { protocol, matches } = rule;
    const named = protocol === null || protocol.isInverted ? '' : protocolOfNumber(protocol.number);
    if (address === undefined || !isKnownProtocol(named)) return [];
    return matches.flatMap(firstPorts).map((port) => ({ protocol: named, virtual: { address, port } }));
  });
  const byName = new Map(
    endpoints.map((one) => [`${one.protocol} ${one.virtual.address} ${one.virtual.port}`, one]),
  );
  return [...byName.values()];
}

/** The single address of a family that a rule names; a table may hold rules of both. */
function singleDestination({ destination }: FirewallRule, family: Family): string | undefined {
  if (destination === null || destination.isInverted) return undefined;
  const { address, prefixLength } = destination;
  const whole = family === 'inet' ? 32 : 128;
  return address.includes(':') === (family === 'inet6') && prefixLength === whole ? address : undefined;
}

/** The first port of each range of destination ports that a condition matches. */
function firstPorts(match: FirewallMatch): readonly number[] {
  if (match.kind === 'ports')
    return match.side === 'destination' && !match.isInverted ? match.ranges.map(([first]) => first) : [];
  if (match.kind !== 'fields' || match.isInverted || match.mask !== null) return [];
  const [field, ...more] = match.fields;
  if (field !== 'destinationPort' || more.length > 0) return [];
  return match.elements.flatMap(([range]) => (range === undefined ? [] : [Number(range[0])]));
}
