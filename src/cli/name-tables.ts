import { lookup } from 'node:dns/promises';
import { readFileSync } from 'node:fs';

/** Ports by name and protocol, like `http/tcp`, as the system's list has them; empty where there is none. */
export function systemPorts(path = '/etc/services'): ReadonlyMap<string, number> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return new Map();
  }
  return parsePorts(text);
}

/** Reads lines like `http 80/tcp www`; the first one counts, as for getservbyname. */
export function parsePorts(text: string): ReadonlyMap<string, number> {
  const ports = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [name, number, ...aliases] = line.replace(/#.*$/, '').trim().split(/\s+/);
    const match = /^(\d{1,5})\/(\w+)$/.exec(number ?? '');
    if (match === null) continue;
    for (const each of [name, ...aliases]) {
      const key = `${each}/${match[2]}`;
      if (!ports.has(key)) ports.set(key, Number(match[1]));
    }
  }
  return ports;
}

/** Asks the system, `/etc/hosts` included, what host names stand for; those that it does not know are left out. */
export async function resolveHosts(
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const hosts = new Map<string, readonly string[]>();
  for (const name of names) {
    try {
      const found = await lookup(name, { all: true });
      hosts.set(name, [...new Set(found.map(({ address }) => address))]);
    } catch {
      // The reader names it with its line.
    }
  }
  return hosts;
}
