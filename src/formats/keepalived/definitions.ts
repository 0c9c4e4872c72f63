/** A definition of a keepalived.conf, `$NAME=TEXT`; one of several lines ends each but the last with a backslash. */
interface Definition {
  lines: string[];
  isOfLines: boolean;
}

/** What became of a line in which definitions were put in place of their names. */
export type Replacement =
  | { readonly kind: 'unchanged' }
  /** Its text, and the lines that come behind it. */
  | { readonly kind: 'replaced'; readonly text: string; readonly behind: readonly string[] }
  | { readonly kind: 'too long' }
  | { readonly kind: 'chance' };

/** Characters of a line that definitions are put into, keepalived's own limit (`MAXBUF` in `lib/parser.h`). */
export const longestReplacedLine = 1024;

const name = '[A-Za-z_][A-Za-z0-9_]*';
const definition = new RegExp(`^\\$(${name})=[ \\t]*(.*)$`, 's');
const braced = new RegExp(`\\$\\{(${name})\\}`, 'y');
const bare = new RegExp(`\\$(${name})(?=[ \\t,)]|$)`, 'y');
const random = /\$\{?_RANDOM\b/;

/** The definitions of a keepalived.conf, as `find_definition` and `replace_param` of its `lib/parser.c` treat them. */
export class Definitions {
  readonly #byName = new Map<string, Definition>([
    ['_INSTANCE', { lines: [''], isOfLines: false }],
    ['_HASH', { lines: ['#'], isOfLines: false }],
    ['_BANG', { lines: ['!'], isOfLines: false }],
  ]);
  #unfinished: Definition | null = null;

  /** Whether the next line belongs to a definition. */
  get isUnfinished(): boolean {
    return this.#unfinished !== null;
  }

  /** Takes a line that is a definition; `false` for any other line. */
  take(line: string): boolean {
    const match = definition.exec(line);
    if (match === null) return false;
    const [, key = '', text = ''] = match;
    const isOfLines = text.endsWith('\\');
    const first = isOfLines ? text.slice(0, -1).trimEnd() : text;
    const taken = { lines: isOfLines && first === '' ? [] : [first], isOfLines };
    this.#byName.set(key, taken);
    this.#unfinished = isOfLines ? taken : null;
    return true;
  }

  /** Takes a further line of a definition. */
  goOn(line: string): void {
    const goesOn = line.endsWith('\\');
    const text = goesOn ? line.slice(0, -1).trimEnd() : line;
    if (text !== '' || !goesOn) this.#unfinished?.lines.push(text);
    if (!goesOn) this.end();
  }

  /** Ends a definition of several lines, as an empty line does. */
  end(): void {
    const { lines } = this.#unfinished ?? { lines: [''] };
    if (lines.length === 0) lines.push('');
    this.#unfinished = null;
  }

  /** Gives a name a text of one line. */
  set(key: string, text: string): void {
    this.#byName.set(key, { lines: [text], isOfLines: false });
  }

  /** Puts definitions in place of `$NAME` and `${NAME}` in a line; one of several lines only at its end. */
  replaceIn(line: string, folder: string): Replacement {
    let text = line;
    let behind: readonly string[] = [];
    let count = 0;
    for (let at = text.indexOf('$'); at >= 0; at = text.indexOf('$', at)) {
      const found = this.#findAt(text, at, folder);
      if (found === undefined) {
        at++;
        continue;
      }
      const [first = '', ...others] = found.lines;
      text = text.slice(0, at) + first + text.slice(found.end);
      if (found.isOfLines) behind = [...others, ...behind];
      // A definition that has its own name in it would never end.
      if (++count > longestReplacedLine || text.length > longestReplacedLine) return { kind: 'too long' };
      if (/^[ \t]*~/.test(first)) break;
    }
    if (random.test(text)) return { kind: 'chance' };
    return count > 0 ? { kind: 'replaced', text, behind } : { kind: 'unchanged' };
  }

  #findAt(text: string, at: number, folder: string): (Definition & { readonly end: number }) | undefined {
    for (const pattern of [braced, bare]) {
      pattern.lastIndex = at;
      const match = pattern.exec(text);
      const key = match?.[1];
      if (key === undefined) continue;
      const end = pattern.lastIndex;
      if (key === '_PWD') return { lines: [folder], isOfLines: false, end };
      const found = this.#byName.get(key);
      if (found === undefined || (found.isOfLines && end < text.length)) return undefined;
      return { ...found, end };
    }
    return undefined;
  }
}
