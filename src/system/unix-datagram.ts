import { createRequire } from 'node:module';

/** The calls of the C library that one datagram takes. Each returns -1 on error. */
interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  sendto(
    descriptor: number,
    bytes: Uint8Array,
    length: number,
    flags: number,
    address: Uint8Array,
    addressLength: number,
  ): number;
  close(descriptor: number): number;
}

/** `AF_UNIX`, `SOCK_DGRAM | SOCK_CLOEXEC`, `MSG_DONTWAIT | MSG_NOSIGNAL` (`include/linux/socket.h`, `include/linux/net.h`). */
const unix = 1;
const closedOnExec = 0o2000000;
const datagram = 2 | closedOnExec;
const withoutWaiting = 0x40 | 0x4000;
/** `sun_path` of `sockaddr_un`, with the NUL behind it. */
const longestPath = 108;

let loaded: Libc | undefined;

/**
 * Sends one datagram to a local socket and never waits: a log that is full or gone must not hold up a change of the
 * table. Tells whether it was taken. Node itself has no datagrams of this kind.
 */
export function sendUnixDatagram(path: string, bytes: Uint8Array): boolean {
  const name = Buffer.from(`${path}\0`);
  if (name.length > longestPath) return false;
  const address = Buffer.alloc(2 + name.length);
  // The family stands in the machine's own byte order.
  address.set(new Uint8Array(Uint16Array.of(unix).buffer));
  name.copy(address, 2);
  try {
    loaded ??= bindLibc();
    const descriptor = loaded.socket(unix, datagram, 0);
    if (descriptor < 0) return false;
    const sent = loaded.sendto(descriptor, bytes, bytes.length, withoutWaiting, address, address.length);
    loaded.close(descriptor);
    return sent === bytes.length;
  } catch {
    // koffi has no build for this platform.
    return false;
  }
}

function bindLibc(): Libc {
  const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
  // Without a name the library is the running program itself, which has glibc or musl linked in.
  const library = koffi.load(null);
  return {
    socket: library.func('int socket(int, int, int)') as Libc['socket'],
    sendto: library.func('int64_t sendto(int, void *, uint64_t, int, void *, uint32_t)') as Libc['sendto'],
    close: library.func('int close(int)') as Libc['close'],
  };
}
