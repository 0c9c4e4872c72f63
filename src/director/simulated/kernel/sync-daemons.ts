import type { SyncDaemon } from '../../../ipvs/sync-daemon.ts';

/** What a daemon gets that names nothing else (`IP_VS_SYNC_GROUP`, `IP_VS_SYNC_PORT` in `net/netfilter/ipvs/ip_vs_sync.c`). */
const defaultGroup = '224.0.0.81';
const defaultPort = 8848;
const defaultTtl = 1;
/** MTU of every simulated interface, bytes. */
const mtu = 1500;
/** Bytes of the headers of IP and UDP in front of a message. */
const inetHeaders = 28;
const inet6Headers = 48;
/** Least length of a backup's messages, bytes. */
const leastOfBackup = 1024;

/** A daemon as it runs, with the defaults filled in as `start_sync_thread` does. */
export function startedSyncDaemon(daemon: SyncDaemon): SyncDaemon {
  const group = daemon.group ?? defaultGroup;
  const headers = group.includes(':') ? inet6Headers : inetHeaders;
  const least = daemon.state === 'backup' ? leastOfBackup : 1;
  return {
    ...daemon,
    syncId: daemon.syncId >>> 0,
    group,
    maxLength:
      daemon.maxLength === 0 ? mtu - headers : Math.min(65_535 - headers, Math.max(least, daemon.maxLength)),
    port: daemon.port === 0 ? defaultPort : daemon.port,
    ttl: daemon.ttl === 0 ? defaultTtl : daemon.ttl,
  };
}
