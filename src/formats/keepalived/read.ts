import { allAtOnce, type Work } from '../../system/turns.ts';
import { ConfigurationDraft } from '../configuration.ts';
import type { SourceText } from '../source-lines.ts';
import { readSyncDaemon, readTimeouts } from './global-words.ts';
import { type Group, readGroup } from './groups.ts';
import { emptyOutline, type KeepalivedOutline, type KeepalivedReading } from './outline.ts';
import { type DraftService, ServiceReader } from './service.ts';
import { Settler } from './settle.ts';
import { keepalivedStatements, type Statement } from './statements.ts';
import type { KeepalivedSurroundings } from './surroundings.ts';
import { wrong } from './values.ts';
import { globalReasons, knownAtTop } from './words.ts';

/**
 * Reads keepalived.conf texts, one behind the other, as keepalived 2.2.7 does: what it passes over or takes for
 * something else is told with its line, and what is not about the table as not applied. Nothing is thrown for what
 * stands in the texts.
 */
export function readKeepalived(
  sources: readonly SourceText[],
  surroundings: KeepalivedSurroundings,
): KeepalivedReading {
  return allAtOnce(readingKeepalived(sources, surroundings));
}

/** As `readKeepalived`, as work that can be interrupted. */
export function* readingKeepalived(
  sources: readonly SourceText[],
  surroundings: KeepalivedSurroundings,
): Work<KeepalivedReading> {
  const draft = new ConfigurationDraft();
  const statements = yield* keepalivedStatements(draft, sources, surroundings);
  // With a brace too few or too many, problems would be told at the wrong places.
  const outline = draft.hasProblems ? emptyOutline : yield* new KeepalivedReader(draft).read(statements);
  return { ...draft.finish(), outline };
}

class KeepalivedReader {
  readonly #draft: ConfigurationDraft;
  readonly #services: DraftService[] = [];
  readonly #groups = new Map<string, Group>();
  readonly #kept = new Map<string, Statement[]>([
    ['vrrp_instance', []],
    ['vrrp_sync_group', []],
    ['track_file', []],
  ]);
  #sync: Statement | null = null;
  readonly #serviceReader: ServiceReader;

  constructor(draft: ConfigurationDraft) {
    this.#draft = draft;
    this.#serviceReader = new ServiceReader(draft);
  }

  *read(statements: readonly Statement[]): Work<KeepalivedOutline> {
    yield* this.#readAll(statements);
    const settler = new Settler(this.#draft);
    for (const service of this.#services) {
      if (this.#draft.isHopeless) break;
      this.#draft.attempt(service.statement.line, () => settler.settle(service, this.#groups));
      yield linesOf(service.statement);
    }
    return {
      services: settler.outlined,
      instances: this.#kept.get('vrrp_instance') ?? [],
      syncGroups: this.#kept.get('vrrp_sync_group') ?? [],
      trackFiles: this.#kept.get('track_file') ?? [],
      sync: this.#sync,
    };
  }

  *#readAll(statements: readonly Statement[]): Work<void> {
    for (const statement of statements) {
      if (this.#draft.isHopeless) return;
      const within = this.#draft.attempt(statement.line, () => this.#readTop(statement));
      yield linesOf(statement);
      if (within !== undefined) yield* this.#readAll(within);
    }
  }

  /** Gives the statements that have to be read as if they stood at the top. */
  #readTop(statement: Statement): readonly Statement[] | undefined {
    const { line, words, block } = statement;
    const [word] = words;
    // `vrrp_track_file` is the older name of `track_file`.
    this.#kept.get(word === 'vrrp_track_file' ? 'track_file' : word)?.push(statement);
    if (word === 'virtual_server') {
      const service = this.#serviceReader.read(statement);
      if (service !== undefined) this.#services.push(service);
    } else if (word === 'virtual_server_group') this.#readGroup(statement);
    else if (word === 'global_defs') this.#readGlobals(statement);
    else if (block !== null && !knownAtTop.test(word)) {
      this.#draft.notApplied(
        line,
        word,
        'keepalived does not know the word, and looks for others in its block',
      );
      return block;
    } else {
      this.#draft.notApplied(line, word, globalReasons.get(word) ?? 'it does not describe the IPVS table');
    }
    return undefined;
  }

  #readGroup({ line, words, block }: Statement): void {
    const [, name] = words;
    if (name === undefined || block === null) {
      throw wrong('a virtual_server_group needs a name and a block', 'give both');
    }
    const group = readGroup(this.#draft, block);
    const { ranges, marks, hasInet, hasInet6 } = group;
    if (ranges.length + marks.length === 0) {
      this.#draft.notApplied(line, `virtual_server_group ${name}`, 'it has no entry');
    } else if (hasInet && hasInet6 && marks.some(({ family }) => family === null)) {
      this.#draft.notApplied(
        line,
        `virtual_server_group ${name}`,
        'with IPv4 and IPv6 in it each fwmark needs inet or inet6; keepalived passes over the group',
      );
    } else if (!this.#groups.has(name)) this.#groups.set(name, group);
  }

  #readGlobals({ line, block }: Statement): void {
    let isTold = false;
    for (const entry of block ?? []) {
      const [word] = entry.words;
      this.#draft.attempt(entry.line, () => {
        const reason = globalReasons.get(word);
        if (word === 'lvs_sync_daemon') this.#sync = entry;
        if (word === 'lvs_timeouts') readTimeouts(this.#draft, entry);
        else if (word === 'lvs_sync_daemon') readSyncDaemon(this.#draft, entry);
        else if (reason !== undefined) this.#draft.notApplied(entry.line, word, reason);
        else if (!isTold) {
          isTold = true;
          this.#draft.notApplied(line, 'global_defs', 'it does not describe the IPVS table');
        }
      });
    }
  }
}

function linesOf({ line, end }: Statement): number {
  return end - line + 1;
}
