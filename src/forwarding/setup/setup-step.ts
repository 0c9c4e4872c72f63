import type { Family } from '../../ipvs/family.ts';

/**
 * One thing that a real server needs. The scripts that set up, check and undo are all made from it, so that they
 * cannot drift apart. Its parts are lines of POSIX sh.
 */
export interface SetupStep {
  /**
   * The name of its note on the real server. The same thing has the same key, whatever service needs it. Safe as a
   * file name.
   */
  readonly key: string;
  /** The wanted state, in the words that the scripts print: `10.0.0.100/32 on lo`. */
  readonly what: string;
  /** Why it is needed, one paragraph; becomes a comment in the scripts. */
  readonly why: string;
  /** Ends with status 0 when it is so. Changes nothing, and needs no special rights. */
  readonly is: readonly string[];
  /** What to do where it is not so. */
  readonly remedy: Remedy;
  /** The configuration that restores it at boot; left out where there is none. */
  readonly lasting?: LastingSetting;
}

/** A setting for a configuration that is read at boot. */
export type LastingSetting =
  /** A setting below `/proc/sys` by its path. */
  | { readonly kind: 'sysctl'; readonly path: string; readonly value: number }
  | { readonly kind: 'module'; readonly name: string }
  /** An address on a device; a device that has one is up. */
  | { readonly kind: 'address'; readonly family: Family; readonly prefix: string; readonly device: string }
  /** A tunnel device for IPv4 in IPv6 from any sender. */
  | { readonly kind: 'tunnel'; readonly device: string; readonly local: string }
  /** Packets from an address go through a gateway, by a routing table of their own. */
  | {
      readonly kind: 'policy route';
      readonly from: string;
      /** Only packets of that protocol and source port; `null` for any. */
      readonly protocol: string | null;
      readonly port: number | null;
      readonly gateway: string;
      readonly table: number;
      readonly preference: number;
    };

/** What to do about a thing that is not as wanted. */
export type Remedy =
  | {
      readonly kind: 'change';
      /** Prints, in one line, what `unmake` needs to restore; nothing where it needs nothing. */
      readonly was: readonly string[];
      readonly make: readonly string[];
      /** Restores the former state; `$1` is what `was` printed. Harmless if somebody else has restored it already. */
      readonly unmake: readonly string[];
      /** Set if traffic flows without it in most networks: if it cannot be done, the rest is done anyway. */
      readonly isOptional?: boolean;
    }
  /** A change that is not undone: others may use what it brought, and it harms nobody. */
  | { readonly kind: 'lasting change'; readonly make: readonly string[] }
  /** No script can do it; `text` says what the operator should do. */
  | {
      readonly kind: 'advice';
      readonly text: string;
      /** Set if traffic flows without it in most networks. */
      readonly isOptional?: boolean;
    };
