/** One round of a `~SEQ` or `~LST`: what its names stand for in it. */
export type Round = readonly (readonly [name: string, value: string])[];

/** A line that stands for several, with what its names stand for in each. */
export interface Sequence {
  readonly rounds: Iterable<Round>;
  readonly text: string;
}

/**
 * Reads `~SEQ(NAME, START, STEP, END) TEXT`, `~SEQx(…)` and `~LST(NAME, VALUE, …) TEXT`, `~LST({NAME, …}, {VALUE, …}, …)
 * TEXT` as `add_seq` and `add_lst` of keepalived's `lib/parser.c` do; `undefined` for what they refuse. `replace` puts
 * definitions into the numbers of a `~SEQ`.
 */
export function readSequence(line: string, replace: (text: string) => string): Sequence | undefined {
  return line.startsWith('~SEQ') ? readNumbers(line, replace) : readList(line);
}

function readNumbers(line: string, replace: (text: string) => string): Sequence | undefined {
  const match = /^~SEQ(x?)[ \t]*\([ \t]*([^ \t,)]+)[ \t]*,([^)]*)\)[ \t]*(.*)$/s.exec(line);
  if (match === null) return undefined;
  const [, hex, name = '', parameters = '', text = ''] = match;
  const numbers = replace(parameters)
    .split(',')
    .map((part) => readNumber(part.trim()));
  const [one, two, three] = numbers;
  if (one === undefined || numbers.length > 3 || numbers.includes(undefined)) return undefined;
  const [start, step, end] =
    two === undefined
      ? [one < 0 ? -1 : 1, one < 1 ? -1 : 1, one]
      : three === undefined
        ? [one, one <= two ? 1 : -1, two]
        : [one, two, three];
  if (step === 0 || (start < end && step < 0) || (start > end && step > 0)) return undefined;
  if (hex === 'x' && (start < 0 || end < 0)) return undefined;
  return { rounds: numbersOf(name, start, step, end, hex === 'x' ? 16 : 10), text };
}

function* numbersOf(
  name: string,
  start: number,
  step: number,
  end: number,
  base: number,
): Generator<Round, void, void> {
  let value = start;
  do {
    yield [[name, value.toString(base)]];
    value += step;
  } while (step > 0 ? value <= end : value >= end);
}

/** As C writes whole numbers: decimal, octal with a 0 before it, or with 0x. */
function readNumber(text: string): number | undefined {
  const match = /^([+-]?)(?:0x([\da-f]{1,12})|0([0-7]{1,12})|(\d{1,12}))$/i.exec(text);
  if (match === null) return undefined;
  const [, sign, hex, octal, decimal = ''] = match;
  const value =
    hex !== undefined
      ? Number.parseInt(hex, 16)
      : octal !== undefined
        ? Number.parseInt(octal, 8)
        : Number(decimal);
  return sign === '-' ? -value : value;
}

function readList(line: string): Sequence | undefined {
  const match = /^~LST[ \t]*\(([^)]*)\)[ \t]*(.*)$/s.exec(line);
  if (match === null) return undefined;
  const [names, ...values] = readGroups(match[1] ?? '') ?? [];
  if (names === undefined || values.length === 0) return undefined;
  if (values.some((group) => group.length > names.length)) return undefined;
  const rounds = values.map((group): Round => names.map((name, index) => [name, group[index] ?? '']));
  return { rounds, text: match[2] ?? '' };
}

/** `a, {b, c}` as lists of words; `undefined` where the braces are wrong. */
function readGroups(text: string): string[][] | undefined {
  const groups: string[][] = [];
  for (const match of text.matchAll(/(?:[ \t]*\{([^{}]*)\}[ \t]*|([^{},]*))(,|$)/gy)) {
    const [whole, inBraces, alone = ''] = match;
    groups.push(inBraces === undefined ? [alone.trim()] : inBraces.split(',').map((word) => word.trim()));
    if (match.index + whole.length === text.length && !whole.endsWith(',')) return groups;
  }
  return undefined;
}
