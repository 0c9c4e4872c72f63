import { closeSync, openSync, readSync } from 'node:fs';

/** Bytes of the list that are looked through: a few hundred connections, in the order of a random hash. */
const longestLook = 2 ** 16;

/** Whether a connection of IPVS's table came from a master's sync daemon (`ip_vs_conn_sync_seq_show` in `ip_vs_conn.c`). */
export function hasSyncedConnection(): boolean | 'unknown' {
  let file: number;
  try {
    file = openSync('/proc/net/ip_vs_conn_sync', 'r');
  } catch {
    return 'unknown';
  }
  try {
    const chunk = Buffer.alloc(4096);
    for (let read = 0; read < longestLook; ) {
      const length = readSync(file, chunk, 0, chunk.length, null);
      if (length === 0) return false;
      if (/ SYNC /.test(chunk.toString('latin1', 0, length))) return true;
      read += length;
    }
    return 'unknown';
  } finally {
    closeSync(file);
  }
}
