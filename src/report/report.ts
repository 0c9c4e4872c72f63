import type { TableEvent } from '../changes/events/event.ts';
import type { Finding } from '../doctor/finding.ts';
import type { Rates } from '../ipvs/counters.ts';
import type { RealServerKey, ServiceKey } from '../ipvs/identity.ts';

/** A time, both ends milliseconds since the epoch. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The highest value of a number that a sample showed, and when. */
export interface Peak {
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** What the director as a whole carried in a part of the time; rates are means of the samples. */
export interface LoadSlot extends Stretch {
  /** 0 where nothing was recorded. */
  readonly samples: number;
  /** `null` where no sample told them. */
  readonly rates: Rates | null;
  /** Highest number of new connections a second. */
  readonly peak: number | null;
  /** Highest number of active connections. */
  readonly active: number | null;
  /** Mean share of the processors' time that was not idle, 0 to 1. */
  readonly busy: number | null;
}

/** What a service carried. */
export interface ServiceLoad {
  readonly key: ServiceKey;
  /** Connections and bytes that its counters moved by between samples; `null` where they may not be read. */
  readonly connections: number | null;
  readonly inBytes: number | null;
  readonly outBytes: number | null;
  /** New connections a second. */
  readonly peak: Peak | null;
  readonly activePeak: Peak;
  /** Whether it is in the last sample. */
  readonly isThere: boolean;
}

/** What a real server got of its service's connections, beside what weights and scheduler would have given it. */
export interface ServerShare {
  readonly key: RealServerKey;
  readonly connections: number;
  /** Connections of all its service's real servers in the same time. */
  readonly ofService: number;
  /** 0 to 1. */
  readonly share: number;
  /** 0 to 1, over the same connections: weights may have changed. */
  readonly due: number;
  /** Whether chance alone hardly makes so great a difference: more than four standard deviations, and a hundredth. */
  readonly isFar: boolean;
}

/** A finding of the doctor, and how long it stood. */
export interface StoodFinding {
  readonly finding: Finding;
  /** The first sample that it was found with. */
  readonly first: number;
  readonly last: number;
  /** Whether it is found with the last sample. */
  readonly stands: boolean;
}

/** What happened to a director in a time, as a recording tells it. */
export interface Report extends Stretch {
  readonly hostName: string;
  readonly source: 'kernel' | 'simulated';
  /** Release of its kernel. */
  readonly kernel: string;
  readonly access: 'full' | 'public';
  /** Seconds between samples. */
  readonly interval: number;
  readonly samples: number;
  /** Stretches without a gap between samples, within the time. */
  readonly recorded: readonly Stretch[];
  readonly load: {
    /** Of all services together; `null` where counters may not be read. */
    readonly connections: number | null;
    readonly peaks: {
      readonly connections: Peak | null;
      readonly inPackets: Peak | null;
      readonly inBytes: Peak | null;
      readonly outBytes: Peak | null;
      readonly active: Peak | null;
      readonly busy: Peak | null;
      readonly memory: Peak | null;
    };
    readonly slots: readonly LoadSlot[];
  };
  /** Those with most connections first. */
  readonly services: readonly ServiceLoad[];
  /** Those furthest from their due first; none where the share or the due cannot be told. */
  readonly shares: readonly ServerShare[];
  /** The oldest first. */
  readonly changes: readonly TableEvent[];
  readonly drains: readonly TableEvent[];
  /** Thresholds, saves, the watch, and whether IPVS could be reached. */
  readonly others: readonly TableEvent[];
  /** The gravest first. */
  readonly findings: readonly StoodFinding[];
}
