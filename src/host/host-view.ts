/** The director as a machine at one moment; a part is `null` where this machine does not tell it. */
export interface HostView {
  /** `null` before the second sample, and where there is no `/proc/stat`. */
  readonly cpu: CpuView | null;
  readonly memory: MemoryView | null;
  /**
   * In the kernel's order. An interface appears with its second sample, since a rate needs two, and is gone
   * as soon as the kernel no longer lists it. `null` where there is no `/proc/net/dev`.
   */
  readonly interfaces: readonly InterfaceView[] | null;
  /**
   * The interface that carries the most; it stays until another carries a quarter more. Loopback and those
   * that are down are taken only where there is nothing else.
   */
  readonly busiest: InterfaceView | null;
}

/** What the processors did between the last two samples. */
export interface CpuView {
  /** Share of all processors' time that was not idle, 0 to 1; interrupts and steal are part of it. */
  readonly busy: number;
  /** Share spent in soft interrupts, 0 to 1: where the kernel forwards packets, so a director's real load. */
  readonly softirq: number;
  /** Share that the hypervisor gave to others, 0 to 1. */
  readonly steal: number;
  /** Processors that are online. */
  readonly cores: number;
  /**
   * The processor that is busiest: one whose receive queue fills limits a director long before the average
   * does. `null` when no single processor can be told apart.
   */
  readonly hottestCore: CoreView | null;
  /** `busy` of the last samples, oldest first, this one last, at most `historyLength`. */
  readonly history: readonly number[];
}

/** One processor between the last two samples. */
export interface CoreView {
  /** The kernel's number of it. */
  readonly index: number;
  /** 0 to 1, as for all processors. */
  readonly busy: number;
  /** 0 to 1. */
  readonly softirq: number;
}

/** Memory, in bytes. */
export interface MemoryView {
  readonly total: number;
  /** What programs could not get any more: `total` less the kernel's own estimate of what is available. */
  readonly used: number;
}

/** An interface between the last two samples; everything is per second. */
export interface InterfaceView {
  /** Safe to show. */
  readonly name: string;
  readonly inBytesPerSecond: number;
  readonly outBytesPerSecond: number;
  readonly inPacketsPerSecond: number;
  readonly outPacketsPerSecond: number;
  /** Packets lost for want of room: dropped, missed by a full ring, or lost to an overrun. */
  readonly inDropsPerSecond: number;
  readonly outDropsPerSecond: number;
  /** Broken packets. */
  readonly inErrorsPerSecond: number;
  readonly outErrorsPerSecond: number;
}

/** Something that can tell how a machine is doing. */
export interface HostSampler {
  /**
   * The view of now; to be called once a tick. Calls closer than `shortestInterval` to the last share its
   * view, since rates over less say nothing. Never rejects.
   */
  sample(): Promise<HostView>;
}

/** Samples that `CpuView.history` holds at most. */
export const historyLength = 60;

/** Milliseconds that two samples are apart at least: ten of the kernel's clock ticks. */
export const shortestInterval = 100;

/** The history with one more sample, without what has become too old. */
export function extendHistory(history: readonly number[], busy: number): readonly number[] {
  return [...history.slice(1 - historyLength), busy];
}
