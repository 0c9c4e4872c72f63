/** The system's word for what went wrong, like `EACCES`; `undefined` for errors of another kind. */
export function systemErrorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** The reason that a code of the system stands for, one clause; `undefined` for a rare one. */
export function knownSystemErrorReason(code: string | undefined): string | undefined {
  return reasons.get(code ?? '');
}

/** The same, and for a rare one the code. */
export function systemErrorReason(code: string | undefined): string {
  return knownSystemErrorReason(code) ?? `the system says ${code ?? 'nothing of use'}`;
}

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
  ['EIO', 'the disk failed'],
  ['ENXIO', 'it is no plain file'],
]);
