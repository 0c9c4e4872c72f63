import { type Libc, loadLibc, socketTypes } from '../../system/libc.ts';
import { errnoName } from '../../system/system-error.ts';
import { NetlinkError } from '../wire/netlink-error.ts';
import { attachFilter } from './attach-filter.ts';

/** Address family of packet sockets (`include/linux/socket.h`). */
export const AF_PACKET = 17;

/** A packet socket (packet(7)) that is filtered and bound. */
export interface PacketFile {
  readonly libc: Libc;
  readonly fd: number;
  /** The error of the call that has just failed. */
  failed(operation: string): NetlinkError;
}

/**
 * Opens a packet socket that gets what a program of classic BPF lets through, bound to a `struct sockaddr_ll`. With
 * `raw` packets have their link headers. Needs CAP_NET_RAW. Throws `NetlinkError`.
 */
export function openPacketSocket(
  type: 'raw' | 'datagram',
  program: Uint8Array,
  address: Uint8Array,
): PacketFile {
  const libc = loadLibc();
  const failed = (operation: string) =>
    new NetlinkError({ kind: 'system', operation, errno: errnoName(libc.errno()) });
  // Without a protocol it gets nothing before its filter is there and it is bound.
  const fd = libc.socket(AF_PACKET, socketTypes[type] | socketTypes.closedOnExec, 0);
  if (fd < 0) throw failed('open packet socket');
  const attempt = (operation: string, result: number) => {
    if (result >= 0) return;
    const error = failed(operation);
    libc.close(fd);
    throw error;
  };
  attempt('attach filter', attachFilter(libc, fd, program));
  attempt('bind packet socket', libc.bind(fd, address, address.length));
  return { libc, fd, failed };
}
