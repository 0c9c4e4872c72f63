import { characterKey, type KeyEvent, keyEvent } from '../../terminal/input-events.ts';
import { keyOfLabel } from './key-label.ts';

/**
 * The key at cell `x` of a line that tells keys, like `Enter apply   Esc cancel` or `+ - weight`: the key that was hit,
 * or the one whose words were; `undefined` where there is none.
 */
export function keyAt(line: string, x: number): KeyEvent | undefined {
  // Keys with their words are at least two blanks apart.
  for (const part of line.matchAll(/\S+(?: \S+)*/g)) {
    if (x < part.index || x >= part.index + part[0].length) continue;
    let key: KeyEvent | undefined;
    for (const word of part[0].matchAll(/\S+/g)) {
      if (part.index + word.index > x) break;
      // Keys come first; the words behind them say what they do.
      const next = keyOfWord(word[0]);
      if (next === undefined && key !== undefined) break;
      key = next ?? key;
    }
    return key;
  }
  return undefined;
}

function keyOfWord(word: string): KeyEvent | undefined {
  const name = keyOfLabel(word);
  if (name !== undefined) return keyEvent(name, undefined, name === 'space' ? ' ' : undefined);
  const control = /^Ctrl-([A-Z])$/.exec(word)?.[1];
  if (control !== undefined) return characterKey(control.charCodeAt(0) - 0x40);
  const [character, ...more] = word;
  return character === undefined || more.length > 0 || character === '│'
    ? undefined
    : characterKey(character.codePointAt(0) ?? 0);
}
