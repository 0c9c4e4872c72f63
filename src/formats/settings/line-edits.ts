/** Lines of a text that are replaced, with the line above and the one below. Each character is a byte: latin1. */
export interface Hunk {
  /** The first replaced line in the text before, counted from 1; where nothing is replaced, the line before which is added. */
  readonly line: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
  /** The line right above, `null` at the beginning. */
  readonly above: string | null;
  /** The line right below, `null` at the end. */
  readonly below: string | null;
}

/** The differences between two texts, line by line; between two hunks at least one line is the same in both. */
export function hunksBetween(before: readonly string[], after: readonly string[]): readonly Hunk[] {
  // What is alike at both ends needs no search.
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const end = [before.length - tail, after.length - tail] as const;
  const hunks: Hunk[] = [];
  let [left, right] = [head, head];
  for (const [sameLeft, sameRight] of [...samePairs(before, after, head, end), end]) {
    if (sameLeft > left || sameRight > right) {
      hunks.push({
        line: left + 1,
        removed: before.slice(left, sameLeft),
        added: after.slice(right, sameRight),
        above: before[left - 1] ?? null,
        below: before[sameLeft] ?? null,
      });
    }
    [left, right] = [sameLeft + 1, sameRight + 1];
  }
  return hunks;
}

/** Places of the lines of a longest common subsequence, from `head` on up to their ends. */
function samePairs(
  before: readonly string[],
  after: readonly string[],
  head: number,
  [endBefore, endAfter]: readonly [number, number],
): (readonly [number, number])[] {
  const [rows, columns] = [endBefore - head, endAfter - head];
  // Thousands of changes are told as a single one.
  if (rows * columns > mostCompared) return [];
  const pairs: (readonly [number, number])[] = [];
  // Lengths of the longest common subsequence of what is left from each pair of places on.
  const width = columns + 1;
  const lengths = new Uint32Array((rows + 1) * width);
  const at = (row: number, column: number) => lengths[row * width + column] ?? 0;
  for (let row = rows - 1; row >= 0; row--) {
    for (let column = columns - 1; column >= 0; column--) {
      lengths[row * width + column] =
        before[head + row] === after[head + column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  for (let row = 0, column = 0; row < rows && column < columns; ) {
    if (before[head + row] === after[head + column]) pairs.push([head + row++, head + column++]);
    else if (at(row + 1, column) >= at(row, column + 1)) row++;
    else column++;
  }
  return pairs;
}

const mostCompared = 4_000_000;

/**
 * Takes hunks back in a text that may have changed elsewhere since; `undefined` where one of them is not there as it was
 * made, or could be meant in several places.
 */
export function takenBack(lines: readonly string[], hunks: readonly Hunk[]): string[] | undefined {
  const result = [...lines];
  for (const hunk of hunks.toReversed()) {
    const { removed, added, above, below } = hunk;
    const offset = above === null ? 0 : 1;
    const wanted = [...(above === null ? [] : [above]), ...added, ...(below === null ? [] : [below])];
    const starts = Array.from({ length: result.length + 1 }).flatMap((_, start) =>
      wanted.every((line, index) => result[start + index] === line) &&
      (above !== null || start === 0) &&
      (below !== null || start + wanted.length === result.length)
        ? [start]
        : [],
    );
    // The place where the hunk was made counts, wherever else the same lines stand.
    const start = starts.find((each) => each + offset + 1 === placeAfter(hunk, hunks)) ?? starts[0];
    if (start === undefined || (starts.length > 1 && start + offset + 1 !== placeAfter(hunk, hunks))) {
      return undefined;
    }
    result.splice(start + offset, added.length, ...removed);
  }
  return result;
}

/** The line of a hunk in the text after. */
function placeAfter(hunk: Hunk, hunks: readonly Hunk[]): number {
  return hunks
    .slice(0, hunks.indexOf(hunk))
    .reduce((line, { removed, added }) => line + added.length - removed.length, hunk.line);
}

/** A hunk that a text has neither as it was made nor as it was before. */
export interface ChangedHunk {
  readonly hunk: Hunk;
  /** Where the text has other lines in its place, counted from 1. */
  readonly line: number;
  /** These other lines. */
  readonly now: readonly string[];
}

/** What has become of hunks in a text that may have changed since they were made. */
export type HunksNow =
  /** All are there; `back` is the text without them. */
  | { readonly kind: 'there'; readonly back: string[] }
  /** The text has again all that they replaced. */
  | { readonly kind: 'taken back' }
  | { readonly kind: 'changed'; readonly changed: readonly ChangedHunk[] };

/** Looks for hunks in a text that may have changed since. */
export function hunksNow(lines: readonly string[], hunks: readonly Hunk[]): HunksNow {
  const back = takenBack(lines, hunks);
  if (back !== undefined) return { kind: 'there', back };
  const reversed = hunks.map(
    (hunk): Hunk => ({
      ...hunk,
      line: placeAfter(hunk, hunks),
      removed: hunk.added,
      added: hunk.removed,
    }),
  );
  if (takenBack(lines, reversed) !== undefined) return { kind: 'taken back' };
  const gone = hunks.filter((hunk) => takenBack(lines, [hunk]) === undefined);
  const changed = (gone.length > 0 ? gone : hunks).map((hunk) => ({
    hunk,
    ...linesInPlaceOf(lines, hunk, placeAfter(hunk, hunks)),
  }));
  return { kind: 'changed', changed };
}

/** What stands where a hunk was made: between the lines that were above and below it, as far as they are there. */
function linesInPlaceOf(
  lines: readonly string[],
  { above, below, added, removed }: Hunk,
  place: number,
): Omit<ChangedHunk, 'hunk'> {
  const expected = Math.min(place - 1, lines.length);
  const nearest = lines
    .flatMap((line, index) => (line === above ? [index + 1] : []))
    .sort((one, other) => Math.abs(one - expected) - Math.abs(other - expected))[0];
  const from = nearest ?? expected;
  const longest = Math.max(added.length, removed.length) + context;
  const length = below === null ? -1 : lines.slice(from, from + longest + 1).indexOf(below);
  return { line: from + 1, now: lines.slice(from, from + (length < 0 ? Math.max(1, added.length) : length)) };
}

/** Lines of context that are shown around a change. */
const context = 3;

/** One line of what is shown of a change. */
export interface DiffLine {
  readonly sign: ' ' | '+' | '-' | '…';
  readonly text: string;
}

/** A change of a text as lines with their context, as `diff -u` shows it. */
export function diffLines(before: readonly string[], hunks: readonly Hunk[]): readonly DiffLine[] {
  const shown: DiffLine[] = [];
  let told = 0;
  for (const [index, { line, removed, added }] of hunks.entries()) {
    const from = Math.max(told, line - 1 - context);
    if (from > told) shown.push({ sign: '…', text: `line ${from + 1}` });
    const end = line - 1 + removed.length;
    const next = hunks[index + 1]?.line ?? Infinity;
    const kept = (text: string): DiffLine => ({ sign: ' ', text });
    shown.push(
      ...before.slice(from, line - 1).map(kept),
      ...removed.map((text): DiffLine => ({ sign: '-', text })),
      ...added.map((text): DiffLine => ({ sign: '+', text })),
    );
    told = Math.min(end + context, next - 1, before.length);
    shown.push(...before.slice(end, told).map(kept));
  }
  return shown;
}
