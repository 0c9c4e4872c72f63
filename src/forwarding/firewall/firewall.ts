import type { Family } from '../../ipvs/family.ts';

/** The firewall of this network namespace, as far as it could be read. */
export interface Firewall {
  readonly tables: readonly FirewallTable[];
  /**
   * Tables of nftables that see packets elsewhere, on a bridge or an interface, and that are not examined:
   * `netdev filter`.
   */
  readonly aside: readonly string[];
  /** Why there may be further rules; `null` where these are all. */
  readonly unread: 'nftables' | 'no right' | null;
  /**
   * Whether rules look at the state of connections; `perhaps` where the rules that do may be in another network
   * namespace.
   */
  readonly tracks: boolean | 'perhaps' | 'unknown';
}

/** A firewall without rules. */
export const noFirewall: Firewall = { tables: [], aside: [], unread: null, tracks: false };

/** A table of iptables (`filter`, `nat`, `mangle`, `raw`, `security`) or of nftables. */
export interface FirewallTable {
  /** `iptables-nft` where nftables holds the rules that iptables writes. */
  readonly tool: 'iptables' | 'iptables-nft' | 'nftables';
  /** `both` is nftables' family `inet`. */
  readonly family: Family | 'both';
  readonly name: string;
  readonly chains: ReadonlyMap<string, FirewallChain>;
}

/** Where the kernel hands packets to the firewall. */
export type FirewallPoint = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';

/** A chain: rules that are tried in turn. */
export interface FirewallChain {
  /** Where packets enter the chain; chains of lower priority come first. `null` for a chain that rules jump to. */
  readonly base: { readonly point: FirewallPoint; readonly priority: number; readonly isNat: boolean } | null;
  readonly rules: readonly FirewallRule[];
  /** What happens to a packet that reaches the end; from a user's chain it returns. */
  readonly policy: 'accept' | 'drop' | 'return';
}

/** One rule. */
export interface FirewallRule {
  readonly source: AddressMatch | null;
  readonly destination: AddressMatch | null;
  /** Number of the protocol; `null` for any. */
  readonly protocol: { readonly number: number; readonly isInverted: boolean } | null;
  readonly inLink: LinkMatch | null;
  readonly outLink: LinkMatch | null;
  readonly matches: readonly FirewallMatch[];
  readonly target: FirewallTarget;
  /** Packets that matched so far; `null` where they are not counted. */
  readonly packets: number | null;
}

/** The addresses of a prefix, or all others. */
export interface AddressMatch {
  /** Canonical text. */
  readonly address: string;
  /** `null` for a mask with holes. */
  readonly prefixLength: number | null;
  readonly isInverted: boolean;
}

/** An interface by its name, or all whose names begin with it. */
export interface LinkMatch {
  readonly name: string;
  readonly isBeginning: boolean;
  readonly isInverted: boolean;
}

/** States of a connection as rules see them. */
export type TrackingState = 'invalid' | 'established' | 'related' | 'new' | 'untracked';

/**
 * A field of a packet that rules compare. All are compared as numbers, a link's name by its 16 bytes, a state by its
 * bit.
 */
export type PacketField =
  | 'family'
  | 'source'
  | 'destination'
  | 'protocol'
  | 'sourcePort'
  | 'destinationPort'
  | 'tcpFlags'
  | 'inLink'
  | 'outLink'
  | 'mark'
  | 'state';

/** First and last. */
export type FieldRange = readonly [bigint, bigint];

/** A further condition of a rule. */
export type FirewallMatch =
  | {
      readonly kind: 'ports';
      readonly side: 'source' | 'destination' | 'either';
      /** First and last. */
      readonly ranges: readonly (readonly [number, number])[];
      readonly isInverted: boolean;
    }
  | { readonly kind: 'state'; readonly states: readonly TrackingState[]; readonly isInverted: boolean }
  | { readonly kind: 'mark'; readonly mark: number; readonly mask: number; readonly isInverted: boolean }
  /** Whether IPVS handles the packet. */
  | { readonly kind: 'ipvs' }
  /**
   * Whether one of the elements has all fields in its ranges. With a mask there is a single field, of which only the
   * masked bits count.
   */
  | {
      readonly kind: 'fields';
      readonly fields: readonly PacketField[];
      readonly elements: readonly (readonly FieldRange[])[];
      readonly mask: bigint | null;
      readonly isInverted: boolean;
      /** The name of the set that the elements are from. */
      readonly set?: string;
    }
  /** A condition that is not understood here, or that depends on more than the packet. */
  | { readonly kind: 'other'; readonly name: string };

/** What a rule does. */
export type FirewallTarget =
  | { readonly kind: 'accept' }
  /** `name` is `DROP` or `REJECT`. */
  | { readonly kind: 'drop'; readonly name: string }
  | { readonly kind: 'return' }
  | { readonly kind: 'jump'; readonly chain: string; readonly comesBack: boolean }
  | { readonly kind: 'mark'; readonly mark: number; readonly mask: number }
  /** The connection is not tracked. */
  | { readonly kind: 'notrack' }
  /** `MASQUERADE`, `SNAT`, `LOG` …: the packet goes on, as far as IPVS is concerned. */
  | { readonly kind: 'other'; readonly name: string }
  /** The packet's fate is not known: another program decides, or the rule is not understood. */
  | { readonly kind: 'unknown'; readonly name: string };

/** Bits of states in rules (`XT_STATE_BIT`, `NF_CT_STATE_BIT`). */
export const stateBits: Readonly<Record<TrackingState, number>> = {
  invalid: 0,
  established: 1,
  related: 2,
  new: 3,
  untracked: 6,
};

/** An interface's name as the number that rules compare. */
export function linkNumber(name: string): bigint {
  return BigInt(`0x${Buffer.from(name.padEnd(16, '\0'), 'latin1').subarray(0, 16).toString('hex')}`);
}
