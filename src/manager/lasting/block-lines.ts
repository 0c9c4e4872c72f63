import type { Statement } from '../../formats/keepalived/statements.ts';
import { visible } from '../../ipvs/visible.ts';
import { decodedLine } from '../file-lines.ts';
import { refusal } from './edit-refusal.ts';

/** The blanks that a line begins with. */
export function indentOf(line = ''): string {
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

/** The carriage return of a line with DOS line ends; empty for any other line. */
export function endOf(line = ''): string {
  return line.endsWith('\r') ? '\r' : '';
}

/** Puts one word in place of another, wherever it stands alone. */
export function replaceToken(line: string, token: string, by: string): string {
  return line
    .split(/([\s{}"]+)/)
    .map((part) => (part === token ? by : part))
    .join('');
}

/**
 * Replaces what stands behind a word up to the end of its statement. Comments and all blanks stay. Throws an input
 * `IpvsError` where the word does not stand in the line once; `place` names it.
 */
export function replaceWord(line: string, word: string, value: string, place: string): string {
  const comment = line.search(/[#!]/);
  const code = comment < 0 ? line : line.slice(0, comment);
  const pattern = new RegExp(`(?<=^|[\\s{}])(${word})(?![^\\s{}])([ \\t]*)([^{}]*?)(?=\\s*(?:[{}]|$))`, 'g');
  const [match, another] = [...code.matchAll(pattern)];
  if (match === undefined || another !== undefined) throw notOnceThere(line, word, place);
  const [whole, , blanks] = match;
  const begin = code.slice(0, match.index);
  const rest = line.slice(match.index + whole.length);
  return `${begin}${word}${blanks === '' ? ' ' : blanks}${value}${rest}`;
}

/** Takes out the line of a word. Throws an input `IpvsError` where the word shares its line. */
export function removeWordLine(lines: string[], index: number, word: string, place: string): void {
  const line = lines[index] ?? '';
  const code = line.replace(/[#!].*$/s, '').trim();
  if (!new RegExp(`^${word}(?:[ \\t]|$)`).test(code) || /[{}]/.test(code)) {
    throw notOnceThere(line, word, place);
  }
  lines.splice(index, 1);
}

function notOnceThere(line: string, word: string, place: string): Error {
  return refusal(
    place,
    `"${word}" does not stand there once and by itself; the line reads "${visible(decodedLine(line).trim())}"`,
    'edit that line by hand, or give --now',
  );
}

/** The lines of a block. Throws an input `IpvsError` where the block shares one of them with something else. */
export function blockLines(
  lines: readonly string[],
  from: number,
  { line, end, words }: Statement,
): string[] {
  const block = lines.slice(from, from + end - line + 1);
  const head = block[0] ?? '';
  const isAlone = /^\s*real_server\b/.test(head) && /\}\s*(?:[#!].*)?$/.test(block.at(-1) ?? '');
  const opened = block.join('\n').replace(/[#!].*$/gm, '');
  const depth = [...opened].reduce((sum, sign) => sum + Number(sign === '{') - Number(sign === '}'), 0);
  if (isAlone && depth === 0) return block;
  throw refusal(
    visible(words.join(' ')),
    `its block does not stand on lines of its own; it begins with "${visible(decodedLine(head).trim())}"`,
  );
}

/** Takes out a block with the comments right above it, which are about it, and a blank line that would be one too many. */
export function removeBlock(lines: string[], from: number, statement: Statement): void {
  const { length } = blockLines(lines, from, statement);
  let first = from;
  while (first > 0 && /^\s*[#!]/.test(lines[first - 1] ?? '')) first--;
  const isBlank = (index: number) => /^\s*$/.test(lines[index] ?? 'end');
  const isEnd = /^\s*\}/.test(lines[from + length] ?? '');
  if (first > 0 && isBlank(first - 1) && (isBlank(from + length) || isEnd)) first--;
  lines.splice(first, from + length - first);
}
