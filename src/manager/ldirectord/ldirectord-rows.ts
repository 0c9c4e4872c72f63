import type { ConfigurationReading } from '../../formats/configuration.ts';
import { formatService, type RowKey, realServerKey } from '../../ipvs/identity.ts';
import { visible } from '../../ipvs/visible.ts';
import { nameInComment } from '../comment-name.ts';
import type { Drift } from '../drift.ts';
import type { CheckedService } from '../row-checks.ts';
import { checkName, unquoted, wordsBelow } from './ldirectord-words.ts';

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
    const own = ['servicename', 'comment', 'virtualhost'].flatMap((word) => words.get(word) ?? []);
    put(formatService(service.identity), nameInComment(lines[line - 2], comment) ?? own.map(unquoted)[0]);
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
    const check = checkName(wordsBelow(lines, line), identity);
    const by = check === null ? [] : [visible(check)];
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
