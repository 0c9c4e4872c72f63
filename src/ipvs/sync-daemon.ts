/** A connection synchronisation daemon of this director, or one to be started. */
export interface SyncDaemon {
  readonly state: 'master' | 'backup';
  readonly interface: string;
  /** 0 to 255; a backup with 0 takes every master's messages. */
  readonly syncId: number;
  /** Bytes; 0 lets the kernel choose by the interface's MTU. */
  readonly maxLength: number;
  /** Multicast group; null for the kernel's default 224.0.0.81. */
  readonly group: string | null;
  /** UDP port; 0 for the default 8848. */
  readonly port: number;
  /** Hops of the multicast packets; 0 for the default 1. */
  readonly ttl: number;
}
