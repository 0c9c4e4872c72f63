/** What came of going through a text before `JSON.parse` is asked. Lines are counted from 1. */
export type JsonScan =
  | { readonly kind: 'whole'; readonly places: JsonPlaces }
  /** No JSON from that line on. */
  | { readonly kind: 'wrong'; readonly line: number }
  /** The beginning of some. */
  | { readonly kind: 'cut'; readonly line: number }
  /** More than a bound allows, from that line on. */
  | { readonly kind: 'too many' | 'too deep'; readonly line: number };

/** Where the services and real servers of a listing stand, which `JSON.parse` forgets. */
export interface JsonPlaces {
  /** The line on which each element of `services` begins, in their order. */
  readonly services: readonly number[];
  /** For each of them, the lines on which the elements of its `realServers` begin. */
  readonly realServers: readonly (readonly number[])[];
}

/** Values of a text, objects and lists too; a table of 150,000 real servers has as many with all its counters. */
export const mostJsonValues = 5_000_000;
/** Objects and lists within each other; a listing has six. */
export const deepestJson = 100;

/**
 * Goes once through a text, character by character: whether it is JSON and within the bounds is known before any
 * object is made of it. `JSON.parse` tells the place of a mistake in some of its messages only, makes gigabytes of a
 * few million empty lists, and a pattern that takes strings as a whole fails at one of some megabytes.
 */
export function scanJson(text: string): JsonScan {
  return new JsonScanner(text).scan();
}

const mark = {
  tab: 0x09,
  newline: 0x0a,
  return: 0x0d,
  space: 0x20,
  quote: 0x22,
  comma: 0x2c,
  minus: 0x2d,
  point: 0x2e,
  zero: 0x30,
  nine: 0x39,
  colon: 0x3a,
  openList: 0x5b,
  backslash: 0x5c,
  closeList: 0x5d,
  openObject: 0x7b,
  closeObject: 0x7d,
} as const;

/** What may come next. */
type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'more';

class JsonScanner {
  readonly #text: string;
  /** Of each container that is open, whether it is a list. */
  readonly #open: boolean[] = [];
  /** Of the containers that are looked into, the last key. */
  readonly #keys: string[] = [];
  #at = 0;
  #line = 1;
  #values = 0;
  #expected: Expected = 'value';
  #services: number[] = [];
  #realServers: number[][] = [];

  constructor(text: string) {
    this.#text = text;
  }

  scan(): JsonScan {
    const text = this.#text;
    while (this.#skipBlanks()) {
      const code = text.charCodeAt(this.#at);
      const line = this.#line;
      if (!this.#take(code)) {
        return { kind: this.#at >= text.length ? 'cut' : 'wrong', line };
      }
      if (this.#values > mostJsonValues) return { kind: 'too many', line };
      if (this.#open.length > deepestJson) return { kind: 'too deep', line };
    }
    if (this.#expected !== 'more' || this.#open.length > 0) return { kind: 'cut', line: this.#lastLine() };
    return { kind: 'whole', places: { services: this.#services, realServers: this.#realServers } };
  }

  /** Takes one token, whose first character is `code`. `false` where there is none that may stand there. */
  #take(code: number): boolean {
    switch (this.#expected) {
      case 'value or ]':
        return code === mark.closeList ? this.#close(true) : this.#takeValue(code);
      case 'value':
        return this.#takeValue(code);
      case 'key or }':
        return code === mark.closeObject ? this.#close(false) : this.#takeKey(code);
      case 'key':
        return this.#takeKey(code);
      case 'colon':
        if (code !== mark.colon) return false;
        this.#at++;
        this.#expected = 'value';
        return true;
      case 'more':
        if (code !== mark.comma) return this.#close(code === mark.closeList, code);
        if (this.#open.length === 0) return false;
        this.#at++;
        this.#expected = this.#open.at(-1) === true ? 'value' : 'key';
        return true;
    }
  }

  #close(isList: boolean, code: number = isList ? mark.closeList : mark.closeObject): boolean {
    if (code !== mark.closeList && code !== mark.closeObject) return false;
    if (this.#open.at(-1) !== isList) return false;
    this.#open.pop();
    this.#at++;
    this.#expected = 'more';
    return true;
  }

  #takeKey(code: number): boolean {
    const start = this.#at + 1;
    if (code !== mark.quote || !this.#takeString()) return false;
    const depth = this.#open.length;
    // No other objects are looked into: `services` is in the first, `realServers` in the third container.
    if (depth === 1 || depth === 3)
      this.#keys[depth] = this.#text.slice(start, Math.min(this.#at - 1, start + 16));
    this.#expected = 'colon';
    return true;
  }

  #takeValue(code: number): boolean {
    this.#values++;
    this.#notePlace(code);
    if (code === mark.openObject || code === mark.openList) {
      this.#open.push(code === mark.openList);
      this.#at++;
      this.#expected = code === mark.openList ? 'value or ]' : 'key or }';
      return true;
    }
    this.#expected = 'more';
    if (code === mark.quote) return this.#takeString();
    if (code === mark.minus || isDigit(code)) return this.#takeNumber();
    for (const word of ['true', 'false', 'null']) if (this.#takeWord(word)) return true;
    return false;
  }

  /** Keeps the line of a value that is an element of one of the lists that matter. */
  #notePlace(code: number): void {
    const depth = this.#open.length;
    if (depth === 0 || depth > 4 || this.#open[0] === true) return;
    const isInServices = this.#keys[1] === 'services' && (depth < 2 || this.#open[1] === true);
    if (!isInServices) return;
    // Of a key that stands twice the last counts.
    if (depth === 1 && code === mark.openList) {
      this.#services = [];
      this.#realServers = [];
    } else if (depth === 2) {
      this.#services.push(this.#line);
      this.#realServers.push([]);
      this.#keys[3] = '';
    } else if (this.#open[2] === false && this.#keys[3] === 'realServers') {
      const last = this.#realServers.length - 1;
      if (depth === 3 && code === mark.openList) this.#realServers[last] = [];
      else if (depth === 4 && this.#open[3] === true) this.#realServers[last]?.push(this.#line);
    }
  }

  #takeString(): boolean {
    const text = this.#text;
    const start = this.#at;
    let at = start + 1;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === mark.quote) {
        this.#at = at + 1;
        return true;
      }
      if (code < mark.space) return false;
      if (code === mark.backslash && !this.#isEscape(++at)) return false;
      // The digits of `\u` are gone over as plain characters: no quote is among them.
    }
    // Its end may have been cut off.
    this.#at = text.length;
    return false;
  }

  /** Whether the escape that goes on at `at`, behind its backslash, is valid. One that the text's end cuts off is. */
  #isEscape(at: number): boolean {
    const text = this.#text;
    if (at >= text.length) return true;
    const code = text[at] ?? '';
    if (code !== 'u') return '"\\/bfnrt'.includes(code);
    for (let digit = at + 1; digit <= at + 4 && digit < text.length; digit++) {
      if (!/[\da-f]/i.test(text[digit] ?? '')) return false;
    }
    return true;
  }

  #takeNumber(): boolean {
    const text = this.#text;
    const start = this.#at;
    const digits = (): boolean => {
      const first = this.#at;
      while (isDigit(text.charCodeAt(this.#at))) this.#at++;
      return this.#at > first;
    };
    if (text.charCodeAt(this.#at) === mark.minus) this.#at++;
    const first = this.#at;
    let isWhole = digits();
    if (isWhole && text.charCodeAt(first) === mark.zero && this.#at > first + 1) {
      this.#at = start;
      return false;
    }
    if (isWhole && text.charCodeAt(this.#at) === mark.point) {
      this.#at++;
      isWhole = digits();
    }
    if (isWhole && (text[this.#at] === 'e' || text[this.#at] === 'E')) {
      this.#at++;
      if (text[this.#at] === '+' || text[this.#at] === '-') this.#at++;
      isWhole = digits();
    }
    if (!isWhole && this.#at < text.length) this.#at = start;
    return isWhole;
  }

  #takeWord(word: string): boolean {
    const isThere = this.#text.startsWith(word, this.#at);
    if (isThere) this.#at += word.length;
    else if (word.startsWith(this.#text.slice(this.#at, this.#at + word.length)))
      this.#at = this.#text.length;
    return isThere;
  }

  /** Goes to the next character that is no blank; `false` at the end. */
  #skipBlanks(): boolean {
    const text = this.#text;
    for (; this.#at < text.length; this.#at++) {
      const code = text.charCodeAt(this.#at);
      if (code === mark.newline) this.#line++;
      else if (code !== mark.space && code !== mark.tab && code !== mark.return) return true;
    }
    return false;
  }

  /** The line on which the last character stands that is no blank. */
  #lastLine(): number {
    let line = this.#line;
    for (let at = this.#text.length - 1; at >= 0; at--) {
      const code = this.#text.charCodeAt(at);
      if (code === mark.newline) line--;
      else if (code !== mark.space && code !== mark.tab && code !== mark.return) break;
    }
    return Math.max(1, line);
  }
}

function isDigit(code: number): boolean {
  return code >= mark.zero && code <= mark.nine;
}
