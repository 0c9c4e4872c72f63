import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';

/**
 * The system's word for what went wrong, like `EACCES`; `undefined` for errors of another kind. For some errors, such
 * as a full quota, Node itself knows only the number.
 */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return undefined;
  const isUnknown = numberOf(error.code) === undefined && 'errno' in error && typeof error.errno === 'number';
  const name = isUnknown ? names.get(-Number(error.errno)) : undefined;
  return name ?? error.code;
}

/** Whether the system gave the error, and not Node or a package. */
export function isSystemError(error: unknown): boolean {
  return numberOf(systemErrorCode(error)) !== undefined;
}

/** The reason that a code of the system stands for, one clause; `undefined` where it is none. */
export function knownSystemErrorReason(code: string | undefined): string | undefined {
  if (code === undefined) return undefined;
  const reason = reasons.get(code);
  if (reason !== undefined) return reason;
  const number = numberOf(code);
  if (number === undefined) return undefined;
  const [, message] = getSystemErrorMap().get(-number) ?? [];
  return message ?? `the system gives its error number ${number}, which "man 3 errno" explains`;
}

/** As `knownSystemErrorReason`; for a code that is not the system's, a clause that names it. */
export function systemErrorReason(code: string | undefined): string {
  return knownSystemErrorReason(code) ?? `the system says ${code ?? 'nothing of use'}`;
}

/** What went wrong, one clause: what the system's code stands for, or what the error says itself. */
export function reasonOf(error: unknown): string {
  return (
    knownSystemErrorReason(systemErrorCode(error)) ?? (error instanceof Error ? error.message : String(error))
  );
}

/** Name of an error number, like `EEXIST` of 17; `errno N` where it has none. */
export function errnoName(number: number): string {
  return names.get(number) ?? `errno ${number}`;
}

/** `ENOTSUPP` is the kernel's own and in no C library (`include/linux/errno.h`). */
const numbers = new Map<string, number>([...Object.entries(constants.errno), ['ENOTSUPP', 524]]);
/** Where two names share a number, the one that the kernel's sources use wins. */
const names = new Map([...numbers].map(([name, number]) => [number, name]))
  .set(constants.errno.EAGAIN, 'EAGAIN')
  .set(constants.errno.EOPNOTSUPP, 'EOPNOTSUPP');

function numberOf(code: string | undefined): number | undefined {
  return code === undefined ? undefined : numbers.get(code);
}

/** Reasons in this program's own words; codes that are not here have Node's. */
const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file or folder'],
  ['ENOTDIR', 'a part of the path is no folder'],
  ['EISDIR', 'it is a folder'],
  ['ELOOP', 'it is a symbolic link, which is not followed'],
  ['EACCES', 'this user has no right to it'],
  ['EPERM', 'this user has no right to it'],
  ['EROFS', 'the file system is read-only'],
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EFBIG', 'a file may not be so long here'],
  ['EIO', 'the disk or device failed'],
  ['ENXIO', 'it is no plain file'],
  ['EEXIST', 'something with that name is there already'],
  ['ENAMETOOLONG', 'the name is too long'],
  ['EMFILE', 'this process may not open more files (ulimit -n)'],
  ['ENFILE', 'the machine may not open more files (fs.file-max)'],
  ['EMLINK', 'the file may not have more names'],
  ['ENOTEMPTY', 'the folder is not empty'],
  ['EXDEV', 'it is on another file system'],
  ['ETXTBSY', 'the file is a program that runs'],
  ['EBUSY', 'it is in use'],
  ['EBADF', 'it is closed'],
  ['EPIPE', 'nobody reads it any more'],
  ['EINVAL', 'the system does not take the request'],
  ['ENODEV', 'there is no such device'],
  ['ESTALE', 'the server of the file system does not know the file any more'],
  ['ENOLCK', 'the system has no more locks'],
  ['ENOMEM', 'the memory is used up'],
  ['ENOBUFS', 'the system has no room for the message'],
  ['ENOSYS', 'this kernel does not know the call'],
  ['EOPNOTSUPP', 'this is not supported here'],
  ['ENOTSUP', 'this is not supported here'],
  ['ENOTSUPP', 'this kernel does not support it'],
  ['EAFNOSUPPORT', 'this kernel does not know that kind of address'],
  ['EPROTONOSUPPORT', 'this kernel does not know that protocol'],
  ['EAGAIN', 'it would have to be waited for'],
  ['EINTR', 'it was interrupted'],
]);
