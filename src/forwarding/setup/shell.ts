import { shellWord } from '../diagnosis.ts';

/** A command line, with its words quoted for the shell. */
export function shellLine(...words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}

/** A paragraph as comment lines of at most `width` cells; the first begins with `first`, the others with `rest`. */
export function commentLines(text: string, first = '# ', rest = first, width = 74): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = rest;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
