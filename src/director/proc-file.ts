import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { IpvsError } from '../ipvs/error.ts';
import { visible } from '../ipvs/visible.ts';
import { systemErrorCode, systemErrorReason } from '../system/system-error.ts';
import { missingIpvsError } from './kernel-error.ts';

/** More than the kernel gives at once: a page, or one service with all its real servers. No line is that long. */
const bytesPerRead = 2 ** 16;

/**
 * Whole lines of a file in `/proc` as bytes, as many at a time as the kernel gives, in one buffer that the next step
 * overwrites. Throws an `unreachable` `IpvsError` where the file is missing, may not be read, or has a line that is
 * longer than the buffer.
 */
export function* procBytes(path: string, operation: string): Generator<Buffer, void, void> {
  const buffer = Buffer.allocUnsafe(bytesPerRead);
  let file: number | undefined;
  let rest = 0;
  try {
    file = openSync(path, 'r');
    for (;;) {
      const length = readSync(file, buffer, rest, buffer.length - rest, null);
      if (length === 0) break;
      const read = rest + length;
      const end = buffer.lastIndexOf('\n', read - 1) + 1;
      if (end === 0 && read === buffer.length) throw endless(path, operation);
      if (end > 0) yield buffer.subarray(0, end);
      buffer.copyWithin(0, end, read);
      rest = read - end;
    }
  } catch (error) {
    throw unreadable(path, operation, error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
  if (rest > 0) yield buffer.subarray(0, rest);
}

/** As `procBytes`, but each step gives its lines as text. */
export function* procLines(path: string, operation: string): Generator<readonly string[], void, void> {
  for (const bytes of procBytes(path, operation)) {
    const lines = bytes.toString('latin1').split('\n');
    if (lines.at(-1) === '') lines.pop();
    yield lines;
  }
}

function endless(path: string, operation: string): IpvsError {
  return new IpvsError({
    code: 'proc-unreadable',
    operation,
    object: '',
    reason: `${path} has a line of more than ${bytesPerRead} characters, which is not the kernel's`,
    advice: 'see what is mounted there',
  });
}

function unreadable(path: string, operation: string, error: unknown): unknown {
  const errno = systemErrorCode(error);
  if (errno === undefined) return error;
  if (errno === 'ENOENT') return missingIpvsError(operation);
  return new IpvsError(
    {
      code: 'proc-unreadable',
      operation,
      object: '',
      reason: `${path} cannot be read: ${systemErrorReason(errno)}`,
      advice:
        errno === 'EACCES' || errno === 'EPERM' ? 'run lvstop with sudo' : 'set that right and try again',
      errno,
    },
    { cause: error },
  );
}

/** Value of `/proc/sys/net/ipv4/vs/NAME`, which everybody may read; `undefined` where this kernel has none. */
export function readSetting(name: string): string | undefined {
  if (!/^[a-z_0-9]+$/.test(name)) return undefined;
  try {
    return visible(readFileSync(`/proc/sys/net/ipv4/vs/${name}`, 'utf8').trim());
  } catch {
    return undefined;
  }
}
