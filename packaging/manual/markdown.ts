import { escaped, literal, prose, terms, word } from './mdoc.ts';

/**
 * A page of `docs/` as the body of a manual page: headings, paragraphs, code, and tables, whose first column becomes the
 * terms of a list. What is only for a browser, links for one, is left as its text.
 */
export function mdocOfMarkdown(markdown: string, heading: 'Sh' | 'Ss' = 'Sh'): string[] {
  const blocks = markdown
    .replace(/<!--[\s\S]*?-->/g, '')
    .split(/\n{2,}/)
    .map((block) => block.trim())
    .filter((block) => block !== '');
  const lines: string[] = [];
  for (const block of blocks) {
    const title = /^#{2,} (.*)$/.exec(block)?.[1];
    if (title !== undefined) {
      lines.push(`.${heading} ${escaped(heading === 'Sh' ? title.toUpperCase() : title)}`);
    } else if (block.startsWith('```')) {
      lines.push(...literal(block.replace(/^```\w*\n|\n```$/g, '')));
    } else if (block.startsWith('|')) lines.push(...tableLines(block));
    else if (!block.startsWith('# ') && !block.startsWith('!['))
      lines.push(...paragraph(block, lines.at(-1)));
  }
  return lines;
}

function paragraph(block: string, before: string | undefined): string[] {
  const isFirst = before === undefined || /^\.S[hs] /.test(before);
  return [...(isFirst ? [] : ['.Pp']), ...prose(plain(block))];
}

function tableLines(block: string): string[] {
  const [, , ...rows] = block.split('\n').map((line) =>
    line
      .replace(/^\||\|$/g, '')
      .split(/(?<!\\)\|/)
      .map((cell) => plain(cell.replaceAll('\\|', '|').trim())),
  );
  return terms(rows.map(([first = '', ...rest]) => termOf(first, rest)));
}

function termOf(first: string, rest: readonly string[]): { term: string; text: string[] } {
  const [term = '', ...said] = [first, ...rest].filter((cell) => cell !== '');
  const text = said.join(': ');
  return { term: `Sy ${word(term)}`, text: text === '' ? ['\\&'] : prose(text) };
}

function plain(text: string): string {
  return text
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/``? ?(.*?) ?``?/g, '$1')
    .replace(/\*\*(.*?)\*\*/g, '$1');
}
