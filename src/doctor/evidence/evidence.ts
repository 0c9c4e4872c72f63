import type { JournalledChange } from '../../changes/journal/journalled-change.ts';
import type { NetworkFacts } from '../../forwarding/network-facts.ts';
import type { KernelCounters, Machine } from '../../host/machine/machine.ts';
import type { ConnectionSample } from '../../ipvs/connection.ts';
import type { DirectorInfo, Timeouts } from '../../ipvs/director-info.ts';
import type { SyncDaemon } from '../../ipvs/sync-daemon.ts';
import type { KnownAnswers } from '../../probe/known-answers.ts';
import type { PublicServiceView, ServiceView } from '../../sampling/view.ts';

/** What everybody may look at, gathered at one moment: checks themselves read nothing. */
export interface PublicEvidence {
  readonly info: DirectorInfo;
  /** With connection numbers; those that the doctor was asked about, or all. */
  readonly services: readonly PublicServiceView[];
  /** With a route to every real server and every virtual address; nothing is in it where it was not looked at. */
  readonly network: NetworkFacts;
  /** Its settings below `net/ipv4/vs` are those of the director. */
  readonly machine: Machine;
  /** `null` where they may not be read. */
  readonly syncDaemons: readonly SyncDaemon[] | null;
  readonly connections: ConnectionSample;
  /** What the kernel had counted some seconds before; `null` where that was not looked at. */
  readonly countersBefore: KernelCounters | null;
  /** When the set-up scripts of real servers were printed here, and settings advised. */
  readonly setUps: SetUpTimes;
  /** Virtual addresses that another machine has, since keepalived is the backup of their VRRP instance here. */
  readonly standby: ReadonlySet<string>;
  /** What others have changed lately, the newest first; none where nobody followed the table. */
  readonly changes: readonly JournalledChange[];
  /** Of what is gathered, milliseconds since the epoch. */
  readonly time: number;
  /** Who answers on the director's links for virtual addresses, and for real servers; `null` when nobody was asked. */
  readonly holders: readonly AddressHolder[] | null;
  /** What real servers answered that were asked for their virtual address. */
  readonly answers: KnownAnswers;
}

/** Everything that the checks look at, for whoever has the right to all of it. */
export interface Evidence extends PublicEvidence {
  /** With counters and rates, too. */
  readonly services: readonly ServiceView[];
  readonly syncDaemons: readonly SyncDaemon[];
  /** By which the connections expire. */
  readonly timeouts: Timeouts;
  /** How the running table stands to the saved one; `unknown` where that was not looked at. */
  readonly saved: SavedState;
}

/**
 * When the set-up script of a real server was printed last, milliseconds since the epoch, by `realServerKey`; and when a
 * setting was advised last, by what `advisedSettings` gives.
 */
export type SetUpTimes = ReadonlyMap<string, number>;

/** How the running table stands to the file that is loaded at boot. */
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
