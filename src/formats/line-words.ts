const space = 0x20;
const tab = 0x09;
const carriageReturn = 0x0d;
const comment = 0x23;
const lastAscii = 0x7f;

/**
 * Takes the lines of a text apart into words, to where a comment begins. The lines of a table are alike: a word that
 * stands where the same one stood in the line before is that very string, so that ten thousand lines make ten
 * thousand new words and not ten times as many.
 */
export class LineWords {
  readonly #text: string;
  #words: string[] = [];
  #before: string[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  /** The words between two places of the text, valid until the call after the next. */
  between(begin: number, end: number): readonly string[] {
    const words = this.#before;
    this.#before = this.#words;
    this.#words = words;
    let count = 0;
    for (let at = begin; at < end; ) {
      const code = this.#text.charCodeAt(at);
      if (code === comment) break;
      if (isBlank(code)) {
        at++;
        continue;
      }
      const word = this.#wordAt(at, end, this.#before[count]);
      words[count++] = word;
      at += word.length;
    }
    words.length = count;
    return words;
  }

  #wordAt(begin: number, end: number, before: string | undefined): string {
    if (before !== undefined) {
      const next = begin + before.length;
      if (
        next <= end &&
        this.#text.startsWith(before, begin) &&
        (next === end || endsWord(this.#text.charCodeAt(next)))
      )
        return before;
    }
    let at = begin + 1;
    while (at < end && !endsWord(this.#text.charCodeAt(at))) at++;
    return this.#text.slice(begin, at);
  }
}

function endsWord(code: number): boolean {
  return code === comment || isBlank(code);
}

/** What `\s` of a regular expression is. */
export function isBlank(code: number): boolean {
  if (code <= lastAscii) return code === space || (code >= tab && code <= carriageReturn);
  return /\s/.test(String.fromCharCode(code));
}
