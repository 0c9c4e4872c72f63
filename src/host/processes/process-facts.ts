import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { startTime } from '../../system/process-identity.ts';

/** What the system tells of a process, as texts that are not made visible. */
export interface ProcessFacts {
  readonly pid: number;
  /** Clock ticks from the machine's start to the process's; `null` where it was gone by then. */
  readonly start: string | null;
  /** The kernel's name of it: its program's, cut after 15 bytes, or what it calls itself. */
  readonly name: string;
  /** What it was called with; empty where it was gone by then. */
  readonly command: readonly string[];
  /** Effective user. */
  readonly userId: number | null;
  /** The user id that logged in, which sudo and su keep; `null` when nobody did. */
  readonly loginUserId: number | null;
  /** Variables that tell of sudo and SSH, from its own environment and then from those of the processes above it. */
  readonly environments: readonly Readonly<Record<string, string>>[];
  /** Names of the processes above it, as the kernel has them, the nearest first. */
  readonly callers: readonly string[];
}

/** Variables that tell who is behind a process. */
const telling = ['SUDO_USER', 'DOAS_USER', 'SSH_CONNECTION', 'SSH_CLIENT'];

/** Processes above it that are looked at, at most; a shell under SSH under sudo is three. */
const mostAbove = 16;
/** Arguments of a command line that are kept at most, and characters of each. */
const mostArguments = 64;
const longestArgument = 256;
/** What the kernel says when nobody has logged in. */
const nobody = 0xffffffff;
/** `CAP_NET_ADMIN` (`include/uapi/linux/capability.h`). */
const networkAdmin = 1n << 12n;

/** What `/proc/PID/status` tells of a process; the last three fields decide whether a port can be its own. */
interface Status {
  readonly name: string;
  readonly parent: number;
  readonly userId: number | null;
  /** Its numbers in this pid namespace and those inside. */
  readonly pids: readonly string[];
  readonly isKernelThread: boolean;
  readonly mayWrite: boolean;
}

/** What can be read of a process; `undefined` where there is none. */
export function readProcessFacts(pid: number): ProcessFacts | undefined {
  const status = readStatus(pid);
  return status && factsOf(pid, status);
}

/** The command line is read first here: when a process ends, it is gone sooner than the status. */
function factsOf(pid: number, status: Status): ProcessFacts {
  const command = textOf(`/proc/${pid}/cmdline`) ?? '';
  const own = environmentOf(pid);
  const login = textOf(`/proc/${pid}/loginuid`)?.trim();
  const start = startTime(pid) ?? null;
  const above = [...processesAbove(status.parent)];
  const environments = [own, ...above.map(({ environment }) => environment)];
  return {
    pid,
    start,
    name: status.name,
    command: command
      .replace(/\0$/, '')
      .split('\0', mostArguments)
      .filter((word, place) => place > 0 || word !== '')
      .map((word) => word.slice(0, longestArgument)),
    userId: status.userId,
    loginUserId:
      login === undefined || !/^\d+$/.test(login) || Number(login) === nobody ? null : Number(login),
    environments: environments.filter((one): one is Readonly<Record<string, string>> => one !== undefined),
    callers: above.flatMap(({ name }) => name ?? []),
  };
}

/** The processes above one, as far as they may be read. */
function* processesAbove(parent: number): Generator<{
  readonly name: string | undefined;
  readonly environment: Readonly<Record<string, string>> | undefined;
}> {
  let pid = parent;
  for (let level = 0; level < mostAbove && pid > 1; level++) {
    const environment = environmentOf(pid);
    const status = readStatus(pid);
    yield { name: status?.name, environment };
    pid = status?.parent ?? 0;
  }
}

function environmentOf(pid: number): Readonly<Record<string, string>> | undefined {
  const entries = textOf(`/proc/${pid}/environ`)?.split('\0');
  if (entries === undefined) return undefined;
  const found: [string, string][] = [];
  for (const name of telling) {
    const entry = entries.find((one) => one.startsWith(`${name}=`));
    if (entry !== undefined)
      found.push([name, entry.slice(name.length + 1, name.length + 1 + longestArgument)]);
  }
  return Object.fromEntries(found);
}

function readStatus(pid: number): Status | undefined {
  const text = textOf(`/proc/${pid}/status`);
  if (text === undefined) return undefined;
  const fields = new Map(
    text.split('\n').map((line): [string, string] => {
      const at = line.indexOf(':');
      return [line.slice(0, at), line.slice(at + 1).trim()];
    }),
  );
  const state = fields.get('State') ?? '';
  const user = fields.get('Uid')?.split(/\s+/)[1];
  return {
    name: fields.get('Name') ?? '',
    parent: Number(fields.get('PPid') ?? 0),
    userId: user === undefined ? null : Number(user),
    pids: fields.get('NSpid')?.split(/\s+/) ?? [String(pid)],
    // A process that is ending (Z, X) has no memory either.
    isKernelThread: !fields.has('VmSize') && !/^[ZX]/.test(state) && fields.get('PPid') === '2',
    mayWrite: (BigInt(`0x${fields.get('CapEff') ?? '0'}`) & networkAdmin) !== 0n,
  };
}

/** The protocol number of generic netlink in `/proc/net/netlink`. */
const generic = '16';
/** Bits of a netlink port in which libnl and the kernel itself put the process's number. */
export const pidBits = 0x3fffff;

/** Who owns a port: a process, one that was gone already, or nobody knows. */
export type PortOwner =
  | { readonly kind: 'process'; readonly facts: ProcessFacts }
  | { readonly kind: 'gone'; readonly pid: number }
  | { readonly kind: 'unknown' };

/**
 * Whose a port of generic netlink is, in the network namespace of the calling thread. Its low 22 bits are the process's
 * number by custom only, and that of its own pid namespace: a container's first process has the port 1. So where the
 * socket is still open, its file must be one of the process's, and is looked for among all otherwise; where it is closed,
 * the process must at least be one that can have written.
 */
export function ownerOfPort(port: number): PortOwner {
  const pid = port & pidBits;
  // Before anything else: a process that has asked for something may be gone within a millisecond.
  const status = pid === 0 ? undefined : readStatus(pid);
  const facts = status && factsOf(pid, status);
  const inode = socketOf(port);
  if (facts !== undefined && status !== undefined) {
    const isHeld = inode === undefined ? undefined : holds(pid, inode);
    // A command closes its socket after each request: it may have done so between the two looks.
    const isElsewhere = isHeld === false && socketOf(port) === inode;
    if (isHeld === true || (!isElsewhere && isPossible(pid, status))) return { kind: 'process', facts };
  }
  const holder = inode === undefined ? undefined : holderOf(inode);
  if (holder !== undefined) return { kind: 'process', facts: holder };
  return facts === undefined && pid !== 0 ? { kind: 'gone', pid } : { kind: 'unknown' };
}

function isPossible(pid: number, { pids, isKernelThread, mayWrite }: Status): boolean {
  if (pids.length > 1 || isKernelThread || !mayWrite) return false;
  const [own, other] = [namespaceOf('thread-self'), namespaceOf(pid)];
  return own === undefined || other === undefined || own === other;
}

function namespaceOf(process: number | string): string | undefined {
  try {
    return readlinkSync(`/proc/${process}/ns/net`);
  } catch {
    return undefined;
  }
}

/** Number of the socket that has that port; `undefined` where it is closed. */
function socketOf(port: number): string | undefined {
  for (const line of textOf('/proc/thread-self/net/netlink')?.split('\n') ?? []) {
    const fields = line.trim().split(/\s+/);
    // Ports are told as signed numbers.
    if (fields[1] === generic && Number(fields[2]) >>> 0 === port) return fields[9];
  }
  return undefined;
}

/** Whether a socket is one of a process's files; `undefined` where these may not be looked at, or it is ending. */
function holds(pid: number, inode: string): boolean | undefined {
  const folder = `/proc/${pid}/fd`;
  let files: readonly string[];
  try {
    files = readdirSync(folder);
  } catch {
    return undefined;
  }
  for (const file of files) {
    try {
      if (readlinkSync(`${folder}/${file}`) === `socket:[${inode}]`) return true;
    } catch {
      // It was closed meanwhile.
    }
  }
  return files.length === 0 ? undefined : false;
}

function holderOf(inode: string): ProcessFacts | undefined {
  for (const entry of readdirSync('/proc')) {
    if (/^\d+$/.test(entry) && holds(Number(entry), inode) === true) return readProcessFacts(Number(entry));
  }
  return undefined;
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
