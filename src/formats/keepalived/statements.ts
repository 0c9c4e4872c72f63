import type { Work } from '../../system/turns.ts';
import type { ConfigurationDraft } from '../configuration.ts';
import { isBlank } from '../line-words.ts';
import type { SourceText } from '../source-lines.ts';
import { KeepalivedLines, type Line } from './lines.ts';
import type { KeepalivedSurroundings } from './surroundings.ts';

/** A line of a keepalived.conf with the block behind it. */
export interface Statement {
  /** Line of the configuration, counted from 1. */
  readonly line: number;
  /** At least one. */
  readonly words: readonly [string, ...string[]];
  /** What stands between the braces; `null` where there are none. */
  readonly block: readonly Statement[] | null;
  /** Line of the closing brace; its own where there is no block. */
  readonly end: number;
}

interface DraftStatement extends Statement {
  block: readonly Statement[] | null;
  end: number;
}

/** A block that is not closed yet. */
interface OpenBlock {
  readonly line: number;
  readonly owner: DraftStatement | null;
  readonly list: DraftStatement[];
}

/** Words of a text, as many as 100,000 real servers with all their checks have. */
export const mostWords = 2_000_000;
/** Blocks within each other; keepalived has four. */
const deepestBlock = 32;

/**
 * Takes texts of a keepalived.conf apart: statements end with their line, blocks stand between braces that may be on
 * the next line. What is wrong with the braces becomes a problem.
 */
export function* keepalivedStatements(
  draft: ConfigurationDraft,
  sources: readonly SourceText[],
  surroundings: KeepalivedSurroundings,
): Work<readonly Statement[]> {
  const builder = new StatementBuilder(draft);
  for (const line of new KeepalivedLines(draft, surroundings).of(sources)) {
    if (!builder.take(line)) return [];
    yield 1;
  }
  return builder.end();
}

class StatementBuilder {
  readonly #draft: ConfigurationDraft;
  readonly #open: [OpenBlock, ...OpenBlock[]] = [{ line: 1, owner: null, list: [] }];
  #words: string[] = [];
  #count = 0;
  #line = 1;

  constructor(draft: ConfigurationDraft) {
    this.#draft = draft;
  }

  /** Takes a line apart; `false` where reading on would tell nothing more. */
  take({ number, text }: Line): boolean {
    this.#line = number;
    for (let at = 0; at < text.length; ) {
      const code = text.charCodeAt(at);
      if (isBlank(code)) at++;
      else if (code === mark.open || code === mark.close) {
        at++;
        this.#endStatement();
        if (!(code === mark.open ? this.#openBlock() : this.#closeBlock())) return false;
      } else {
        const isQuoted = code === mark.quote;
        const end = isQuoted ? text.indexOf('"', at + 1) + 1 : endOfWord(text, at);
        if (end === 0) return this.#wrong('a quotation does not end in its line', 'end it');
        if (++this.#count > mostWords) {
          this.#draft.giveUp(
            number,
            `there are more than ${mostWords} words, the most that are read`,
            'give a smaller table',
          );
          return false;
        }
        this.#words.push(isQuoted ? text.slice(at + 1, end - 1) : text.slice(at, end));
        at = end;
      }
    }
    this.#endStatement();
    return true;
  }

  end(): readonly Statement[] {
    const { line, list } = this.#inside();
    if (this.#open.length > 1) {
      this.#wrong(
        `the text ends inside the block that begins in line ${this.#draft.sources.placeOf(line).line}: it may be cut off`,
        'get the whole file, or close the block',
      );
    }
    return list;
  }

  #inside(): OpenBlock {
    return this.#open.at(-1) ?? this.#open[0];
  }

  #endStatement(): void {
    const [first, ...others] = this.#words;
    if (first === undefined) return;
    this.#inside().list.push({ line: this.#line, words: [first, ...others], block: null, end: this.#line });
    this.#words = [];
  }

  #openBlock(): boolean {
    const owner = this.#inside().list.at(-1);
    if (owner === undefined || owner.block !== null) {
      return this.#wrong('a block begins without a word before it', 'remove the brace, or name the block');
    }
    if (this.#open.length > deepestBlock) {
      this.#draft.giveUp(
        this.#line,
        `there are more than ${deepestBlock} blocks within each other, the most that are read`,
        'close those that are at an end',
      );
      return false;
    }
    owner.block = [];
    this.#open.push({ line: this.#line, owner, list: [] });
    return true;
  }

  /** Copies the list now that it is whole: an array that has grown keeps room for sixteen more. */
  #closeBlock(): boolean {
    const { owner, list } = this.#inside();
    if (owner === null) {
      return this.#wrong('a brace closes a block that was not opened', 'remove one brace');
    }
    owner.block = list.slice();
    owner.end = this.#line;
    this.#open.pop();
    return true;
  }

  #wrong(reason: string, advice: string): false {
    this.#draft.problem(this.#line, reason, advice);
    return false;
  }
}

const mark = { quote: 0x22, open: 0x7b, close: 0x7d } as const;

/** The place behind the word that begins at `start`, without quotation marks. */
function endOfWord(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && !endsWord(text.charCodeAt(at))) at++;
  return at;
}

function endsWord(code: number): boolean {
  return code === mark.quote || code === mark.open || code === mark.close || isBlank(code);
}
