import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffLines, hunksBetween, takenBack } from '../../../src/formats/settings/line-edits.ts';

const anyLines = fc.array(fc.constantFrom('', 'a', 'b', 'c', 'd'), { maxLength: 12 });

test('what is taken back is what was there before', () => {
  fc.assert(
    fc.property(anyLines, anyLines, (before, after) => {
      expect(takenBack(after, hunksBetween(before, after))).toEqual(before);
    }),
  );
});

test('what was changed elsewhere since stays, and what was changed there is not taken back', () => {
  const hunks = hunksBetween(['a', 'b', 'c'], ['a', 'B', 'c']);
  expect(takenBack(['new', 'a', 'B', 'c', 'd'], hunks)).toEqual(['new', 'a', 'b', 'c', 'd']);
  expect(takenBack(['a', 'BB', 'c'], hunks)).toBeUndefined();
  expect(takenBack(['a', 'B', 'x'], hunks)).toBeUndefined();
  expect(takenBack(['x', 'a', 'B', 'c', 'a', 'B', 'c'], hunks)).toBeUndefined();
});

test('a change is shown with three lines around it, and what is left out with where it goes on', () => {
  const before = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];
  const after = ['1', '2', '3', '4', '5', 'six', '7', '8', '9'];
  const shown = diffLines(before, hunksBetween(before, after)).map(({ sign, text }) => `${sign} ${text}`);
  expect(shown).toEqual(['… line 3', '  3', '  4', '  5', '- 6', '+ six', '  7', '  8', '  9']);
});
