import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffLines, hunksBetween, hunksNow, takenBack } from '../../../src/formats/settings/line-edits.ts';

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

test('hunks are there, taken back, or told with what stands in their place', () => {
  fc.assert(
    fc.property(anyLines, anyLines, (before, after) => {
      const hunks = hunksBetween(before, after);
      expect(hunksNow(after, hunks)).toEqual({ kind: 'there', back: before });
      expect(['there', 'taken back']).toContain(hunksNow(before, hunks).kind);
    }),
  );
  const hunks = hunksBetween(['a', 'b', 'c', 'd'], ['a', 'B', 'c', 'd']);
  const now = (lines: readonly string[]) => {
    const found = hunksNow(lines, hunks);
    return found.kind === 'changed' ? found.changed.map(({ line, now }) => [line, now]) : found.kind;
  };
  expect(now(['new', 'a', 'b', 'c', 'd'])).toBe('taken back');
  expect(now(['new', 'a', 'x', 'y', 'c', 'd'])).toEqual([[3, ['x', 'y']]]);
  expect(now(['a', 'c', 'd'])).toEqual([[2, []]]);
  expect(now(['other', 'lines'])).toEqual([[2, ['lines']]]);
  expect(now([])).toEqual([[1, []]]);
});

test('a change is shown with three lines around it, and what is left out with where it goes on', () => {
  const before = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];
  const after = ['1', '2', '3', '4', '5', 'six', '7', '8', '9'];
  const shown = diffLines(before, hunksBetween(before, after)).map(({ sign, text }) => `${sign} ${text}`);
  expect(shown).toEqual(['… line 3', '  3', '  4', '  5', '- 6', '+ six', '  7', '  8', '  9']);
});
