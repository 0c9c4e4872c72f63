import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TextField } from '../../../src/ui/kit/text-field.ts';
import { key } from '../keys.ts';

function typed(text: string, ...names: readonly string[]): TextField {
  const field = new TextField(text);
  for (const name of names) field.onKey(key(name));
  return field;
}

it.each([
  ['what is typed comes at the cursor', '10.0.0.1', ['2'], '10.0.0.12'],
  ['left and right move', 'ac', ['left', 'b', 'right', 'd'], 'abcd'],
  ['Home and End go to the ends', 'bc', ['home', 'a', 'end', 'd'], 'abcd'],
  ['Ctrl-A and Ctrl-E, too', 'bc', ['ctrl+a', 'a', 'ctrl+e', 'd'], 'abcd'],
  ['Backspace takes what is before the cursor', 'abc', ['left', 'backspace'], 'ac'],
  ['Backspace at the beginning takes nothing', 'abc', ['home', 'backspace'], 'abc'],
  ['Delete takes what is under the cursor', 'abc', ['home', 'delete'], 'bc'],
  ['Delete at the end takes nothing', 'abc', ['delete'], 'abc'],
  ['Ctrl-U takes everything before', 'abc', ['left', 'ctrl+u'], 'c'],
  ['Ctrl-K takes everything behind', 'abc', ['left', 'ctrl+k'], 'ab'],
  ['Ctrl-W takes a word and the blanks behind it', 'one two  ', ['ctrl+w'], 'one '],
  ['Space is a character', 'a', ['space', 'b'], 'a b'],
])('%s', (_what, text, names, result) => {
  expect(typed(text, ...names).text).toBe(result);
});

it('keys that mean nothing to it are left to others', () => {
  const field = new TextField('x');
  for (const name of ['up', 'down', 'enter', 'tab', 'f1', 'pageup', 'ctrl+x']) {
    expect(field.onKey(key(name)), name).toBe(false);
  }
  expect(field.text).toBe('x');
});

it('what goes beyond 4096 characters is left out', () => {
  const field = typed('[]', 'left');
  field.insert('x'.repeat(1_000_000));
  expect(field.text).toBe(`[${'x'.repeat(4094)}]`);
  field.insert('y');
  expect(field.text).toHaveLength(4096);
  field.set('z'.repeat(5000));
  expect(field.text).toBe('z'.repeat(4096));
});

it('a paste comes at the cursor, its line breaks as blanks', () => {
  const field = typed('[]', 'left');
  field.insert('a\r\nb\tc');
  expect(field.text).toBe('[a b c]');
  expect(field.cursor).toBe(6);
});

it('the cursor is always within the text', () => {
  const names = [
    'left',
    'right',
    'home',
    'end',
    'backspace',
    'delete',
    'ctrl+u',
    'ctrl+k',
    'ctrl+w',
    'a',
    ' ',
    '7',
  ];
  fc.assert(
    fc.property(fc.string(), fc.array(fc.constantFrom(...names)), (text, presses) => {
      const field = typed(text, ...presses.map((name) => (name === ' ' ? 'space' : name)));
      expect(field.cursor).toBeGreaterThanOrEqual(0);
      expect(field.cursor).toBeLessThanOrEqual(field.text.length);
    }),
  );
});
