import { parse } from 'smol-toml';

/** A statement of a TOML document, or a comment or blank line between statements. */
export interface TomlStatement {
  /** Index of its first line. */
  readonly first: number;
  /** Index behind its last line. */
  readonly end: number;
  readonly kind: 'pair' | 'header' | 'blank';
  /** First part of the key of a pair or header. */
  readonly key: string | undefined;
  /** First part of the key of the header above it; `undefined` before the first one. */
  readonly header: string | undefined;
  /** Whether it stands before the first header. */
  readonly isTopLevel: boolean;
  /** The comment behind the value on its last line, with the blanks before it; empty without one. */
  readonly comment: string;
}

/**
 * The statements of a document, whose places TOML's parser does not tell. The text is gone through once, and only its
 * strings, brackets and comments are looked at: a statement ends with the first line at whose end no string or bracket
 * is open. In a text that is no TOML the last statement may reach to its end.
 */
export function tomlStatements(text: string): TomlStatement[] {
  const statements: TomlStatement[] = [];
  let isTopLevel = true;
  let header: string | undefined;
  let line = 0;
  for (let at = 0; at <= text.length; ) {
    const found = endOfStatement(text, at);
    const kind = kindOf(text[found.begin]);
    if (kind === 'header') isTopLevel = false;
    const key = kind === 'blank' ? undefined : firstKey(text, found.begin);
    const comment = kind === 'blank' || found.comment < 0 ? '' : commentOf(text, found.comment, found.end);
    if (kind === 'header') header = key;
    statements.push({ first: line, end: line + found.lines, kind, key, header, isTopLevel, comment });
    line += found.lines;
    at = found.end + 1;
  }
  return statements;
}

interface FoundStatement {
  /** The first character that is no blank. */
  readonly begin: number;
  /** The line end behind it, or the text's end. */
  readonly end: number;
  readonly lines: number;
  /** Where the comment begins that stands behind it; -1 where none does. */
  readonly comment: number;
}

function endOfStatement(text: string, start: number): FoundStatement {
  let begin = start;
  while (text[begin] === ' ' || text[begin] === '\t' || text[begin] === '\ufeff') begin++;
  let lines = 1;
  let open = 0;
  let comment = -1;
  for (let at = begin; at < text.length; at++) {
    switch (text[at]) {
      case '\n':
        if (open <= 0) return { begin, end: at, lines, comment };
        lines++;
        comment = -1;
        break;
      case '#': {
        comment = at;
        const newline = text.indexOf('\n', at);
        at = (newline < 0 ? text.length : newline) - 1;
        break;
      }
      case '[':
      case '{':
        open++;
        break;
      case ']':
      case '}':
        open--;
        break;
      case '"':
      case "'": {
        const end = endOfString(text, at);
        for (; at < end; at++) if (text[at] === '\n') lines++;
        at--;
        break;
      }
    }
  }
  return { begin, end: text.length, lines, comment };
}

/** Behind the string that begins there. One of a single line ends with its line at the latest. */
function endOfString(text: string, start: number): number {
  const quote = text[start] ?? '';
  const isLong = text.startsWith(quote.repeat(3), start);
  for (let at = start + (isLong ? 3 : 1); at < text.length; at++) {
    const character = text[at];
    if (character === '\\' && quote === '"' && (isLong || text[at + 1] !== '\n')) at++;
    else if (character === '\n' && !isLong) return at;
    else if (character === quote && !isLong) return at + 1;
    else if (character === quote && text.startsWith(quote.repeat(3), at)) {
      // Up to two more belong to the string itself.
      let end = at + 3;
      while (end < at + 5 && text[end] === quote) end++;
      return end;
    }
  }
  return text.length;
}

function kindOf(first: string | undefined): TomlStatement['kind'] {
  if (first === '[') return 'header';
  return first === undefined || first === '#' || first === '\n' || first === '\r' ? 'blank' : 'pair';
}

/** The first part of the key that begins there, or behind the brackets of a header; `undefined` where that is none. */
function firstKey(text: string, begin: number): string | undefined {
  let at = begin;
  while (text[at] === '[' || text[at] === ' ' || text[at] === '\t') at++;
  const quote = text[at];
  if (quote !== '"' && quote !== "'") {
    const start = at;
    while (/[\w-]/.test(text[at] ?? '')) at++;
    return at > start ? text.slice(start, at) : undefined;
  }
  try {
    return Object.keys(parse(`${text.slice(at, endOfString(text, at))} = 0\n`))[0];
  } catch {
    return undefined;
  }
}

function commentOf(text: string, start: number, end: number): string {
  let begin = start;
  while (text[begin - 1] === ' ' || text[begin - 1] === '\t') begin--;
  return text.slice(begin, end).trimEnd();
}
