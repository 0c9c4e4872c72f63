import type { Counters } from '../../ipvs/counters.ts';
import type { RealServerKey } from '../../ipvs/identity.ts';
import type { Listing } from '../ipvsadm/listing.ts';

/** All that metrics are made of: a table at one moment, and what is known around it. */
export interface Measured {
  /** Version of lvstop. */
  readonly version: string;
  readonly listing: Listing;
  /** What IPVS has carried in all, services that are gone included; `null` where that is not told. */
  readonly totals: Counters | null;
  /** Real servers that the kernel passes over since they are at their upper threshold. */
  readonly overloaded: ReadonlySet<RealServerKey>;
  /** Milliseconds that the reading took. */
  readonly readingTime: number;
  /** What is set in the table, as one number that is the same for the same settings; `null` where not all could be read. */
  readonly configurationHash: number | null;
  /** Programs that keep the table; `null` where that was not looked at. */
  readonly owners: readonly string[] | null;
  /** What this machine is of keepalived's VRRP instances; `null` where none keeps the table, or its files cannot be read. */
  readonly vrrp: readonly VrrpRole[] | null;
  /**
   * Changes to the table since the export began to look, by what was changed; `null` where not all of the table can be
   * read.
   */
  readonly changes: readonly ChangeCount[] | null;
  /** What the doctor found; `null` where it has not looked. */
  readonly findings: {
    /** Milliseconds since the epoch. */
    readonly time: number;
    readonly counts: readonly FindingCount[];
  } | null;
}

/** What this machine is of a VRRP instance, by the addresses that it holds. */
export interface VrrpRole {
  readonly name: string;
  readonly state: string;
}

/** How many changes of a kind there were. */
export interface ChangeCount {
  /** As commands name it: `edit real server`. */
  readonly kind: string;
  readonly count: number;
}

/** How many findings of a kind there are. */
export interface FindingCount {
  readonly check: string;
  readonly severity: string;
  readonly count: number;
}
