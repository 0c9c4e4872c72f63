import type { Firewall } from '../../forwarding/firewall/firewall.ts';

/** Packets since boot; `undefined` of what this kernel does not count. */
export interface KernelCounters {
  /** Dropped since their source was an address of this machine, or one that cannot be a source. */
  readonly martians: number | undefined;
  /** Dropped by a strict reverse path filter. */
  readonly reversePathDrops: number | undefined;
  /** ICMP "destination unreachable" that was sent, "fragmentation needed" included. */
  readonly unreachablesSent: number | undefined;
}

/** Connections that the firewall keeps track of. */
export interface TrackedConnections {
  readonly count: number;
  /** How many it takes at most; 0 for no limit. */
  readonly most: number;
}

/** The machine that the director runs on at one moment, as far as checks ask for it beyond its network. */
export interface Machine {
  /** Value of a setting below `/proc/sys`, by path like `net/ipv4/ip_forward`; `undefined` where this kernel has none. */
  sysctl(path: string): string | undefined;
  /**
   * Whether a kernel module can be used: `loaded` (or built in), `available` on disk, or `missing`; `unknown` where
   * this machine does not tell.
   */
  module(name: string): 'loaded' | 'available' | 'missing' | 'unknown';
  /**
   * Programs that are running in this network namespace, or may be, from `names` (`keepalived`, `ldirectord` …), by the
   * kernel's name of a process.
   */
  running(names: readonly string[]): readonly { readonly name: string; readonly pid: number }[];
  /** Process of Docker's daemon, where this network namespace is one of those that it keeps; else `undefined`. */
  dockerDaemon(): number | undefined;
  /** What the kernel has counted of packets that went wrong. */
  counters(): KernelCounters;
  /** `undefined` where the firewall tracks none. */
  trackedConnections(): TrackedConnections | undefined;
  /**
   * Whether a connection of the table came from a sync daemon's master; `unknown` where the list cannot be read, or too
   * much of it would have to be.
   */
  hasSyncedConnection(): boolean | 'unknown';
  /**
   * Local addresses on which programs accept TCP connections to a port, canonical; "0.0.0.0" and "::" for all.
   * `undefined` where that cannot be read.
   */
  listeners(port: number): readonly string[] | undefined;
  /** Its firewall, which is read at the first call. */
  firewall(): Firewall;
}

/** Looks at this machine, or at a simulated one beside a simulated director. */
export interface MachineSampler {
  /** The machine as it is now. Never rejects: what cannot be told is `unknown` or left out. */
  sample(): Promise<Machine>;
  /** A setting alone, as `Machine.sysctl` tells it, without looking at the rest. */
  sysctl(path: string): string | undefined;
}
