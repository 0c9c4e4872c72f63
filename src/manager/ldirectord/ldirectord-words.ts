import type { ServiceIdentity } from '../../ipvs/identity.ts';

/** Words of ldirectord's file with their values; of several of one name the last counts, as it does for ldirectord. */
export type LdirectordWords = ReadonlyMap<string, string>;

/** The words outside of services, which hold where a service has none of its own. */
export function globalWords(lines: readonly string[]): LdirectordWords {
  const words = new Map<string, string>();
  for (const line of lines) {
    const [, word, value] = /^(\w+)\s*=\s*(.*?)\s*$/.exec(line.replace(/#.*/, '')) ?? [];
    if (word !== undefined && !/^virtual6?$/.test(word)) words.set(word, value ?? '');
  }
  return words;
}

/** What is indented below a line, up to the next line that is not. */
export function wordsBelow(lines: readonly string[], line: number): LdirectordWords {
  const words = new Map<string, string>();
  for (const raw of lines.slice(line)) {
    if (/^\s*#/.test(raw)) continue;
    const below = /^ {4,}(\w+)\s*=\s*(.*?)\s*$/.exec(raw.replace(/#.*/, '').replaceAll('\t', '    '));
    if (below === null) break;
    words.set(below[1] ?? '', below[2] ?? '');
  }
  return words;
}

/** What `negotiate` speaks where no `service=` says it, by the service's port (`ld_port_to_service` of ldirectord). */
const usualServices: Readonly<Record<number, string>> = {
  21: 'ftp',
  25: 'smtp',
  53: 'dns',
  80: 'http',
  110: 'pop',
  119: 'nntp',
  143: 'imap',
  389: 'ldap',
  443: 'https',
  587: 'submission',
  636: 'ldaps',
  993: 'imaps',
  995: 'pops',
  1521: 'oracle',
  1812: 'radius',
  3128: 'http_proxy',
  3306: 'mysql',
  5060: 'sip',
  5432: 'pgsql',
};

/**
 * The check of a service's real servers as ldirectord's own status names it; `null` where it takes all for healthy
 * (`checktype=on`, or `negotiate` without a service that it could speak), or keeps none in the table (`off`).
 */
export function checkName(words: LdirectordWords, identity: ServiceIdentity): string | null {
  const type = words.get('checktype') ?? 'negotiate';
  if (type === 'on' || type === 'off') return null;
  const kind = /^\d+$/.test(type) ? 'combined' : type;
  if (kind.startsWith('external')) return `${kind} ${unquoted(words.get('checkcommand') ?? '/bin/true')}`;
  if (kind !== 'negotiate' && kind !== 'combined') return kind;
  const usual = identity.kind === 'address' ? usualServices[identity.port] : undefined;
  const service = unquoted(words.get('service') ?? usual ?? 'none');
  return kind === 'negotiate' && service === 'none' ? null : `${kind} ${service}`;
}

/** A value without the quotation marks around it. */
export function unquoted(value: string): string {
  return /^"(.*)"$/.exec(value)?.[1] ?? value;
}
