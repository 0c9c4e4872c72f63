import { describe, expect, it } from 'vitest';
import { keyAt } from '../../../src/ui/kit/key-at.ts';

const line = 'Enter detail  + - weight  ↑ ↓ choose  Esc cancel  F2 columns  Ctrl-Z shell  y do it';
const at = (words: string) => keyAt(line, line.indexOf(words))?.name;

describe('a key in a line of keys', () => {
  it('is the one that is hit, or the one before the words that are', () => {
    expect(at('Enter')).toBe('enter');
    expect(at('detail')).toBe('enter');
    expect(at('+')).toBe('+');
    expect(at('- ')).toBe('-');
    expect(at('↑')).toBe('up');
    expect(at('↓')).toBe('down');
    expect(at('cancel')).toBe('escape');
    expect(at('F2')).toBe('f2');
    expect(at('do it')).toBe('y');
  });

  it('may have Ctrl held', () => {
    expect(keyAt(line, line.indexOf('Ctrl-Z'))).toMatchObject({ name: 'z', ctrl: true });
  });

  it('is none between two of them, beside them, and in plain words', () => {
    expect(keyAt(line, line.indexOf('  + '))).toBeUndefined();
    expect(keyAt(line, 500)).toBeUndefined();
    expect(keyAt('nothing to press here', 3)).toBeUndefined();
    expect(keyAt('│ Enter apply │', 0)).toBeUndefined();
  });
});
