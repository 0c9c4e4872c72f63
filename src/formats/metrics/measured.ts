import type { Counters, Rates } from '../../ipvs/counters.ts';
import type { PublicRealServer } from '../../ipvs/real-server.ts';
import type { PublicService } from '../../ipvs/service.ts';
import type { ListedDirector } from '../ipvsadm/listing.ts';

/** All that metrics are made of: a table at one moment, and what is known around it. */
export interface Measured {
  /** Version of lvstop. */
  readonly version: string;
  readonly director: Pick<ListedDirector, 'access' | 'hostName' | 'source' | 'info' | 'state'>;
  /** When the table was read, milliseconds since the epoch. */
  readonly time: number;
  readonly services: readonly MeasuredService[];
  /** What IPVS has carried in all, services that are gone included; `null` where that is not told. */
  readonly totals: Counters | null;
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
  /** What real servers answered when they were probed; `null` where none is. */
  readonly probing: {
    /** Whether they can be asked. */
    readonly works: boolean;
    /** Those whose last answer still counts, and tells whether clients are served. */
    readonly answers: readonly ProbedRealServer[];
  } | null;
  /** What the doctor found; `null` where it has not looked. */
  readonly findings: {
    /** Milliseconds since the epoch. */
    readonly time: number;
    readonly counts: readonly FindingCount[];
  } | null;
}

/** A service at that moment. */
export interface MeasuredService {
  readonly service: PublicService;
  /** Sums over its real servers. */
  readonly connections: MeasuredConnections;
  /** `null` where they may not be read. */
  readonly counters: Counters | null;
  /** The kernel's own averages; `null` where they may not be read. */
  readonly kernelRates: Rates | null;
  readonly realServers: readonly MeasuredRealServer[];
}

/** A real server at that moment. */
export interface MeasuredRealServer {
  readonly realServer: PublicRealServer;
  readonly connections: MeasuredConnections;
  readonly counters: Counters | null;
  readonly kernelRates: Rates | null;
  /** Share of its service's new connections in the last minute, 0 to 1; `null` where there were none. */
  readonly share: number | null;
  /** Share that weights and scheduler would give it, 0 to 1; `null` where that cannot be told. */
  readonly due: number | null;
  /** Whether the kernel passes it over since it is at its upper threshold. */
  readonly overloaded: boolean;
}

/** What a real server answered for what clients call. */
export interface ProbedRealServer {
  readonly service: PublicService;
  readonly realServer: PublicRealServer;
  readonly isAnswered: boolean;
  /** Milliseconds until it answered; `null` where it did not. */
  readonly milliseconds: number | null;
  /** When it was asked, milliseconds since the epoch. */
  readonly time: number;
}

/** Connections at that moment. */
export interface MeasuredConnections {
  readonly active: number;
  readonly inactive: number;
  /** `null` where it may not be read. */
  readonly persistent: number | null;
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
