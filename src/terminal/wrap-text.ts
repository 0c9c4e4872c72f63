import { textWidth, truncateToWidth } from './width.ts';

/**
 * Breaks text between words into lines of at most `width` cells; a word that is longer is cut, or stays whole where
 * `longWords` says so.
 */
export function wrapText(text: string, width: number, longWords: 'cut' | 'whole' = 'cut'): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (textWidth(longer) <= width) {
      line = longer;
    } else {
      if (line !== '') lines.push(line);
      line = longWords === 'cut' ? truncateToWidth(word, width) : word;
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}
