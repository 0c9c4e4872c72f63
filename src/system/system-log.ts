import { loadLibc, messageFlags, socketTypes } from './libc.ts';

/** Where syslog daemons and systemd's journal alike take messages. */
const socketPath = '/dev/log';
/** Facility `daemon`, severity `notice` (RFC 5424, 6.2.1). */
const priority = 3 * 8 + 5;
/** Longer messages are cut by one log or the other. */
const longestMessage = 1024;

/** A message as the C library's `syslog` writes it to the local socket (RFC 3164, without the host's name). */
export function formatSyslogMessage(text: string, time: Date, pid: number): string {
  const stamp = `${months[time.getMonth()] ?? ''} ${String(time.getDate()).padStart(2)} ${time.toTimeString().slice(0, 8)}`;
  const cut = text.length > longestMessage ? `${text.slice(0, longestMessage - 1)}…` : text;
  return `<${priority}>${stamp} lvstop[${pid}]: ${cut}`;
}

/**
 * Writes a line into the system's log, whichever it has, without starting a process and without waiting. Tells
 * whether it was taken; a machine without a log loses nothing but that line.
 */
export function writeSystemLog(text: string, path: string = socketPath): boolean {
  return sendUnixDatagram(path, Buffer.from(formatSyslogMessage(text, new Date(), process.pid)));
}

/** `AF_UNIX` (`include/linux/socket.h`). */
const unix = 1;
/** `sun_path` of `sockaddr_un`, with the NUL behind it. */
const longestPath = 108;

/**
 * Sends one datagram to a local socket and never waits: a log that is full or gone must not hold up a change of the
 * table. Tells whether it was taken. Node itself has no datagrams of this kind.
 */
function sendUnixDatagram(path: string, bytes: Uint8Array): boolean {
  const name = Buffer.from(`${path}\0`);
  if (name.length > longestPath) return false;
  const address = Buffer.alloc(2 + name.length);
  // The family stands in the machine's own byte order.
  address.set(new Uint8Array(Uint16Array.of(unix).buffer));
  name.copy(address, 2);
  try {
    const libc = loadLibc();
    const descriptor = libc.socket(unix, socketTypes.datagram | socketTypes.closedOnExec, 0);
    if (descriptor < 0) return false;
    const flags = messageFlags.withoutWaiting | messageFlags.withoutSignal;
    const sent = libc.sendto(descriptor, bytes, bytes.length, flags, address, address.length);
    libc.close(descriptor);
    return sent === bytes.length;
  } catch {
    // koffi has no build for this platform.
    return false;
  }
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
