import { lookup } from 'node:dns/promises';
import { IpvsError } from '../../ipvs/error.ts';
import { readSystemText } from '../../system/plain-file.ts';

/** Ports by name and protocol, like `http/tcp`, as the system's list has them; empty where there is none. */
export function systemPorts(path = '/etc/services'): ReadonlyMap<string, number> {
  let text: string;
  try {
    text = readSystemText(path);
  } catch {
    return new Map();
  }
  return parsePorts(text);
}

/** Reads lines like `http 80/tcp www`; the first one counts, as for getservbyname. */
export function parsePorts(text: string): ReadonlyMap<string, number> {
  const ports = new Map<string, number>();
  for (const line of text.split('\n')) {
    const comment = line.indexOf('#');
    const [name, number, ...aliases] = (comment < 0 ? line : line.slice(0, comment)).trim().split(/\s+/);
    const match = /^(\d{1,5})\/(\w+)$/.exec(number ?? '');
    if (match === null) continue;
    for (const each of [name, ...aliases]) {
      const key = `${each}/${match[2]}`;
      if (!ports.has(key)) ports.set(key, Number(match[1]));
    }
  }
  return ports;
}

/** How host names are resolved. */
export interface ResolvingOptions {
  /** Gives the addresses of a name, or rejects. The system's way, `/etc/hosts` included, unless said otherwise. */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
  /** Milliseconds for all names together; a minute unless said otherwise. */
  readonly patience?: number;
}

const resolvingTime = 60_000;
/** How many names are resolved at a time: as many as Node has threads for it. */
const namesAtOnce = 4;

/**
 * Asks what host names stand for; those that are not known are left out. Throws an input `IpvsError` where not all
 * answers have come within the time: a name server that is silent takes seconds for each name.
 */
export async function resolveHosts(
  names: readonly string[],
  { resolve = systemAddresses, patience = resolvingTime }: ResolvingOptions = {},
): Promise<ReadonlyMap<string, readonly string[]>> {
  const hosts = new Map<string, readonly string[]>();
  const waiting = names[Symbol.iterator]();
  let answers = 0;
  let isLate = false;
  /**
   * Resolves one name after the other. Once the time is up none is begun any more, since the process could not end
   * before its answer.
   */
  const work = async () => {
    for (const name of waiting) {
      if (isLate) return;
      try {
        hosts.set(name, [...new Set(await resolve(name))]);
      } catch {
        // The reader of the text names an unknown host with its line.
      }
      answers++;
    }
  };
  const each = Array.from({ length: namesAtOnce }, work);
  const { promise: late, resolve: end } = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => end('late'), patience);
  try {
    if ((await Promise.race([Promise.all(each), late])) !== 'late') return hosts;
  } finally {
    isLate = true;
    clearTimeout(timer);
  }
  throw IpvsError.input(
    'unknown-host',
    'read',
    'host names',
    `of ${names.length} host names only ${answers} were answered for within ${patience / 1000} s`,
    'write addresses, as "ipvsadm -Sn" does; nothing was done',
  );
}

async function systemAddresses(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address);
}
