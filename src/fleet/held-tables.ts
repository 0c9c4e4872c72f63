import { openProcDirector } from '../director/procfs/proc-director.ts';
import { processesOf, tableOwners } from '../doctor/evidence/table-owners.ts';
import { type NetworkNamespace, readNamespaces } from '../host/network/network-namespaces.ts';
import { type ProcessName, readProcessNames } from '../host/processes/process-names.ts';
import { IpvsError } from '../ipvs/error.ts';
import type { PublicServiceEntry } from '../ipvs/service.ts';
import { inNetworkNamespace, namespaceNumber } from '../system/network-namespace.ts';
import type { Work } from '../system/turns.ts';

/** A network namespace with services in its IPVS table. */
export interface HeldTable {
  /** What `--netns` takes for it. */
  readonly word: string;
  /** A file that leads into it. */
  readonly file: string;
  /** Whether it is the namespace of this process. */
  readonly isOwn: boolean;
  readonly services: number;
  readonly realServers: number;
  /** Programs that write it by themselves, each with its process. */
  readonly keepers: readonly ProcessName[];
}

/** What was found of a machine's network namespaces. */
export interface TablesOfMachine {
  /** The own one first, then by their words. */
  readonly tables: readonly HeldTable[];
  /** Words of those that this user may not look into. */
  readonly unseen: readonly string[];
}

/**
 * Looks which network namespaces of this machine hold services. A namespace without a process of its own, as Swarm's
 * `ingress_sbox`, can be looked into with CAP_SYS_ADMIN only; the others everybody sees in `/proc`.
 */
export function* findTables(): Work<TablesOfMachine> {
  const processes = yield* readProcessNames();
  const namespaces = yield* readNamespaces(processes);
  const dockerd = processes.filter(({ name }) => name === 'dockerd');
  const own = namespaceNumber();
  const tables: HeldTable[] = [];
  const unseen: string[] = [];
  for (const namespace of namespaces) {
    const isOwn = namespace.number === own;
    const keepers = namespace.isDockers ? dockerd : keepersIn(namespace);
    const word = wordOf(namespace, namespaces, keepers);
    try {
      const size = yield* sizeOf(namespace, isOwn);
      if (size.services > 0) tables.push({ word, file: namespace.file, isOwn, ...size, keepers });
    } catch (error) {
      // A namespace that has gone, or a kernel without IPVS, holds nothing.
      if (isMissingRight(error)) unseen.push(word);
    }
  }
  const order = (one: HeldTable, other: HeldTable) =>
    Number(other.isOwn) - Number(one.isOwn) || one.word.localeCompare(other.word);
  return { tables: tables.toSorted(order), unseen: unseen.toSorted() };
}

/**
 * The word for a namespace: its name, or its file where another one has that name first. Without a name it is the PID
 * of a keeper, else of any process in it, else its file.
 */
function wordOf(
  { name, number, file, processes }: NetworkNamespace,
  all: readonly NetworkNamespace[],
  keepers: readonly ProcessName[],
): string {
  // Of two folders with the same name the first counts.
  if (name !== null) return all.find((one) => one.name === name)?.number === number ? name : file;
  const [first] = [...keepers, ...processes];
  return first === undefined ? file : String(first.pid);
}

function keepersIn({ processes }: NetworkNamespace): readonly ProcessName[] {
  return tableOwners.flatMap((owner) => {
    const names = processesOf(owner);
    const first = processes.find(({ name }) => names.includes(name));
    return first === undefined ? [] : [{ name: owner.name, pid: first.pid }];
  });
}

/** Throws an error where the table may not be read, or is gone. */
function* sizeOf(
  { file, processes }: NetworkNamespace,
  isOwn: boolean,
): Work<Pick<HeldTable, 'services' | 'realServers'>> {
  const [first] = processes;
  const process = isOwn ? 'self' : first?.pid;
  const director = openProcDirector({ folder: `/proc/${process ?? 'self'}/net` });
  const batches = director.serviceBatches()[Symbol.iterator]();
  // Files that were opened in a namespace go on telling of it, so only the first batch has to be read from within.
  let step = process === undefined ? inNetworkNamespace(file, () => batches.next()) : batches.next();
  const services: PublicServiceEntry[] = [];
  while (!step.done) {
    services.push(...step.value);
    yield step.value.length;
    step = batches.next();
  }
  let realServers = 0;
  for (const { service } of services) {
    for (const batch of director.realServerBatches(service.identity)) realServers += batch.length;
    yield 1;
  }
  return { services: services.length, realServers };
}

function isMissingRight(error: unknown): boolean {
  const code =
    error instanceof IpvsError ? error.errno : (error as Partial<Record<'code', unknown>> | undefined)?.code;
  return code === 'EPERM' || code === 'EACCES';
}
