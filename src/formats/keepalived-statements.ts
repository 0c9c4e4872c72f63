import type { ConfigurationDraft } from './configuration.ts';
import { isBlank } from './line-words.ts';

/** A line of a keepalived.conf with the block behind it. */
export interface Statement {
  /** Line in the text, counted from 1. */
  readonly line: number;
  /** At least one. */
  readonly words: readonly [string, ...string[]];
  /** What stands between the braces; `null` where there are none. */
  readonly block: readonly Statement[] | null;
}

interface DraftStatement extends Statement {
  block: readonly Statement[] | null;
}

/** A block that is not at its end. */
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
 * Takes the text of a keepalived.conf apart: statements end with their line, blocks stand between braces that
 * may be on the next line. What is wrong with the braces becomes a problem.
 */
export function keepalivedStatements(draft: ConfigurationDraft, text: string): readonly Statement[] {
  const open: [OpenBlock, ...OpenBlock[]] = [{ line: 1, owner: null, list: [] }];
  let line = 1;
  let count = 0;
  let words: string[] = [];
  const inside = () => open.at(-1) ?? open[0];
  /** A list is copied when it is whole: one that grows has room for sixteen more. */
  const endStatement = () => {
    const [first, ...others] = words;
    if (first !== undefined) inside().list.push({ line, words: [first, ...others], block: null });
    words = [];
  };
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === mark.newline) {
      endStatement();
      line++;
      at++;
    } else if (isBlank(code)) {
      at++;
    } else if (code === mark.hash || code === mark.exclamation) {
      const newline = text.indexOf('\n', at);
      at = newline < 0 ? text.length : newline;
    } else if (code === mark.open) {
      at++;
      endStatement();
      const owner = inside().list.at(-1);
      if (owner === undefined || owner.block !== null) {
        draft.problem(line, 'a block begins without a word before it', 'remove the brace, or name the block');
        return open[0].list;
      }
      if (open.length > deepestBlock) {
        draft.giveUp(
          line,
          `there are more than ${deepestBlock} blocks within each other, the most that are read`,
          'close those that are at an end',
        );
        return open[0].list;
      }
      owner.block = [];
      open.push({ line, owner, list: [] });
    } else if (code === mark.close) {
      at++;
      endStatement();
      const { owner, list } = inside();
      if (owner === null) {
        draft.problem(line, 'a brace closes a block that was not opened', 'remove one brace');
        return open[0].list;
      }
      owner.block = list.slice();
      open.pop();
    } else {
      const isQuoted = code === mark.quote;
      const end = isQuoted ? endOfQuotation(text, at) : endOfWord(text, at);
      if (end < 0) {
        draft.problem(line, 'a quotation does not end in its line', 'end it');
        return open[0].list;
      }
      if (++count > mostWords) {
        draft.giveUp(
          line,
          `there are more than ${mostWords} words, the most that are read`,
          'give a smaller table',
        );
        return open[0].list;
      }
      words.push(isQuoted ? text.slice(at + 1, end - 1) : text.slice(at, end));
      at = end;
    }
  }
  endStatement();
  if (open.length > 1) {
    draft.problem(
      line,
      `the text ends inside the block that begins in line ${inside().line}: it may be cut off`,
      'get the whole file, or close the block',
    );
  }
  return open[0].list;
}

const mark = {
  newline: 0x0a,
  exclamation: 0x21,
  quote: 0x22,
  hash: 0x23,
  backslash: 0x5c,
  open: 0x7b,
  close: 0x7d,
} as const;

/** Behind the quotation that begins there; -1 where its line ends before it. */
function endOfQuotation(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === mark.quote) return at + 1;
    if (code === mark.newline) return -1;
    if (code === mark.backslash && text.charCodeAt(at + 1) !== mark.newline) at++;
  }
  return -1;
}

/** Behind the word that begins there, without quotation marks. */
function endOfWord(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && !endsWord(text.charCodeAt(at))) at++;
  return at;
}

function endsWord(code: number): boolean {
  switch (code) {
    case mark.exclamation:
    case mark.quote:
    case mark.hash:
    case mark.open:
    case mark.close:
      return true;
    default:
      return isBlank(code);
  }
}
