import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { IpvsError } from '../ipvs/error.ts';
import { visible } from '../ipvs/visible.ts';
import { systemErrorCode, systemErrorReason } from '../system/system-error.ts';
import { missingIpvsError } from './kernel-error.ts';

/** Characters of a line; the kernel's have two hundred. */
const longestLine = 2 ** 16;

/** More than the kernel gives at once: a page, or one service with all its real servers. */
const bytesPerRead = 2 ** 16;

/**
 * The lines of a file in `/proc`, as many at a time as the kernel gives. Throws an `unreachable` `IpvsError` where it
 * is missing or may not be read.
 */
export function* procLines(path: string, operation: string): Generator<readonly string[], void, void> {
  const buffer = Buffer.allocUnsafe(bytesPerRead);
  let file: number | undefined;
  let rest = '';
  try {
    file = openSync(path, 'r');
    for (;;) {
      const length = readSync(file, buffer);
      if (length === 0) break;
      const lines = (rest + buffer.toString('latin1', 0, length)).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > longestLine) throw endless(path, operation);
      yield lines;
    }
  } catch (error) {
    throw unreadable(path, operation, error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
  if (rest !== '') yield [rest];
}

function endless(path: string, operation: string): IpvsError {
  return new IpvsError({
    code: 'proc-unreadable',
    operation,
    object: '',
    reason: `${path} has a line of more than ${longestLine} characters, which is not the kernel's`,
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
