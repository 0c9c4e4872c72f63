/** Writes manual pages in mdoc(7). */

/** Longest line of text, so that none is too long for `mandoc -T lint`. */
const longestLine = 76;

/** Text as it may stand in a line of mdoc, and behind a macro. */
export function escaped(text: string): string {
  return [...text.replaceAll('\\', '\\e').replaceAll('…', '...').replaceAll('’', "'")]
    .map((character) => {
      const code = character.codePointAt(0) ?? 0;
      return code < 127 ? character : `\\[u${code.toString(16).toUpperCase().padStart(4, '0')}]`;
    })
    .join('');
}

/**
 * A word behind a macro. It is quoted, since it could be taken for the name of a macro, and its end is escaped (`\&`),
 * since a comma there would be taken for punctuation.
 */
export function word(text: string): string {
  const close = /[^\w>]$/.test(text) ? '\\&' : '';
  return `"${escaped(text).replaceAll('"', '\\(dq')}${close}"`;
}

/** Running text, each sentence on a line of its own. */
export function prose(text: string): string[] {
  return escaped(text.trim().replace(/\s+/g, ' '))
    .split(/(?<=[.!?:)]["')]*) (?=\S)/)
    .flatMap(wrapped)
    .map((line) => (/^['.]/.test(line) ? `\\&${line}` : line));
}

function wrapped(sentence: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const one of sentence.split(' ')) {
    if (line !== '' && line.length + one.length >= longestLine) {
      lines.push(line);
      line = one;
    } else line = line === '' ? one : `${line} ${one}`;
  }
  return line === '' ? lines : [...lines, line];
}

/** Text that keeps its lines. */
export function literal(text: string): string[] {
  const lines = text
    .replace(/^\n+|\s+$/g, '')
    .split('\n')
    .map((line) => escaped(line.trimEnd()))
    .map((line) => (/^['.]/.test(line) ? `\\&${line}` : line));
  return ['.Bd -literal -offset indent', ...lines, '.Ed'];
}

/** A list of terms, each with what it means. Terms are lines of macros. */
export function terms(
  entries: readonly { readonly term: string; readonly text: readonly string[] }[],
): string[] {
  if (entries.length === 0) return [];
  return ['.Bl -tag -width Ds', ...entries.flatMap(({ term, text }) => [`.It ${term}`, ...text]), '.El'];
}

/** What heads a page. */
export interface PageHead {
  readonly name: string;
  readonly section: number;
  readonly summary: string;
  /** Seconds since 1970. */
  readonly time: number;
}

/** A whole page. */
export function page({ name, section, summary, time }: PageHead, body: readonly string[]): string {
  const date = new Date(time * 1000).toLocaleDateString('en-US', {
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    timeZone: 'UTC',
  });
  const head = [
    `.Dd ${date}`,
    `.Dt ${name.toUpperCase()} ${section}`,
    '.Os',
    '.Sh NAME',
    `.Nm ${name}`,
    `.Nd ${escaped(summary)}`,
  ];
  return `${[...head, ...body].join('\n')}\n`;
}
