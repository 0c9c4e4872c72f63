import { wordOf } from '../formats/keepalived/checks.ts';
import type { Statement } from '../formats/keepalived/statements.ts';
import { parseAddress } from '../ipvs/address.ts';
import { formatService, type RowKey, realServerKey } from '../ipvs/identity.ts';
import { visible } from '../ipvs/visible.ts';
import type { Work } from '../system/turns.ts';
import { nameInComment } from './comment-name.ts';
import { decodedLine, linesOf } from './file-lines.ts';
import type { ManagedConfiguration } from './managed-configuration.ts';

/** A comment of keepalived's files. */
const comment = /[#!]+/;

/**
 * Names of services and real servers, none of them asked of anybody: the operator's own, those in the
 * configuration of keepalived or ldirectord (a comment right above the block, or its `virtualhost`), those in
 * `/etc/hosts`, in this order.
 */
export class RowNames {
  static readonly none = new RowNames({}, new Map(), new Map());
  readonly #own: ReadonlyMap<string, string>;
  readonly #configured: ReadonlyMap<RowKey, string>;
  readonly #hosts: ReadonlyMap<string, string>;

  /** `own` are by service (`tcp:203.0.113.10:80`), real server (`10.0.0.21:8080`) or address. */
  constructor(
    own: Readonly<Record<string, string>>,
    configured: ReadonlyMap<RowKey, string>,
    hosts: ReadonlyMap<string, string>,
  ) {
    this.#own = new Map(Object.entries(own));
    this.#configured = configured;
    this.#hosts = hosts;
  }

  /** The same with other names of the operator's own. */
  withOwn(own: Readonly<Record<string, string>>): RowNames {
    return new RowNames(own, this.#configured, this.#hosts);
  }

  /** The name of a row, looked up by its key, by what it is written as, and by its address; `''` where it has none. */
  of(key: RowKey, text: string, address: string | null): string {
    return (
      this.#own.get(text) ??
      (address === null ? undefined : this.#own.get(address)) ??
      this.#configured.get(key) ??
      (address === null ? undefined : this.#hosts.get(address)) ??
      ''
    );
  }
}

/** The names that keepalived's files give. */
export function* configuredNames(managed: ManagedConfiguration): Work<ReadonlyMap<RowKey, string>> {
  const names = new Map<RowKey, string>();
  const lines = new Map([...managed.files].map(([path, bytes]) => [path, linesOf(bytes)]));
  const above = (statement: Statement): string | undefined => {
    const { path, line } = managed.placeOf(statement.line);
    return nameInComment(decodedLine(lines.get(path)?.[line - 2] ?? ''), comment);
  };
  const nameOf = (statement: Statement) => above(statement) ?? wordOf(statement, 'virtualhost')?.words[1];
  const put = (key: RowKey, statement: Statement) => {
    const name = names.has(key) ? undefined : nameOf(statement);
    if (name !== undefined) names.set(key, visible(name));
  };
  yield undefined;
  for (const { identity, statement, realServers, isGrouped } of managed.reading.outline.services) {
    if (!isGrouped) put(formatService(identity), statement);
    for (const realServer of realServers) {
      put(realServerKey(identity, realServer.identity), realServer.statement);
      yield 1;
    }
    yield 1;
  }
  return names;
}

/** Names by address as `/etc/hosts` has them: the first of the first line counts. */
export function hostNames(text: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [written = '', name] = line.replace(/#.*/, '').trim().split(/\s+/);
    const address = name === undefined ? undefined : parseAddress(written)?.text;
    if (address !== undefined && name !== undefined && !names.has(address)) names.set(address, visible(name));
  }
  return names;
}
