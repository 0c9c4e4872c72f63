import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineWords } from '../../src/formats/line-words.ts';

const oddTexts = fc.string({
  unit: fc.constantFrom(
    'a',
    '-t',
    '10.0.0.1:80',
    ' ',
    '  ',
    '\t',
    '\r',
    '\n',
    '#',
    '\u00a0',
    '\u2028',
    '\u0001',
    'é',
    '😀',
  ),
  maxLength: 60,
});

test('the words of each line are what stands between blanks, up to a comment', () => {
  fc.assert(
    fc.property(oddTexts, (text) => {
      const lines = new LineWords(text);
      let at = 0;
      for (const line of text.split('\n')) {
        const wanted = line.replace(/#.*$/s, '').match(/\S+/g) ?? [];
        expect(lines.between(at, at + line.length)).toEqual([...wanted]);
        at += line.length + 1;
      }
    }),
  );
});

test('a word that begins like the one before, or goes on, is another word', () => {
  const text = '-w 10\n-w 1\n-w 100#0\n-w\n';
  const lines = new LineWords(text);
  expect([...lines.between(0, 5)]).toEqual(['-w', '10']);
  expect([...lines.between(6, 10)]).toEqual(['-w', '1']);
  expect([...lines.between(11, 19)]).toEqual(['-w', '100']);
  expect([...lines.between(20, 22)]).toEqual(['-w']);
});
