import { closeSync, constants, openSync, statSync } from 'node:fs';
import { loadLibc } from './libc.ts';
import { errnoName } from './system-error.ts';

/** `CLONE_NEWNET` (`include/uapi/linux/sched.h`). */
const networkKind = 0x40000000;

/** The file of the network namespace that this process is in, as the kernel tells it of the main thread. */
const ownFile = '/proc/self/ns/net';

/** A network namespace into which this process was moved by the operator's word. */
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
 * Number of the network namespace that a file is, of this process's where none is given; `undefined` where the file is
 * not there or may not be looked at. Two files with one number are one namespace.
 */
export function namespaceNumber(path: string = ownFile): number | undefined {
  try {
    return statSync(path).ino;
  } catch {
    return undefined;
  }
}

/**
 * Moves this process into the network namespace that a file is, which takes CAP_SYS_ADMIN. What is a thread's own moves
 * with the calling thread only: so it has to be the main one, which `/proc/net` and `/proc/self` go by, before any other
 * thread is there that opens sockets or files. Sockets that are open stay where they are.
 * Throws an error with the system's code (`errnoName`) where the file cannot be opened, is none of a network namespace,
 * or the right is missing.
 */
export function enterNetworkNamespace(path: string): void {
  // A named pipe in its place would be waited for.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    enter(file);
  } finally {
    closeSync(file);
  }
}

/** Does something in another network namespace and comes back, whatever comes of it. Throws as `enterNetworkNamespace`. */
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
