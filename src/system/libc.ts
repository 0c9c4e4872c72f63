import { loadNativePackage } from './native-package.ts';

/**
 * The few calls of the C library that Node does not offer, for sockets, namespaces, terminals and the clock. A call
 * that fails returns -1 and leaves the error's number in `errno()`.
 */
export interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  bind(fd: number, address: Uint8Array, length: number): number;
  getsockname(fd: number, address: Uint8Array, length: Uint8Array): number;
  setsockopt(fd: number, level: number, name: number, value: Uint8Array, length: number): number;
  getsockopt(fd: number, level: number, name: number, value: Uint8Array, length: Uint8Array): number;
  send(fd: number, bytes: Uint8Array, length: number, flags: number): number;
  sendto(
    fd: number,
    bytes: Uint8Array,
    length: number,
    flags: number,
    address: Uint8Array,
    addressLength: number,
  ): number;
  recvfrom(
    fd: number,
    bytes: Uint8Array,
    length: number,
    flags: number,
    address: Uint8Array,
    addressLength: Uint8Array,
  ): number;
  /** `messages` holds `count` structures `mmsghdr`, which the kernel fills from the first one on. */
  recvmmsg(fd: number, messages: Uint8Array, count: number, flags: number, timeout: null): number;
  close(fd: number): number;
  /**
   * Closes a descriptor on another thread: a packet socket waits until no processor is among its readers
   * (`packet_release` in `net/packet/af_packet.c`), some 10 ms on a machine with several.
   */
  closeAside(fd: number): void;
  /** Waits until one of `count` structures `pollfd` is ready, for `timeout` milliseconds at most; -1 waits for ever. */
  poll(files: Uint8Array, count: number, timeout: number): number;
  /** Opens a descriptor that becomes readable once something is written to it, for example by another thread. */
  eventfd(value: number, flags: number): number;
  /** Moves the calling thread into the namespace that the descriptor stands for; `kind` is its `CLONE_NEW*`. */
  setns(fd: number, kind: number): number;
  /** Reads how a terminal is set into a `struct termios`. */
  tcgetattr(fd: number, settings: Uint8Array): number;
  /** Sets a terminal; `when` is 0 for at once. */
  tcsetattr(fd: number, when: number, settings: Uint8Array): number;
  /** Writes the resolution of a clock into a `struct timespec`. */
  clockGetres(clock: number, resolution: BigInt64Array): number;
  errno(): number;
  /** Bytes of a page of memory. */
  pageLength(): number;
  /**
   * Address of the bytes, for structures that hold pointers. Keep the bytes themselves, too: their address does not
   * keep them alive.
   */
  addressOf(bytes: Uint8Array): bigint;
  /** Bytes of a pointer. */
  readonly wordLength: number;
}

let loaded: Libc | undefined;

/**
 * Loads the C library through koffi, at the first call only: the simulated director must start without it.
 * Throws when koffi has no build for this platform.
 */
export function loadLibc(): Libc {
  loaded ??= bindLibc();
  return loaded;
}

function bindLibc(): Libc {
  const koffi = loadNativePackage('koffi') as typeof import('koffi');
  // Without a name the library is the running program itself, which has glibc or musl linked in.
  const library = koffi.load(null);
  const close = library.func('int close(int)');
  return {
    socket: library.func('int socket(int, int, int)') as Libc['socket'],
    bind: library.func('int bind(int, void *, uint32_t)') as Libc['bind'],
    getsockname: library.func('int getsockname(int, void *, void *)') as Libc['getsockname'],
    setsockopt: library.func('int setsockopt(int, int, int, void *, uint32_t)') as Libc['setsockopt'],
    getsockopt: library.func('int getsockopt(int, int, int, void *, void *)') as Libc['getsockopt'],
    send: library.func('int64_t send(int, void *, uint64_t, int)') as Libc['send'],
    sendto: library.func('int64_t sendto(int, void *, uint64_t, int, void *, uint32_t)') as Libc['sendto'],
    recvfrom: library.func(
      'int64_t recvfrom(int, void *, uint64_t, int, void *, void *)',
    ) as Libc['recvfrom'],
    recvmmsg: library.func('int recvmmsg(int, void *, uint32_t, int, void *)') as Libc['recvmmsg'],
    close: close as unknown as Libc['close'],
    closeAside: (fd) => close.async(fd, () => undefined),
    poll: library.func('int poll(void *, unsigned long, int)') as Libc['poll'],
    eventfd: library.func('int eventfd(uint32_t, int)') as Libc['eventfd'],
    tcgetattr: library.func('int tcgetattr(int, void *)') as Libc['tcgetattr'],
    tcsetattr: library.func('int tcsetattr(int, int, void *)') as Libc['tcsetattr'],
    setns: library.func('int setns(int, int)') as Libc['setns'],
    clockGetres: library.func('int clock_getres(int, void *)') as Libc['clockGetres'],
    errno: () => koffi.errno(),
    pageLength: library.func('int getpagesize()') as Libc['pageLength'],
    addressOf: (bytes) => koffi.address(bytes),
    wordLength: koffi.sizeof('void *'),
  };
}

/** Types of sockets, and `SOCK_CLOEXEC` (`include/linux/net.h`). */
export const socketTypes = { datagram: 2, raw: 3, closedOnExec: 0o2000000 } as const;
/** `MSG_TRUNC`, `MSG_DONTWAIT` and `MSG_NOSIGNAL` (`include/linux/socket.h`). */
export const messageFlags = { truncated: 0x20, withoutWaiting: 0x40, withoutSignal: 0x4000 } as const;
