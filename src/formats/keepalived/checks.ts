import type { Statement } from './statements.ts';

/** A health check of a `real_server`. */
export interface HealthCheck {
  /** Its word and what tells it from others: `HTTP_GET`, `TCP_CHECK on port 8081`, `FILE_CHECK of drain-web`. */
  readonly name: string;
  /** What of it gives the real server another weight than its configured one; `null` where nothing does. */
  readonly moves: string | null;
}

/** The checks of a real server, in their order; none where keepalived takes it to be up. */
export function healthChecks({ block }: Statement): readonly HealthCheck[] {
  return (block ?? []).flatMap((statement) => {
    const [word] = statement.words;
    return /^[A-Z]+_(?:CHECK|GET)$/.test(word) ? [describeCheck(word, statement)] : [];
  });
}

function describeCheck(word: string, statement: Statement): HealthCheck {
  const value = (name: string) => wordOf(statement, name)?.words[1];
  if (word === 'MISC_CHECK') {
    const script = value('misc_path');
    const isMoving = wordOf(statement, 'misc_dynamic') !== undefined;
    return { name: named(word, ' ', script), moves: isMoving ? 'misc_dynamic' : null };
  }
  if (word === 'FILE_CHECK') {
    const file = value('track_file');
    return { name: named(word, ' of ', file), moves: named('track_file', ' ', file) };
  }
  return { name: named(word, ' on port ', value('connect_port')), moves: null };
}

function named(word: string, between: string, what: string | undefined): string {
  return what === undefined ? word : `${word}${between}${what}`;
}

/** The statement of a block that has a word first; the last one counts, as it does for keepalived. */
export function wordOf({ block }: Statement, ...words: readonly string[]): Statement | undefined {
  return block?.findLast((statement) => words.includes(statement.words[0]));
}

/** Whether a failed check leaves a real server in the table at weight 0, by its own word or its service's. */
export function isInhibited(service: Statement, realServer: Statement): boolean {
  return [service, realServer].some((statement) => wordOf(statement, 'inhibit_on_failure') !== undefined);
}
