import type { ConfigurationDraft } from '../configuration.ts';
import type { SourceText } from '../source-lines.ts';
import { Definitions, longestReplacedLine, type Replacement } from './definitions.ts';
import { readSequence } from './sequences.ts';
import type { KeepalivedSurroundings } from './surroundings.ts';

/** A line as keepalived parses it: without its comment, and with the text of definitions in place of their names. */
export interface Line {
  /** The line of the configuration that it comes from. */
  readonly number: number;
  readonly text: string;
}

/** How deep files may include each other. */
const deepestInclude = 16;
/** Files of one configuration. */
const mostFiles = 1000;
/** Lines that definitions and sequences make. */
const mostMadeLines = 250_000;

/**
 * Goes through the lines of keepalived.conf texts as `read_line` of keepalived's `lib/parser.c` does: comments go,
 * `include` opens files, `$NAME` and `~SEQ` stand for others, `@ID` decides whether a line counts.
 */
export class KeepalivedLines {
  readonly #draft: ConfigurationDraft;
  readonly #surroundings: KeepalivedSurroundings;
  readonly #definitions = new Definitions();
  #folder = '';
  #depth = 0;
  #files = 0;
  #made = 0;

  constructor(draft: ConfigurationDraft, surroundings: KeepalivedSurroundings) {
    this.#draft = draft;
    this.#surroundings = surroundings;
  }

  *of(sources: readonly SourceText[]): Generator<Line, void, void> {
    for (const source of sources) yield* this.#file(source);
  }

  *#file(source: SourceText): Generator<Line, void, void> {
    let number = this.#draft.sources.open(source);
    const folder = this.#folder;
    this.#folder = source.folder;
    const { text } = source;
    for (let at = 0; at < text.length && !this.#draft.isHopeless; ) {
      const newline = text.indexOf('\n', at);
      const end = newline < 0 ? text.length : newline;
      number++;
      const raw = withoutReturns(text, at, end);
      at = end + 1;
      if (raw === '') this.#definitions.end();
      else yield* this.#line(number, withoutComment(raw));
    }
    this.#folder = folder;
  }

  *#line(number: number, line: string): Generator<Line, void, void> {
    if (line === '') return;
    if (this.#definitions.isUnfinished) {
      this.#definitions.goOn(line);
      return;
    }
    let text = line;
    let behind: readonly string[] = [];
    for (;;) {
      const kept = text.startsWith('@') ? this.#whereIdMatches(number, text) : text;
      if (kept === undefined) break;
      text = kept;
      if (this.#definitions.take(text)) break;
      if (/^~(?:SEQ|LST)/.test(text)) {
        yield* this.#sequence(number, text);
        break;
      }
      if (text.startsWith('~') || !text.includes('$')) {
        yield* this.#plain(number, text);
        break;
      }
      const replaced = this.#replace(number, text);
      if (replaced.kind !== 'replaced') {
        yield* this.#plain(number, text);
        break;
      }
      text = withoutComment(replaced.text);
      behind = [...replaced.behind, ...behind];
      if (text.startsWith('@') || text.includes('$')) continue;
      yield* this.#plain(number, text);
      break;
    }
    for (const each of behind) {
      if (!this.#countMade(number)) return;
      yield* this.#line(number, each);
    }
  }

  *#plain(number: number, text: string): Generator<Line, void, void> {
    const include = /^include([rmwba]?)\s[ \t]*(.*)$/s.exec(text);
    if (include === null) {
      if (text !== '') yield { number, text };
      return;
    }
    const pattern = include[2] ?? '';
    const files = this.#draft.attempt(number, () => this.#surroundings.include(pattern, this.#folder));
    if (files === undefined) return;
    if (files.length === 0) {
      this.#draft.notApplied(number, `include ${pattern}`, 'no file that can be read is named so', true);
    }
    this.#files += files.length;
    if (this.#depth >= deepestInclude || this.#files > mostFiles) {
      const bound =
        this.#files > mostFiles ? `${mostFiles} files` : `${deepestInclude} files within each other`;
      this.#draft.giveUp(number, `more than ${bound} are included`, 'see whether one includes itself');
      return;
    }
    this.#depth++;
    for (const file of files) yield* this.#file(file);
    this.#depth--;
  }

  *#sequence(number: number, text: string): Generator<Line, void, void> {
    const sequence = readSequence(text, (parameters) => {
      const replaced = this.#replace(number, parameters);
      return replaced.kind === 'replaced' ? replaced.text : parameters;
    });
    if (sequence === undefined) {
      this.#draft.notApplied(number, text.slice(0, 4), 'keepalived cannot read its parameters', true);
      return;
    }
    for (const round of sequence.rounds) {
      if (!this.#countMade(number)) return;
      for (const [name, value] of round) this.#definitions.set(name, value);
      yield* this.#line(number, sequence.text);
    }
  }

  /** What stands behind `@ID` or `@^ID`; `undefined` where the line is not for this keepalived. */
  #whereIdMatches(number: number, line: string): string | undefined {
    const match = /^@(\^?)([^ \t]*)[ \t]+(.*)$/s.exec(line);
    if (match === null) return undefined;
    const [, not, id, rest] = match;
    const { id: own } = this.#surroundings;
    if ((id === own) !== (not === '^')) return rest;
    this.#draft.notApplied(number, `@${not}${id}`, `the line is not for "${own}"; --id names another`);
    return undefined;
  }

  #replace(number: number, text: string): Replacement {
    const replaced = this.#definitions.replaceIn(text, this.#folder);
    if (replaced.kind === 'too long') {
      this.#draft.giveUp(
        number,
        `with what stands for its names the line is longer than the ${longestReplacedLine} characters that keepalived takes`,
        'see whether a name stands for itself',
      );
    } else if (replaced.kind === 'chance') {
      this.#draft.giveUp(number, '$_RANDOM is another number each time', 'write the number that is meant');
    }
    return replaced;
  }

  #countMade(number: number): boolean {
    if (this.#draft.isHopeless) return false;
    if (++this.#made <= mostMadeLines) return true;
    this.#draft.giveUp(
      number,
      `definitions and sequences make more than ${mostMadeLines} lines, the most that are read`,
      'write fewer',
    );
    return false;
  }
}

const mark = { tab: 0x09, return: 0x0d, space: 0x20, backslash: 0x5c } as const;

function withoutReturns(text: string, begin: number, end: number): string {
  let last = end;
  while (last > begin && text.charCodeAt(last - 1) === mark.return) last--;
  return text.slice(begin, last);
}

/** As `decomment` does: no blanks at both ends, no comment, `\#` and `\!` for the sign, a backslash at the end kept. */
function withoutComment(line: string): string {
  const text = withoutBlanks(line);
  const first = text.search(/[!#"\\]/);
  if (first < 0) return text;
  let isQuoted = false;
  let kept = '';
  let from = 0;
  for (let at = first; at < text.length; at++) {
    const sign = text[at];
    if (sign === '"') isQuoted = !isQuoted;
    else if (sign === '\\') {
      if (!isQuoted && /[!#]/.test(text[at + 1] ?? '')) {
        kept += text.slice(from, at);
        from = at + 1;
      }
      at++;
    } else if (!isQuoted && (sign === '!' || sign === '#')) {
      return withoutBlanks(kept + text.slice(from, at)) + (text.endsWith('\\') ? '\\' : '');
    }
  }
  const whole = kept + text.slice(from);
  return whole.endsWith('\\') ? `${withoutBlanks(whole.slice(0, -1))}\\` : whole;
}

/** By hand, since a pattern for blanks at the end tries every blank of a text. */
function withoutBlanks(text: string): string {
  let begin = 0;
  let end = text.length;
  while (begin < end && isTabOrSpace(text.charCodeAt(begin))) begin++;
  while (end > begin && isTabOrSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(begin, end);
}

function isTabOrSpace(code: number): boolean {
  return code === mark.space || code === mark.tab;
}
