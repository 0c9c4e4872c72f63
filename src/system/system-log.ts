import { sendUnixDatagram } from './unix-datagram.ts';

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

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
