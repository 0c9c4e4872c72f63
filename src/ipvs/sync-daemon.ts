import { addressKind, parseAddress } from './address.ts';
import { IpvsError } from './error.ts';
import { bytesOfName, longestInterfaceName } from './name-lengths.ts';

/** The two sides of synchronisation: a master tells of its connections, a backup listens. */
export const syncDaemonStates = ['master', 'backup'] as const;

/** A connection synchronisation daemon of this director, or one to be started. */
export interface SyncDaemon {
  readonly state: (typeof syncDaemonStates)[number];
  readonly interface: string;
  /** 0 to 255; a backup with 0 takes every master's messages. */
  readonly syncId: number;
  /** Bytes of a message at most; 0 lets the kernel choose by the interface's MTU. */
  readonly maxLength: number;
  /** Multicast group; null for the kernel's default 224.0.0.81. */
  readonly group: string | null;
  /** UDP port; 0 for the default 8848. */
  readonly port: number;
  /** Hops of the multicast packets; 0 for the default 1. */
  readonly ttl: number;
}

/** What is left to the kernel when a daemon is started without saying otherwise. */
export const defaultSyncDaemonSettings = { syncId: 0, maxLength: 0, group: null, port: 0, ttl: 0 } as const;

/** Greatest values of a daemon's numbers. */
export const greatestSyncValues = { syncId: 255, maxLength: 65_507, port: 65_535, ttl: 255 } as const;

/** Whether a running daemon is what was asked for; what was left to the kernel may be anything. */
export function isDaemonAsWanted(running: SyncDaemon, wanted: SyncDaemon): boolean {
  return (
    running.state === wanted.state &&
    running.interface === wanted.interface &&
    running.syncId === wanted.syncId &&
    (wanted.maxLength === 0 || running.maxLength === wanted.maxLength) &&
    (wanted.group === null || running.group === wanted.group) &&
    (wanted.port === 0 || running.port === wanted.port) &&
    (wanted.ttl === 0 || running.ttl === wanted.ttl)
  );
}

/** Throws an input `IpvsError` for a daemon that no machine could start. */
export function requireValidSyncDaemon(daemon: SyncDaemon): void {
  const refuse = (what: string, value: unknown, advice: string): never => {
    throw IpvsError.input(
      'bad-value',
      'start sync daemon',
      daemon.state,
      `${JSON.stringify(value)} is not ${what}`,
      advice,
    );
  };
  if (!/^[^\s/]+$/.test(daemon.interface) || bytesOfName(daemon.interface) > longestInterfaceName) {
    refuse('the name of an interface', daemon.interface, 'look at the interfaces with "ip link"');
  }
  for (const [field, greatest] of Object.entries(greatestSyncValues)) {
    const value = daemon[field as keyof typeof greatestSyncValues];
    if (!Number.isInteger(value) || value < 0 || value > greatest) {
      refuse(`a ${field}`, value, `give a whole number from 0 to ${greatest}`);
    }
  }
  if (daemon.group !== null) {
    const group = parseAddress(daemon.group);
    if (group === undefined || addressKind(group.text) !== 'multicast') {
      refuse('a multicast group', daemon.group, 'give one like 224.0.0.81');
    }
  }
}
