import { shellWord } from '../../forwarding/diagnosis.ts';
import type { FirewallRule, FirewallTable, TrackingState } from '../../forwarding/firewall/firewall.ts';
import { nftRuleText } from '../../forwarding/firewall/nft-rule-text.ts';
import { ruleText } from '../../forwarding/firewall/rule-text.ts';
import { type RulePlace, type Verdict, verdictOf } from '../../forwarding/firewall/verdict.ts';
import type { Family } from '../../ipvs/family.ts';
import type { AddressServiceIdentity } from '../../ipvs/identity.ts';
import { protocolNumber } from '../../ipvs/protocol.ts';
import { isWholeRealServer } from '../../ipvs/real-server.ts';
import type { PublicRealServerView } from '../../sampling/view.ts';
import type { CalledAddress } from './called-address.ts';
import type { PublicEvidence } from './evidence.ts';

/** Whether IPVS lets the firewall see its connections. */
export function isTracked({ machine }: PublicEvidence): boolean {
  return machine.sysctl('net/ipv4/vs/conntrack') === '1';
}

/** What the director's firewall does with a client's packet to a service before IPVS sees it. */
export function requestVerdict(
  { machine }: PublicEvidence,
  { family, protocol, address, port, mark }: CalledAddress,
  state: TrackingState,
): Verdict {
  return verdictOf(machine.firewall(), ['prerouting', 'input'], {
    family,
    source: null,
    destination: address,
    protocol: protocolNumber(protocol),
    sourcePort: null,
    destinationPort: port === 0 ? null : port,
    inLink: null,
    outLink: null,
    state,
    mark,
    ...(state === 'new' && { tcpFlags: syn }),
  });
}

/** TCP flags of a SYN and a SYN-ACK. */
const syn = 0x02;
const synAck = 0x12;

/**
 * What the director's firewall does with a real server's response under NAT, before IPVS puts the virtual address
 * back.
 */
export function responseVerdict(
  { machine, network }: PublicEvidence,
  { protocol, port }: CalledAddress,
  { realServer: { identity } }: PublicRealServerView,
  state: TrackingState,
): Verdict {
  const route = network.routes.get(identity.address);
  return verdictOf(machine.firewall(), ['prerouting', 'forward'], {
    family: identity.family,
    source: identity.address,
    destination: null,
    protocol: protocolNumber(protocol),
    // A real server of port 0 answers from the port that was called.
    sourcePort: identity.port || port || null,
    destinationPort: null,
    inLink: route?.kind === 'unicast' ? route.link : null,
    outLink: null,
    state,
    mark: null,
    tcpFlags: synAck,
  });
}

/**
 * What the director's firewall does with a request that IPVS sends on to a real server. Such a request passes
 * LOCAL_OUT like packets of this machine itself (`ip_vs_send_or_cont` and its like in
 * `net/netfilter/ipvs/ip_vs_xmit.c`).
 */
export function sentOnVerdict(
  evidence: PublicEvidence,
  identity: CalledAddress,
  row: PublicRealServerView,
): Verdict {
  const { machine, network } = evidence;
  const packets = requestsSentOn(identity, row);
  const route = network.routes.get(row.realServer.identity.address);
  // A request to a real server on this machine is not sent.
  if (packets === undefined || route?.kind !== 'unicast') return { kind: 'accept' };
  const isTunnelled = row.realServer.forwarding === 'tun';
  return verdictOf(machine.firewall(), ['output'], {
    family: packets.family,
    source: null,
    destination: packets.address,
    protocol: typeof packets.protocol === 'number' ? packets.protocol : protocolNumber(packets.protocol),
    sourcePort: null,
    destinationPort: packets.port === 0 ? null : packets.port,
    inLink: null,
    outLink: route.link,
    state: isTunnelled ? null : isTracked(evidence) ? 'new' : 'untracked',
    mark: isTunnelled ? null : identity.mark,
    ...(!isTunnelled && { tcpFlags: syn }),
  });
}

/**
 * Requests as IPVS sends them on; `undefined` for tunnels other than IP in IP, and for methods that are none of the
 * three modes.
 */
export function requestsSentOn(
  service: AddressServiceIdentity,
  { realServer }: PublicRealServerView,
): Packets | undefined {
  const { identity, forwarding } = realServer;
  const { family, protocol, port } = service;
  const to = { side: 'destination' as const, family, protocol };
  if (forwarding === 'dr') return { ...to, address: service.address, port };
  // A real server of port 0 is reached on the port that was called.
  if (forwarding === 'nat') return { ...to, address: identity.address, port: identity.port || port };
  const isPlain = isWholeRealServer(realServer) && realServer.tunnel.type === 'ipip';
  return forwarding === 'tun' && isPlain
    ? {
        ...to,
        family: identity.family,
        address: identity.address,
        protocol: family === 'inet' ? 4 : 41,
        port: 0,
      }
    : undefined;
}

/** The state that the firewall sees in a response under NAT: of a connection it knows, or of none. */
export function responseState(evidence: PublicEvidence): TrackingState {
  return isTracked(evidence) ? 'established' : 'invalid';
}

/** The rule or policy that drops a packet, in words: `INPUT drops them: "-p tcp -j DROP", 12 packets so far`. */
export function dropWords(place: RulePlace): string {
  const { rule } = place;
  if (rule === null) return `the policy of ${chainWords(place)} drops them`;
  const counted = rule.packets === null ? '' : `, ${rule.packets} packets so far`;
  return `${chainWords(place)} drops them: "${ruleWords(place.table, rule)}"${counted}`;
}

/** A rule as its own program lists it. */
export function ruleWords({ tool }: FirewallTable, rule: FirewallRule): string {
  return tool === 'nftables' ? nftRuleText(rule) : ruleText(rule);
}

/** Where a rule stands: `INPUT`, `PREROUTING of the table raw`, `chain input of nft's table inet filter`. */
export function chainWords({ table, chain }: Pick<RulePlace, 'table' | 'chain'>): string {
  if (table.tool === 'nftables')
    return `chain ${chain} of nft's table ${nftFamilies[table.family]} ${table.name}`;
  return table.name === 'filter' ? chain : `${chain} of the table ${table.name}`;
}

/** The command that lists the rules of a table. */
export function listCommand(family: Family, table: FirewallTable | undefined): string {
  if (table?.tool === 'nftables') return 'nft list ruleset';
  const other = table === undefined || table.name === 'filter' ? '' : `-t ${table.name} `;
  return `${iptables(family, table)} ${other}-S`;
}

const nftFamilies: Readonly<Record<FirewallTable['family'], string>> = {
  inet: 'ip',
  inet6: 'ip6',
  both: 'inet',
};

/** Packets from or to an address, of one protocol and port; port 0 is any. */
export interface Packets {
  readonly family: Family;
  readonly side: 'source' | 'destination';
  readonly address: string;
  /** A name, or the protocol number of a tunnel. */
  readonly protocol: AddressServiceIdentity['protocol'] | number;
  readonly port: number;
}

/** The command that lets packets pass the chain that dropped them, before all its rules. */
export function acceptCommand({ table, chain }: RulePlace, packets: Packets): string {
  if (table.tool === 'nftables')
    return `nft insert rule ${nftFamilies[table.family]} ${shellWord(table.name)} ${shellWord(chain)} ${nftPackets(packets)} accept`;
  const other = table.name === 'filter' ? '' : `-t ${table.name} `;
  return `${iptables(packets.family, table)} ${other}-I ${chain} ${iptablesPackets(packets)} -j ACCEPT`;
}

/** The command that leaves packets untracked, for the program that keeps the rules. */
export function untrackCommand({ tool }: Pick<FirewallTable, 'tool'>, packets: Packets): string {
  const { family } = packets;
  if (tool !== 'nftables')
    return `${iptables(family, { tool })} -t raw -A PREROUTING ${iptablesPackets(packets)} -j CT --notrack`;
  const table = `${nftFamilies[family]} lvstop`;
  return `nft 'add table ${table}; add chain ${table} prerouting { type filter hook prerouting priority -300; }; add rule ${table} prerouting ${nftPackets(packets)} notrack'`;
}

/** The rule that marks clients' packets, for the program that keeps the rules, with words to fill in. */
export function markCommand(family: Family, table: FirewallTable | undefined, mark: number): string {
  return table?.tool === 'nftables'
    ? `in a chain of the hook prerouting "${nftFamilies[family]} daddr ADDRESS tcp dport PORT meta mark set ${mark}"`
    : `"${iptables(family, table)} -t mangle -A PREROUTING -d ADDRESS -p tcp --dport PORT -j MARK --set-mark ${mark}"`;
}

function iptablesPackets({ side, address, protocol, port }: Packets): string {
  const [to, ports] = side === 'source' ? ['-s', '--sport'] : ['-d', '--dport'];
  return `${to} ${address} -p ${protocol}${port === 0 ? '' : ` ${ports} ${port}`}`;
}

function nftPackets({ family, side, address, protocol, port }: Packets): string {
  const [to, ports] = side === 'source' ? ['saddr', 'sport'] : ['daddr', 'dport'];
  return `${nftFamilies[family]} ${to} ${address} ${port === 0 ? `meta l4proto ${protocol}` : `${protocol} ${ports} ${port}`}`;
}

/**
 * `iptables` for a family; `-nft` is added where nftables holds the rules, since plain `iptables` may be the other
 * variant.
 */
function iptables(family: Family, table: Pick<FirewallTable, 'tool'> | undefined): string {
  return `${family === 'inet' ? 'iptables' : 'ip6tables'}${table?.tool === 'iptables-nft' ? '-nft' : ''}`;
}

/** The packets of a service's clients. */
export function requestsTo({ family, address, protocol, port }: AddressServiceIdentity): Packets {
  return { family, side: 'destination', address, protocol, port };
}

/** The packets of a real server's responses under NAT. */
export function responsesOf(
  { protocol, port }: AddressServiceIdentity,
  { realServer: { identity } }: PublicRealServerView,
): Packets {
  return {
    family: identity.family,
    side: 'source',
    address: identity.address,
    protocol,
    port: identity.port || port,
  };
}
