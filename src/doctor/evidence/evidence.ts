import type { JournalledChange } from '../../changes/journal/journalled-change.ts';
import type { NetworkFacts } from '../../forwarding/network-facts.ts';
import type { KernelCounters, Machine } from '../../host/machine/machine.ts';
import type { ConnectionSample } from '../../ipvs/connection.ts';
import type { DirectorInfo, Timeouts } from '../../ipvs/director-info.ts';
import type { SyncDaemon } from '../../ipvs/sync-daemon.ts';
import type { KnownAnswers } from '../../probe/known-answers.ts';
import type { PublicServiceView, ServiceView } from '../../sampling/view.ts';

/** What may be read without special rights, gathered at one moment: checks read nothing themselves. */
export interface PublicEvidence {
  readonly info: DirectorInfo;
  /** The services that the doctor was asked about, or all, with their numbers of connections. */
  readonly services: readonly PublicServiceView[];
  /** With a route to every real server and virtual address; empty where the network could not be read. */
  readonly network: NetworkFacts;
  /** This machine. Its settings below `net/ipv4/vs` are the director's. */
  readonly machine: Machine;
  /** `null` where they may not be read. */
  readonly syncDaemons: readonly SyncDaemon[] | null;
  readonly connections: ConnectionSample;
  /** The kernel's counters of some seconds before; `null` where they were not read. */
  readonly countersBefore: KernelCounters | null;
  /** When set-up scripts were printed here, and when settings were advised. */
  readonly setUps: SetUpTimes;
  /** Virtual addresses that are rightly missing here: keepalived is the backup of their VRRP instance. */
  readonly standby: ReadonlySet<string>;
  /** Recent changes of the table, the newest first; empty where nobody followed it. */
  readonly changes: readonly JournalledChange[];
  /** When this was gathered, milliseconds since the epoch. */
  readonly time: number;
  /** Who answers on the director's links for virtual addresses, and for real servers; `null` when nobody was asked. */
  readonly holders: readonly AddressHolder[] | null;
  /** What real servers answered to probes for their virtual address. */
  readonly answers: KnownAnswers;
}

/** Everything that the checks look at, for whoever has the right to all of it. */
export interface Evidence extends PublicEvidence {
  /** With counters and rates, too. */
  readonly services: readonly ServiceView[];
  readonly syncDaemons: readonly SyncDaemon[];
  /** The kernel's time-outs of connections. */
  readonly timeouts: Timeouts;
  /** Whether the running table is what is saved; `unknown` where that was not compared. */
  readonly saved: SavedState;
}

/**
 * When a real server's set-up script was last printed, by `realServerKey`, and when a setting was last advised, by
 * the keys that `advisedSettings` gives. Milliseconds since the epoch.
 */
export type SetUpTimes = ReadonlyMap<string, number>;

/** Whether the running table is what the file holds that is loaded at boot. */
export type SavedState =
  | { readonly kind: 'unknown' }
  /** `file` is where it would be saved. */
  | { readonly kind: 'no file'; readonly file: string }
  | { readonly kind: 'unreadable'; readonly file: string; readonly reason: string }
  | { readonly kind: 'same'; readonly file: string }
  | { readonly kind: 'differs'; readonly file: string; readonly changes: number };

/** A machine on a link that answers for an address. */
export interface AddressHolder {
  readonly address: string;
  /** Name of the interface that the answer came in by. */
  readonly link: string;
  /** `00:00:5e:00:53:01`. */
  readonly mac: string;
}
