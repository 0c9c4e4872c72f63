import { parse, type TomlTable } from 'smol-toml';

/** A statement of a TOML document, or a comment or blank line between statements. */
export interface TomlStatement {
  /** Index of its first line. */
  readonly first: number;
  /** Index behind its last line. */
  readonly end: number;
  readonly kind: 'pair' | 'header' | 'blank';
  /** First part of the key of a pair or header. */
  readonly key: string | undefined;
  /** Whether it stands before the first header. */
  readonly isTopLevel: boolean;
}

/**
 * The statements of a well-formed document. TOML's parser tells no places, but a statement ends at the first
 * line up to which it can be parsed by itself, since what is open at a line's end (a list, a long string)
 * cannot.
 */
export function tomlStatements(lines: readonly string[]): TomlStatement[] {
  const statements: TomlStatement[] = [];
  let first = 0;
  let isTopLevel = true;
  for (let end = 1; end <= lines.length; end++) {
    if (goesOn.test(lines[end - 1] ?? '')) continue;
    const text = lines.slice(first, end).join('\n');
    const table = parsedAlone(text);
    if (table === undefined) continue;
    const isHeader = text.trimStart().startsWith('[');
    if (isHeader) isTopLevel = false;
    const key = Object.keys(table)[0];
    const kind = isHeader ? 'header' : key === undefined ? 'blank' : 'pair';
    statements.push({ first, end, kind, key, isTopLevel });
    first = end;
  }
  return statements;
}

/** A line after which a list goes on for certain; saves parsing a long one from its start for each line. */
const goesOn = /^[^#]*[,[]\s*$/;

/** The comment behind the value on a line that ends a statement, with the blanks before it; empty without one. */
export function trailingComment(statement: string): string {
  for (let at = statement.indexOf('#'); at >= 0; at = statement.indexOf('#', at + 1)) {
    const before = statement.slice(0, at);
    const table = parsedAlone(before);
    if (table !== undefined && Object.keys(table).length > 0) {
      const blanks = /[ \t]*$/.exec(before)?.[0] ?? '';
      return blanks + statement.slice(at).trimEnd();
    }
  }
  return '';
}

function parsedAlone(text: string): TomlTable | undefined {
  try {
    return parse(`${text}\n`);
  } catch {
    return undefined;
  }
}
