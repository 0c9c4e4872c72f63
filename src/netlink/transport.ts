import { errnoName } from './errno.ts';
import { type Libc, loadLibc } from './libc.ts';
import { NetlinkError } from './netlink-error.ts';

/** One datagram as received. */
export interface Datagram {
  /** Bytes that the kernel sent; more than the buffer holds means that the rest is lost. */
  readonly length: number;
  /** Netlink port of the sender; the kernel is 0. */
  readonly senderPort: number;
}

/** What carries netlink datagrams: a socket, or a fake kernel in tests. Nothing here blocks. */
export interface Transport {
  /** This socket's netlink port. */
  readonly port: number;
  send(bytes: Uint8Array): void;
  /** Receives the next datagram into `buffer`; `undefined` when none is waiting. */
  receive(buffer: Uint8Array): Datagram | undefined;
  close(): void;
}

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const MSG_TRUNC = 0x20;
const MSG_DONTWAIT = 0x40;
const NETLINK_GENERIC = 16;
const sockaddrLength = 12;

/** Bytes of the socket's receive queue; the kernel doubles it. */
const receiveQueue = 1 << 20;

/** Opens a generic netlink socket. Throws `NetlinkError` when the system has none. */
export function openTransport(): Transport {
  const libc = libcOrError();
  const fd = libc.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
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
  const native = nativeOrder();
  view.setUint16(0, AF_NETLINK, native);
  if (libc.bind(fd, address, sockaddrLength) < 0) throw systemError(libc, 'bind');
  const addressLength = new Uint8Array(4);
  const lengthView = new DataView(addressLength.buffer);
  lengthView.setUint32(0, sockaddrLength, native);
  if (libc.getsockname(fd, address, addressLength) < 0) throw systemError(libc, 'read port');
  const port = view.getUint32(4, native);
  let open = true;
  return {
    port,
    send(bytes) {
      // Once closed, the number may belong to another file by now.
      if (!open) throw closedError('send');
      if (libc.send(fd, bytes, bytes.length, 0) < 0) throw systemError(libc, 'send');
    },
    receive(buffer) {
      if (!open) throw closedError('receive');
      lengthView.setUint32(0, sockaddrLength, native);
      // With MSG_TRUNC the true length comes back even when the buffer was too small: that is how a loss is seen.
      const length = Number(
        libc.recvfrom(fd, buffer, buffer.length, MSG_TRUNC | MSG_DONTWAIT, address, addressLength),
      );
      if (length >= 0) return { length, senderPort: view.getUint32(4, native) };
      const errno = errnoName(libc.errno());
      if (errno === 'EAGAIN') return undefined;
      if (errno === 'EINTR') return this.receive(buffer);
      throw new NetlinkError({ kind: 'system', operation: 'receive', errno });
    },
    close() {
      if (open) libc.close(fd);
      open = false;
    },
  };
}

/** Whether numbers lie little end first, as netlink's headers do on this machine. */
export function nativeOrder(): boolean {
  return new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
}

function closedError(operation: string): NetlinkError {
  return new NetlinkError({ kind: 'system', operation, errno: 'EBADF' });
}

function systemError(libc: Libc, operation: string): NetlinkError {
  return new NetlinkError({ kind: 'system', operation, errno: errnoName(libc.errno()) });
}
