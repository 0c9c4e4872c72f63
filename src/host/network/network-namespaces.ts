import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { namespaceFileOf, namespaceNumber } from '../../system/network-namespace.ts';
import type { Work } from '../../system/turns.ts';
import type { ProcessName } from '../processes/process-names.ts';

/** Where Docker's daemon keeps the namespaces of its networks, Swarm's `ingress_sbox` among them. */
const dockerFolder = '/run/docker/netns';

/** Where network namespaces have names: those of `ip netns`, and Docker's. */
export const namespaceFolders = ['/run/netns', dockerFolder] as const;

/** A network namespace of this machine. */
export interface NetworkNamespace {
  /** Inode number, which tells it from all others as long as it is there. */
  readonly number: number;
  /** A file that leads into it. */
  readonly file: string;
  /** Its name in one of the folders; `null` where it has none. */
  readonly name: string | null;
  /** Whether Docker's daemon keeps it, and writes its table from outside. */
  readonly isDockers: boolean;
  /** Processes that are in it, as far as this user may see it. */
  readonly processes: readonly ProcessName[];
}

/** The network namespaces of this machine, as far as they can be seen: those with a name, and those of `processes`. */
export function* readNamespaces(processes: readonly ProcessName[]): Work<readonly NetworkNamespace[]> {
  const found = new Map<number, NetworkNamespace & { readonly processes: ProcessName[] }>();
  for (const { name, file, isDockers } of namedNamespaces()) {
    const number = namespaceNumber(file);
    if (number !== undefined && !found.has(number))
      found.set(number, { number, file, name, isDockers, processes: [] });
  }
  for (const process of processes) {
    const file = namespaceFileOf(process.pid);
    const number = namespaceNumber(file);
    if (number !== undefined) {
      const known = found.get(number);
      if (known !== undefined) known.processes.push(process);
      else found.set(number, { number, file, name: null, isDockers: false, processes: [process] });
    }
    yield 1;
  }
  return [...found.values()];
}

/** Whether the network namespace of this process is one that Docker's daemon keeps. */
export function isInDockersNamespace(): boolean {
  const own = namespaceNumber();
  return namedNamespaces().some(({ file, isDockers }) => isDockers && namespaceNumber(file) === own);
}

/** A network namespace by the name that it has. */
interface NamedNamespace extends Pick<NetworkNamespace, 'file' | 'isDockers'> {
  readonly name: string;
}

function namedNamespaces(): readonly NamedNamespace[] {
  return namespaceFolders.flatMap((folder) =>
    namesIn(folder).map((name) => ({ name, file: join(folder, name), isDockers: folder === dockerFolder })),
  );
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return [];
  }
}
