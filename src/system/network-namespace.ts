import { closeSync, constants, openSync, statSync } from 'node:fs';
import { loadLibc } from './libc.ts';
import { errnoName } from './system-error.ts';

/** `CLONE_NEWNET` (`include/uapi/linux/sched.h`). */
const networkKind = 0x40000000;

/** The file of the network namespace that this process is in, as the kernel tells it of the main thread. */
const ownFile = '/proc/self/ns/net';

/** A network namespace that this process has entered because the operator asked for it. */
export interface EnteredNamespace {
  /** As the operator named it. */
  readonly word: string;
  /** The file that leads into it. */
  readonly file: string;
}

/** The file of the network namespace that a process is in. */
export function namespaceFileOf(pid: number): string {
  return `/proc/${pid}/ns/net`;
}

/**
 * Inode number of the network namespace that a file stands for, this process's own by default; `undefined` where the
 * file is not there or may not be looked at. Two files with one number are one namespace.
 */
export function namespaceNumber(path: string = ownFile): number | undefined {
  try {
    return statSync(path).ino;
  } catch {
    return undefined;
  }
}

/**
 * Moves this process into the network namespace that a file stands for, which takes CAP_SYS_ADMIN. The kernel moves
 * only the calling thread: so that has to be the main one, which `/proc/net` and `/proc/self` go by, and no other
 * thread that opens sockets or files may be running yet. Sockets that are open stay where they are.
 * Throws an error with the system's code (`errnoName`) where the file cannot be opened, is not a network namespace, or
 * the right is missing.
 */
export function enterNetworkNamespace(path: string): void {
  // Without O_NONBLOCK, opening a named pipe would wait for a writer.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    enter(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Runs something in another network namespace and comes back, even when it throws. Throws as `enterNetworkNamespace`.
 */
export function inNetworkNamespace<Result>(path: string, run: () => Result): Result {
  const own = openSync(ownFile, 'r');
  try {
    enterNetworkNamespace(path);
    try {
      return run();
    } finally {
      enter(own);
    }
  } finally {
    closeSync(own);
  }
}

function enter(file: number): void {
  const libc = loadLibc();
  if (libc.setns(file, networkKind) === 0) return;
  const code = errnoName(libc.errno());
  throw Object.assign(new Error(`setns: ${code}`), { code });
}
