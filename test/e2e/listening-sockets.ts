import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** `TCP_LISTEN` (`include/net/tcp_states.h`), as `/proc/net/tcp` writes it. */
const LISTEN = '0A';

/** The local addresses, as `/proc/net/tcp` writes them, on which this process waits for connections. */
export function listeningSockets(pid: number): string[] {
  const folder = `/proc/${pid}`;
  const open = new Set(readdirSync(`${folder}/fd`).map((fd) => linkAt(`${folder}/fd/${fd}`)));
  return ['tcp', 'tcp6']
    .flatMap((name) => readFileSync(`${folder}/net/${name}`, 'utf8').trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === LISTEN && open.has(`socket:[${inode}]`))
    .map(([, address = '']) => address);
}

/** Where the link leads; nowhere if it has gone meanwhile. */
function linkAt(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
