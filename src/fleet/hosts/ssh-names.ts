import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * Names of hosts that the operator's own ssh knows, to be offered while one is typed: those of its configuration and of
 * the hosts that were reached before (`ssh_config(5)`, `known_hosts` of sshd(8)), without patterns, addresses and
 * hashed names. What may not be read is passed over.
 */
export function sshNames(home: string | null, system = '/etc/ssh'): readonly string[] {
  const own = home === null ? [] : [join(home, '.ssh')];
  const places = [
    ...own.map((folder) => ({ folder, config: 'config', known: 'known_hosts' })),
    { folder: system, config: 'ssh_config', known: 'ssh_known_hosts' },
  ];
  const names = places.flatMap(({ folder, config, known }) => [
    ...namesOfConfig(join(folder, config), folder, home, new Set()),
    ...linesOf(join(folder, known)).flatMap((line) => /^[^\s#@|]+/.exec(line)?.[0].split(',') ?? []),
  ]);
  return [...new Set(names.filter(isName))];
}

/** `seen` are files that were read, since they may include one another. */
function namesOfConfig(
  path: string,
  folder: string,
  home: string | null,
  seen: Set<string>,
): readonly string[] {
  if (seen.has(path)) return [];
  seen.add(path);
  return linesOf(path).flatMap((line) => {
    const [, keyword = '', rest = ''] = /^\s*(host|include)(?:\s*=\s*|\s+)(.*)$/i.exec(line) ?? [];
    const words = rest.replaceAll('"', '').split(/\s+/);
    if (keyword.toLowerCase() !== 'include') return words;
    return words
      .flatMap((word) => globSync(resolve(folder, word.replace(/^~(?=\/)/, home ?? '~'))))
      .flatMap((file) => namesOfConfig(file, folder, home, seen));
  });
}

/** A name, and neither a pattern nor an address; nothing in it means anything to a shell. */
function isName(word: string): boolean {
  return /^\w[\w.-]*$/.test(word) && /[a-z]/i.test(word);
}

function linesOf(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
}
