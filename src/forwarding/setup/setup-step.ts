import type { Family } from '../../ipvs/family.ts';

/**
 * One thing that a real server needs. The scripts that set up, look and take back are all made from it, so that they
 * cannot drift apart. Its parts are lines of POSIX sh.
 */
export interface SetupStep {
  /** Names its note on the real server; the same thing has the same key for whatever service needs it. Safe as a file name. */
  readonly key: string;
  /** What shall be, in the words that the scripts print: `10.0.0.100/32 on lo`. */
  readonly what: string;
  /** Why, one paragraph; a comment of the scripts. */
  readonly why: string;
  /** Ends with status 0 when it is so. Changes nothing and needs no right. */
  readonly is: readonly string[];
  /** What is done where it is not so. */
  readonly remedy: Remedy;
  /** What brings it about again at boot, as a configuration; left out where there is none for it. */
  readonly lasting?: LastingSetting;
}

/** Something for a configuration that is read at boot. */
export type LastingSetting =
  /** A setting below `/proc/sys` by its path. */
  | { readonly kind: 'sysctl'; readonly path: string; readonly value: number }
  | { readonly kind: 'module'; readonly name: string }
  /** An address on a device; a device that has one is up. */
  | { readonly kind: 'address'; readonly family: Family; readonly prefix: string; readonly device: string }
  /** A tunnel of its own for IPv4 in IPv6 from wherever it comes. */
  | { readonly kind: 'tunnel'; readonly device: string; readonly local: string }
  /** Packets from an address go through a gateway, by a routing table for them alone. */
  | {
      readonly kind: 'policy route';
      readonly from: string;
      /** Only those of a protocol and source port, where they are given. */
      readonly protocol: string | null;
      readonly port: number | null;
      readonly gateway: string;
      readonly table: number;
      readonly preference: number;
    };

/** What is done about a thing that is not as it shall be. */
export type Remedy =
  | {
      readonly kind: 'change';
      /** Prints what `unmake` needs to bring back, one line; nothing where that is known without. */
      readonly was: readonly string[];
      readonly make: readonly string[];
      /** Brings back what was; `$1` is what `was` printed. Does no harm when another hand has done so already. */
      readonly unmake: readonly string[];
      /** Traffic flows without it in most networks, so that where it cannot be done the rest is done all the same. */
      readonly isOptional?: boolean;
    }
  /** A change that stays: what it brought may be in use by others, and harms nobody. */
  | { readonly kind: 'lasting change'; readonly make: readonly string[] }
  /** Nothing that a script could do; what the operator should do instead. */
  | {
      readonly kind: 'advice';
      readonly text: string;
      /** As above. */
      readonly isOptional?: boolean;
    };
