import { type Libc, loadLibc, messageFlags, socketTypes } from '../../system/libc.ts';
import { errnoName } from '../../system/system-error.ts';
import { type Datagram, DatagramSlots } from './datagram-slots.ts';
import { littleEndian } from './message.ts';
import { NetlinkError } from './netlink-error.ts';

/** What carries netlink datagrams: a socket, or a fake kernel in tests. Nothing here blocks. */
export interface Transport {
  /** This socket's netlink port. */
  readonly port: number;
  /** Bytes of a page of memory, on which the kernel's room in a datagram depends. */
  readonly pageLength: number;
  /** What is received lies here until the next `receive`. */
  readonly buffer: Uint8Array;
  send(bytes: Uint8Array): void;
  /** Receives datagrams that wait, one at least and `most` at most; none when none waits. */
  receive(most?: number): readonly Datagram[];
  close(): void;
}

const AF_NETLINK = 16;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
/** Protocols of netlink that are spoken (`include/uapi/linux/netlink.h`). */
const protocols = { route: 0, netfilter: 12, generic: 16 } as const;
const sockaddrLength = 12;

/** Bytes of the socket's receive queue; the kernel doubles it. */
const receiveQueue = 1 << 20;

/**
 * Ports of the sockets that this process opened last, closed ones included: a monitor's reader gets to what they sent a
 * little later.
 */
const ownPorts: number[] = [];
const mostOwnPorts = 256;

/** Whether a port is, or was until lately, one of this process's. */
export function isOwnPort(port: number): boolean {
  return ownPorts.includes(port);
}

/** Opens a netlink socket, by default for generic netlink. Throws `NetlinkError` when the system gives none. */
export function openTransport(protocol: keyof typeof protocols = 'generic'): Transport {
  const libc = libcOrError();
  const fd = libc.socket(AF_NETLINK, socketTypes.raw | socketTypes.closedOnExec, protocols[protocol]);
  if (fd < 0) throw systemError(libc, 'open socket');
  try {
    return bindTransport(libc, fd);
  } catch (error) {
    libc.close(fd);
    throw error;
  }
}

function libcOrError(): Libc {
  try {
    return loadLibc();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new NetlinkError({ kind: 'protocol', operation: 'load the C library', reason });
  }
}

function bindTransport(libc: Libc, fd: number): Transport {
  const value = new Uint8Array(Int32Array.of(receiveQueue).buffer);
  if (libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, value, value.length) < 0)
    throw systemError(libc, 'set receive queue');
  const address = new Uint8Array(sockaddrLength);
  const view = new DataView(address.buffer);
  view.setUint16(0, AF_NETLINK, littleEndian);
  if (libc.bind(fd, address, sockaddrLength) < 0) throw systemError(libc, 'bind');
  const addressLength = new Uint8Array(Uint32Array.of(sockaddrLength).buffer);
  if (libc.getsockname(fd, address, addressLength) < 0) throw systemError(libc, 'read port');
  const port = view.getUint32(4, littleEndian);
  ownPorts.push(port);
  if (ownPorts.length > mostOwnPorts) ownPorts.shift();
  const slots = new DatagramSlots(libc);
  let open = true;
  return {
    port,
    pageLength: libc.pageLength(),
    buffer: slots.buffer,
    send(bytes) {
      // Once closed, the number may belong to another file by now.
      if (!open) throw closedError('send');
      if (libc.send(fd, bytes, bytes.length, 0) < 0) throw systemError(libc, 'send');
    },
    receive(most) {
      if (!open) throw closedError('receive');
      // With MSG_TRUNC the true length comes back even when a slot was too small: that is how a loss is seen.
      const received = slots.receive(fd, messageFlags.truncated | messageFlags.withoutWaiting, most);
      if (received !== undefined) return received;
      const errno = errnoName(libc.errno());
      if (errno === 'EAGAIN') return [];
      if (errno === 'EINTR') return this.receive(most);
      throw new NetlinkError({ kind: 'system', operation: 'receive', errno });
    },
    close() {
      if (open) libc.close(fd);
      open = false;
    },
  };
}

function closedError(operation: string): NetlinkError {
  return new NetlinkError({ kind: 'system', operation, errno: 'EBADF' });
}

function systemError(libc: Libc, operation: string): NetlinkError {
  return new NetlinkError({ kind: 'system', operation, errno: errnoName(libc.errno()) });
}
