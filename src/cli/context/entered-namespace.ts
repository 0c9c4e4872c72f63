import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { namespaceFolders } from '../../host/network/network-namespaces.ts';
import { IpvsError } from '../../ipvs/error.ts';
import {
  type EnteredNamespace,
  enterNetworkNamespace,
  namespaceFileOf,
} from '../../system/network-namespace.ts';
import { reasonOf, systemErrorCode } from '../../system/system-error.ts';

/** Kept for the whole process, which is in one network namespace at a time. */
let entered: EnteredNamespace | null = null;

/** The network namespace that `--netns` has named; `null` where this process is in the one in which it was started. */
export function enteredNamespace(): EnteredNamespace | null {
  return entered;
}

/**
 * Moves this process into the network namespace that a word means: a path, the number of a process, or a name of
 * `ip netns` or Docker's. To be done before anything of the network is opened. Throws an `IpvsError`.
 */
export function enterNamespace(word: string): void {
  const file = fileOf(word);
  try {
    enterNetworkNamespace(file);
  } catch (error) {
    throw entryError(word, error);
  }
  entered = { word, file };
}

/** Names that `enterNamespace` takes. */
export function namedNamespaces(): readonly string[] {
  return namespaceFolders.flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []));
}

function fileOf(word: string): string {
  if (word.includes('/')) return word;
  if (/^\d+$/.test(word)) return namespaceFileOf(Number(word));
  const file = namespaceFolders.map((folder) => join(folder, word)).find((path) => existsSync(path));
  if (file !== undefined) return file;
  throw IpvsError.input(
    'no-such-namespace',
    'enter the network namespace',
    word,
    `there is none of that name in ${namespaceFolders.join(' or ')}`,
    'see "lvstop namespaces", or give its path or the number of a process in it',
  );
}

function entryError(word: string, error: unknown): IpvsError {
  const operation = 'enter the network namespace';
  const code = systemErrorCode(error);
  if (code === 'EPERM' || code === 'EACCES') {
    return new IpvsError(
      {
        code: 'no-right',
        operation,
        object: word,
        reason: 'that takes CAP_SYS_ADMIN',
        advice: 'run lvstop with sudo',
        errno: code,
      },
      { cause: error },
    );
  }
  const isOther = code === 'EINVAL' || code === 'EISDIR';
  const reason = isOther ? 'it is no network namespace' : reasonOf(error);
  return IpvsError.input(
    'no-such-namespace',
    operation,
    word,
    reason,
    'see "lvstop namespaces" for those that hold a table',
  );
}
