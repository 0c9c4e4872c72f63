import { textWidth, truncateToWidth } from './width.ts';

/** The no-break space. */
const bound = '\u00a0';

/** Matches the last digit of a number and the blank before its unit. */
const beforeUnit =
  /(\d) (?=(?:%|[mµ]?s|min|h|(?:bit|pkt|conn)\/s|kbit|[kMG]B|[KMG]iB|bytes?|seconds?|minutes?|hours?|days?)(?![\w/]))/g;

/** The text with each number and its unit, `5 min`, bound together for whoever breaks it at blanks; `released` undoes it. */
export function boundUnits(text: string): string {
  return text.replace(beforeUnit, `$1${bound}`);
}

/** A line of what `boundUnits` gave, with blanks as they were. */
export function released(line: string): string {
  return line.includes(bound) ? line.replaceAll(bound, ' ') : line;
}

/**
 * Breaks text between words, and never between a number and its unit, into lines of at most `width` cells; a word that
 * is longer is cut, or stays whole where `longWords` says so.
 */
export function wrapText(text: string, width: number, longWords: 'cut' | 'whole' = 'cut'): string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const word of boundUnits(text).split(' ')) {
    const wordWidth = textWidth(word);
    const longer = line === '' ? wordWidth : used + 1 + wordWidth;
    if (longer <= width) {
      line = line === '' ? word : `${line} ${word}`;
      used = longer;
    } else {
      if (line !== '') lines.push(released(line));
      line = longWords === 'cut' ? truncateToWidth(word, width) : word;
      used = longWords === 'cut' ? Math.min(wordWidth, width) : wordWidth;
    }
  }
  if (line !== '') lines.push(released(line));
  return lines;
}
