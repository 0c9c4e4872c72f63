/** Firewalls for checks: rules as they are read from the kernel. */
import type {
  Firewall,
  FirewallChain,
  FirewallRule,
  FirewallTable,
} from '../../src/forwarding/firewall/firewall.ts';

/** A rule that takes everything, but for what is given. */
export function rule(change: Partial<FirewallRule>): FirewallRule {
  return {
    source: null,
    destination: null,
    protocol: null,
    inLink: null,
    outLink: null,
    matches: [],
    target: { kind: 'drop', name: 'DROP' },
    packets: 12,
    ...change,
  };
}

/** The table `filter` of IPv4 with these rules; what they do not take passes. */
export function filter(chains: Readonly<Record<string, readonly FirewallRule[]>>): FirewallTable {
  return table('filter', chains);
}

const priorities: Readonly<Record<string, number>> = { raw: -300, mangle: -150, filter: 0, nat: 100 };

/** Where packets enter a chain with the name of one of the kernel's hooks. */
export function baseOf(table: string, chain: string): FirewallChain['base'] {
  const point = (['prerouting', 'input', 'forward', 'output', 'postrouting'] as const).find(
    (one) => one.toUpperCase() === chain,
  );
  return point === undefined ? null : { point, priority: priorities[table] ?? 0, isNat: table === 'nat' };
}

function table(name: string, chains: Readonly<Record<string, readonly FirewallRule[]>>): FirewallTable {
  return {
    tool: 'iptables',
    family: 'inet',
    name,
    chains: new Map(
      Object.entries(chains).map(([chain, rules]) => [
        chain,
        { base: baseOf(name, chain), rules, policy: 'accept' },
      ]),
    ),
  };
}

const dropInvalid = rule({ matches: [{ kind: 'state', states: ['invalid'], isInverted: false }] });

/** What comes in and belongs to no connection is dropped. */
export const invalidDropped = {
  tables: [filter({ INPUT: [dropInvalid] })],
  aside: [],
  unread: null,
  tracks: true,
  rules: [dropInvalid],
} as const satisfies Firewall & { readonly rules: readonly FirewallRule[] };

/** What passes through and belongs to no connection is dropped. */
export const onlyKnownForwarded = {
  tables: [filter({ FORWARD: [dropInvalid] })],
  aside: [],
  unread: null,
  tracks: true,
  rules: [dropInvalid],
} as const satisfies Firewall & { readonly rules: readonly FirewallRule[] };

/** A rule of POSTROUTING in `nat`. */
export function natRule(change: Partial<FirewallRule>): Partial<Firewall> {
  return { tables: [table('nat', { POSTROUTING: [rule(change)] })] };
}

/** Rules of PREROUTING in `mangle`. */
export function mangleRules(...rules: readonly FirewallRule[]): Partial<Firewall> {
  return { tables: [table('mangle', { PREROUTING: rules })] };
}

/** Rules of PREROUTING in `raw` beside others. */
export function rawRules(...rules: readonly FirewallRule[]): FirewallTable {
  return table('raw', { PREROUTING: rules });
}
