import type { Family } from '../../ipvs/family.ts';

/** What the firewall of this network namespace is set to, as far as it could be read. */
export interface Firewall {
  /** The tables of iptables and ip6tables. */
  readonly tables: readonly FirewallTable[];
  /** Why there may be rules beside these; `null` where these are all. */
  readonly unread: 'nftables' | 'no right' | null;
  /** Whether rules look at the state of connections; `perhaps` where those that do may be of another network namespace. */
  readonly tracks: boolean | 'perhaps' | 'unknown';
}

/** A firewall without rules. */
export const noFirewall: Firewall = { tables: [], unread: null, tracks: false };

/** `filter`, `nat`, `mangle`, `raw` or `security` of a family. */
export interface FirewallTable {
  readonly family: Family;
  readonly name: string;
  /** By name; those of the kernel's hooks are `PREROUTING`, `INPUT`, `FORWARD`, `OUTPUT` and `POSTROUTING`. */
  readonly chains: ReadonlyMap<string, FirewallChain>;
}

/** Rules that are gone through in turn. */
export interface FirewallChain {
  readonly rules: readonly FirewallRule[];
  /** What happens to a packet that gets to the end; of a chain of the user's it goes back. */
  readonly policy: 'accept' | 'drop' | 'return';
}

/** One rule. */
export interface FirewallRule {
  readonly source: AddressMatch | null;
  readonly destination: AddressMatch | null;
  /** Number of the protocol; `null` for every one. */
  readonly protocol: { readonly number: number; readonly isInverted: boolean } | null;
  readonly inLink: LinkMatch | null;
  readonly outLink: LinkMatch | null;
  readonly matches: readonly FirewallMatch[];
  readonly target: FirewallTarget;
  /** Packets that it has taken so far. */
  readonly packets: number;
}

/** Addresses of a prefix, or all others. */
export interface AddressMatch {
  /** Canonical text. */
  readonly address: string;
  /** `null` for a mask with holes. */
  readonly prefixLength: number | null;
  readonly isInverted: boolean;
}

/** An interface by name, or all whose names begin so. */
export interface LinkMatch {
  readonly name: string;
  readonly isBeginning: boolean;
  readonly isInverted: boolean;
}

/** States of a connection as rules see them. */
export type TrackingState = 'invalid' | 'established' | 'related' | 'new' | 'untracked';

/** What else a rule asks of a packet. */
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
  /** Whether IPVS has to do with it. */
  | { readonly kind: 'ipvs' }
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
  /** `MASQUERADE`, `SNAT`, `LOG` … */
  | { readonly kind: 'other'; readonly name: string };
