import { parseAddress } from '../../ipvs/address.ts';
import { knownProtocols } from '../../ipvs/protocol.ts';
import { networkAddress } from '../../ipvs/subnet.ts';
import type { FilterField, FilterSubject, NumberField } from './filter-field.ts';

/** What a row is asked, compiled. */
export interface Filter<Row> {
  matches(row: Row): boolean;
  /** The fields that it asks for. */
  readonly fields: ReadonlySet<FilterField<Row>>;
}

/**
 * A text read as a filter: `all` asks for nothing. `unfinished` is what can still become one by typing on, `wrong`
 * what cannot, with the word that is wrong.
 */
export type FilterReading<Row> =
  | { readonly kind: 'all' }
  | { readonly kind: 'filter'; readonly filter: Filter<Row> }
  | { readonly kind: 'unfinished' | 'wrong'; readonly problem: string };

type Test<Row> = (row: Row) => boolean;

/** What ends the reading of a text. */
class Unreadable extends Error {
  readonly kind: 'unfinished' | 'wrong';

  constructor(kind: 'unfinished' | 'wrong', problem: string) {
    super(problem);
    this.kind = kind;
  }
}

/**
 * Reads a filter: words that a row holds, subnets (`10.0.0.0/24`), fields (`mode:dr`, `active>=50`, `share!=due`),
 * joined by `and`, which may be left out, `or`, `!` and parentheses. What stands in quotation marks is a word.
 */
export function readFilter<Row>(text: string, subject: FilterSubject<Row>): FilterReading<Row> {
  if (text.length > longestFilter)
    return {
      kind: 'wrong',
      problem: `a filter has at most ${longestFilter} characters, this one ${text.length}`,
    };
  if (/^[\s!]*$/.test(text)) return { kind: 'all' };
  try {
    const reader = new FilterReader(text, subject);
    const matches = reader.whole();
    return { kind: 'filter', filter: { matches, fields: reader.fields } };
  } catch (error) {
    if (error instanceof Unreadable) return { kind: error.kind, problem: error.message };
    throw error;
  }
}

/** Characters that a filter may have: a paste can be a whole file. */
const longestFilter = 1000;
/** How deep parentheses, and `!` before `!`, may be nested. */
const deepest = 50;

const comparison = /^([a-z][a-z0-9/_-]*)\s*(!=|>=|<=|==?|>|<)\s*("[^"]*"?|[^\s()]*)/i;
const word = /^(?:"[^"]*"?|[^\s()]+)/;
const subnetForm = /^[0-9a-f.:]+\/\d*$/i;

class FilterReader<Row> {
  readonly fields = new Set<FilterField<Row>>();
  readonly #text: string;
  readonly #subject: FilterSubject<Row>;
  #at = 0;
  #depth = 0;

  constructor(text: string, subject: FilterSubject<Row>) {
    this.#text = text;
    this.#subject = subject;
  }

  whole(): Test<Row> {
    const test = this.#either();
    this.#skipBlanks();
    if (this.#at < this.#text.length) throw new Unreadable('wrong', 'there is a ) without its (');
    return test;
  }

  #either(): Test<Row> {
    const tests = [this.#all()];
    while (this.#takeWord('or')) tests.push(this.#all());
    return tests.length === 1 && tests[0] !== undefined ? tests[0] : (row) => tests.some((test) => test(row));
  }

  #all(): Test<Row> {
    const tests = [this.#one()];
    for (;;) {
      const isJoined = this.#takeWord('and');
      if (!isJoined && (this.#isAtEnd() || this.#isAtWord('or'))) break;
      tests.push(this.#one());
    }
    return tests.length === 1 && tests[0] !== undefined
      ? tests[0]
      : (row) => tests.every((test) => test(row));
  }

  #one(): Test<Row> {
    this.#skipBlanks();
    if (++this.#depth > deepest)
      throw new Unreadable('wrong', `more than ${deepest} ! and ( within each other`);
    try {
      if (this.#take('!') || this.#takeWord('not')) {
        const test = this.#one();
        return (row) => !test(row);
      }
      if (this.#take('(')) {
        const test = this.#either();
        this.#skipBlanks();
        if (!this.#take(')')) throw new Unreadable('unfinished', 'a ) is missing');
        return test;
      }
      return this.#term();
    } finally {
      this.#depth--;
    }
  }

  #term(): Test<Row> {
    const rest = this.#text.slice(this.#at);
    if (rest === '' || rest.startsWith(')')) throw new Unreadable('unfinished', 'something has to follow');
    if (this.#isAtWord('and') || this.#isAtWord('or')) {
      throw new Unreadable('wrong', `something has to stand before "${word.exec(rest)?.[0] ?? ''}"`);
    }
    const [compared, name = '', operator = '', value = ''] = comparison.exec(rest) ?? [];
    if (compared !== undefined) {
      this.#at += compared.length;
      return this.#comparison(name, operator, unquoted(value));
    }
    const [taken = ''] = word.exec(rest) ?? [];
    this.#at += taken.length;
    if (taken.startsWith('"')) return this.#word(unquoted(taken));
    const colon = taken.indexOf(':');
    if (colon > 0 && isName(taken.slice(0, colon))) {
      return this.#comparison(taken.slice(0, colon), ':', taken.slice(colon + 1));
    }
    if (subnetForm.test(taken)) return this.#subnet(taken);
    const field = this.#fieldOf(taken);
    if (field !== undefined) {
      throw new Unreadable('unfinished', `${taken} what? ${exampleOf(field)}`);
    }
    return this.#word(taken);
  }

  #word(text: string): Test<Row> {
    const wanted = text.toLowerCase();
    const { holds } = this.#subject;
    return (row) => holds(row, wanted);
  }

  #subnet(text: string): Test<Row> {
    const [address = '', length = ''] = text.split('/');
    const parsed = parseAddress(address);
    const longest = parsed?.family === 'inet' ? 32 : 128;
    if (parsed === undefined || Number(length) > longest) {
      throw new Unreadable('wrong', `"${text}" is not a subnet, like 10.0.0.0/24`);
    }
    if (length === '') throw new Unreadable('unfinished', `${text} and the bits of its prefix, like 24`);
    const prefixLength = Number(length);
    const subnet = { network: networkAddress(parsed.text, prefixLength), prefixLength };
    const { isWithin } = this.#subject;
    return (row) => isWithin(row, subnet);
  }

  #comparison(name: string, operator: string, value: string): Test<Row> {
    const field = this.#fieldOf(name);
    if (field === undefined) {
      const isBegun = operator === '' && this.#subject.fields.some(({ words }) => beginsOne(words, name));
      throw new Unreadable(
        isBegun ? 'unfinished' : 'wrong',
        `there is no "${name}" to ask for; Tab completes`,
      );
    }
    this.fields.add(field);
    switch (field.kind) {
      case 'number':
        return this.#numbers(name, field, operator, value.toLowerCase());
      case 'word': {
        const wanted = this.#valuesOf(name, field.values, operator, value.toLowerCase());
        const isInverse = operator === '!=';
        return (row) => wanted.some((one) => field.has(row, one)) !== isInverse;
      }
      case 'text': {
        equality(name, operator);
        const wanted = value.toLowerCase();
        const isInverse = operator === '!=';
        if (wanted === '') throw new Unreadable('unfinished', `${name}: and the text that it holds`);
        return (row) => field.of(row).includes(wanted) !== isInverse;
      }
    }
  }

  #numbers(name: string, field: NumberField<Row>, operator: string, value: string): Test<Row> {
    if (value === '') throw new Unreadable('unfinished', `${name}${operator} and a number, like 100 or 2.5k`);
    const compare = comparisons[operator] ?? isSame;
    const other = this.#fieldOf(value);
    if (other !== undefined) {
      if (other.kind !== 'number') throw new Unreadable('wrong', `"${value}" has no numbers`);
      this.fields.add(other);
      const tolerance = Math.max(field.tolerance ?? 0, other.tolerance ?? 0);
      return (row) => {
        const left = field.of(row);
        const right = other.of(row);
        return left !== null && right !== null && compare(left - right, tolerance);
      };
    }
    const bound = readAmount(value);
    if (bound === undefined) {
      const isBegun = this.#subject.fields.some(
        ({ kind, words }) => kind === 'number' && beginsOne(words, value),
      );
      throw new Unreadable(isBegun ? 'unfinished' : 'wrong', `"${value}" is not a number, like 100 or 2.5k`);
    }
    return (row) => {
      const own = field.of(row);
      return own !== null && compare(own - bound, 0);
    };
  }

  #valuesOf(name: string, known: readonly string[], operator: string, value: string): readonly string[] {
    equality(name, operator);
    const values = value.split(/[|,]/);
    for (const one of values) {
      if (known.includes(one)) continue;
      const isBegun = known.some((candidate) => candidate.startsWith(one));
      throw new Unreadable(
        isBegun ? 'unfinished' : 'wrong',
        isBegun
          ? `${name}: ${known.filter((candidate) => candidate.startsWith(one)).join(' ')}`
          : `"${one}" is no ${name}; there are ${known.join(' ')}`,
      );
    }
    return values;
  }

  #fieldOf(name: string): FilterField<Row> | undefined {
    return fieldNamed(this.#subject.fields, name);
  }

  #skipBlanks(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  #isAtEnd(): boolean {
    this.#skipBlanks();
    return this.#at >= this.#text.length || this.#text[this.#at] === ')';
  }

  #isAtWord(name: string): boolean {
    this.#skipBlanks();
    return word.exec(this.#text.slice(this.#at))?.[0].toLowerCase() === name;
  }

  #take(sign: string): boolean {
    this.#skipBlanks();
    if (this.#text[this.#at] !== sign) return false;
    this.#at++;
    return true;
  }

  #takeWord(name: string): boolean {
    if (!this.#isAtWord(name)) return false;
    this.#at += name.length;
    return true;
  }
}

/** The field that goes by that name, in either case. */
export function fieldNamed<Row>(
  fields: readonly FilterField<Row>[],
  name: string,
): FilterField<Row> | undefined {
  const wanted = name.toLowerCase();
  return fields.find(({ words }) => words.includes(wanted));
}

/** What a service begins with, which is no name of a field. */
const protocolWords: ReadonlySet<string> = new Set([...knownProtocols, 'fwm', 'fwm6']);

/** Whether a difference fulfils an operator; one of up to `tolerance` counts as none. */
type Comparison = (difference: number, tolerance: number) => boolean;

const isSame: Comparison = (difference, tolerance) => Math.abs(difference) <= tolerance;

const comparisons: Readonly<Record<string, Comparison>> = {
  '!=': (difference, tolerance) => Math.abs(difference) > tolerance,
  '>': (difference, tolerance) => difference > tolerance,
  '<': (difference, tolerance) => difference < -tolerance,
  '>=': (difference, tolerance) => difference >= -tolerance,
  '<=': (difference, tolerance) => difference <= tolerance,
};

function equality(name: string, operator: string): void {
  if (/[<>]/.test(operator)) throw new Unreadable('wrong', `${name} has no order: ${name}:… or ${name}!=…`);
}

const multiples: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };

function readAmount(text: string): number | undefined {
  const [, number, multiple = ''] = /^(\d{1,15}(?:\.\d{0,6})?)([kmgt]?)%?$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * (multiples[multiple] ?? 1);
}

/** Whether what stands before a colon is a name, and not a protocol or the first group of an IPv6 address. */
function isName(text: string): boolean {
  return /^[a-z][a-z0-9/_-]*$/i.test(text) && /[g-z]/i.test(text) && !protocolWords.has(text.toLowerCase());
}

function beginsOne(words: readonly string[], text: string): boolean {
  return words.some((candidate) => candidate.startsWith(text.toLowerCase()));
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.replaceAll('"', '') : text;
}

function exampleOf<Row>({ kind, words }: FilterField<Row>): string {
  const [name = ''] = words;
  return kind === 'number' ? `${name}>100, ${name}=0` : `${name}:…, ${name}!=…`;
}
