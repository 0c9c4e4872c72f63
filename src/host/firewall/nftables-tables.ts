import type {
  Firewall,
  FirewallChain,
  FirewallPoint,
  FirewallTable,
} from '../../forwarding/firewall/firewall.ts';
import type { NftChain, NftFamily, NftRuleset, NftTable } from '../../netlink/network/nftables-ruleset.ts';
import { begun } from './nftables-progress.ts';
import { RuleReading } from './nftables-rules.ts';

/** Families whose packets come to IPVS. */
const families: Partial<Record<NftFamily, FirewallTable['family']>> = {
  ip: 'inet',
  ip6: 'inet6',
  inet: 'both',
};

/** `enum nf_inet_hooks`; the sixth is an interface's own, before all others. */
const points: readonly FirewallPoint[] = ['prerouting', 'input', 'forward', 'output', 'postrouting'];

/** Tables that iptables keeps in nftables. */
const iptablesTables = /^(filter|nat|mangle|raw|security)$/;

/** The tables whose rules packets to IPVS pass, and the names of those that see packets elsewhere. */
export function tablesOf(ruleset: NftRuleset): Pick<Firewall, 'tables' | 'aside'> {
  const tables: FirewallTable[] = [];
  const aside: string[] = [];
  for (const table of ruleset.tables) {
    const family = families[table.family];
    const isAside = table.chains.some(
      ({ base }) => base !== null && (family === undefined || points[base.hook] === undefined),
    );
    if (isAside) aside.push(`${table.family} ${table.name}`);
    if (family !== undefined) tables.push(readTable(ruleset, table, family));
  }
  return { tables, aside };
}

function readTable(ruleset: NftRuleset, table: NftTable, family: FirewallTable['family']): FirewallTable {
  const isIptables =
    family !== 'both' &&
    iptablesTables.test(table.name) &&
    table.chains.some(({ name, base }) => base !== null && name === points[base.hook]?.toUpperCase());
  return {
    tool: isIptables ? 'iptables-nft' : 'nftables',
    family,
    name: table.name,
    chains: new Map(table.chains.map((chain) => [chain.name, readChain(ruleset, table, family, chain)])),
  };
}

function readChain(
  ruleset: NftRuleset,
  table: NftTable,
  family: FirewallTable['family'],
  { base, isDropPolicy, rules }: NftChain,
): FirewallChain {
  const point = base === null ? undefined : points[base.hook];
  return {
    base:
      base === null || point === undefined
        ? null
        : { point, priority: base.priority, isNat: base.type === 'nat' },
    policy: base === null ? 'return' : isDropPolicy ? 'drop' : 'accept',
    rules: rules.flatMap((expressions) => {
      const reading = new RuleReading(ruleset, table);
      reading.follow(expressions, 0, { ...begun, family: family === 'both' ? null : family });
      return reading.rules;
    }),
  };
}
