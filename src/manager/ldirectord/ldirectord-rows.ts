import type { ConfigurationReading } from '../../formats/configuration.ts';
import { formatService, type RowKey, realServerKey } from '../../ipvs/identity.ts';
import { visible } from '../../ipvs/visible.ts';
import { nameInComment } from '../comment-name.ts';
import type { Drift } from '../drift.ts';
import type { CheckedService } from '../row-checks.ts';

/** What stands below a `virtual=` by its words; the last one counts, as it does for ldirectord. */
type Words = ReadonlyMap<string, string>;

/** A comment of its files. */
const comment = /#+/;

/** The names that a configuration of ldirectord gives: a comment right above, `servicename`, `comment`, `virtualhost`. */
export function ldirectordNames(
  { configuration }: ConfigurationReading,
  text: string,
): ReadonlyMap<RowKey, string> {
  const lines = text.split('\n');
  const names = new Map<RowKey, string>();
  const put = (key: RowKey, name: string | undefined) => {
    if (name !== undefined && name !== '') names.set(key, visible(name));
  };
  for (const { service, line, realServers } of configuration.services) {
    const words = wordsBelow(lines, line);
    const own = ['servicename', 'comment', 'virtualhost'].map((word) => unquoted(words.get(word)));
    put(
      formatService(service.identity),
      nameInComment(lines[line - 2], comment) ?? own.find((name) => name !== undefined),
    );
    for (const { realServer, line: place } of realServers) {
      // A line for a range of real servers names none of them.
      const isAlone = realServers.filter((other) => other.line === place).length === 1;
      if (isAlone)
        put(realServerKey(service.identity, realServer.identity), nameInComment(lines[place - 2], comment));
    }
  }
  return names;
}

/** What ldirectord checks, and which servers stand in for its real servers, as the drifts show. */
export function checkedByLdirectord(
  { configuration }: ConfigurationReading,
  text: string,
  drifts: readonly Drift[],
): CheckedService[] {
  const lines = text.split('\n');
  return configuration.services.map(({ service: { identity }, line, realServers }) => {
    const by = checksOf(wordsBelow(lines, line));
    const key = formatService(identity);
    return {
      identity,
      realServers: realServers.map(({ realServer }) => ({ identity: realServer.identity, by })),
      standIns: drifts.flatMap(({ service, realServer, causes: [cause] }) =>
        realServer !== null && cause === 'fallback' && formatService(service) === key ? [realServer] : [],
      ),
    };
  });
}

/**
 * The check as ldirectord's own status names it; none where it takes all for healthy (`checktype=on`), or keeps none in
 * the table (`off`).
 */
function checksOf(words: Words): readonly string[] {
  const type = words.get('checktype') ?? 'negotiate';
  if (type === 'on' || type === 'off') return [];
  const kind = /^\d+$/.test(type) ? 'combined' : type;
  const what = kind.startsWith('external')
    ? words.get('checkcommand')
    : kind === 'negotiate' || kind === 'combined'
      ? words.get('service')
      : undefined;
  return [visible(what === undefined ? kind : `${kind} ${unquoted(what)}`)];
}

/** What is indented below a line, up to the next line that is not. */
function wordsBelow(lines: readonly string[], line: number): Words {
  const words = new Map<string, string>();
  for (const raw of lines.slice(line)) {
    if (/^\s*#/.test(raw)) continue;
    const below = /^ {4,}(\w+)\s*=\s*(.*?)\s*$/.exec(raw.replace(/#.*/, '').replaceAll('\t', '    '));
    if (below === null) break;
    words.set(below[1] ?? '', below[2] ?? '');
  }
  return words;
}

function unquoted(value: string | undefined): string | undefined {
  return value === undefined ? undefined : (/^"(.*)"$/.exec(value)?.[1] ?? value);
}
