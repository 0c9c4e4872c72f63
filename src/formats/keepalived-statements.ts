import type { ConfigurationDraft } from './configuration.ts';

/** A line of a keepalived.conf with the block behind it. */
export interface Statement {
  /** Line in the text, counted from 1. */
  readonly line: number;
  /** At least one. */
  readonly words: readonly [string, ...string[]];
  /** What stands between the braces; `null` where there are none. */
  readonly block: readonly Statement[] | null;
}

interface DraftStatement {
  readonly line: number;
  readonly words: [string, ...string[]];
  block: DraftStatement[] | null;
}

/** Words, quoted strings, braces, line ends, and comments, which begin with `#` or `!`. */
const tokens = /"((?:[^"\\\n]|\\.)*)"|([{}])|(\n)|[#!][^\n]*|([^\s{}"#!]+)|(")/g;

/**
 * Takes the text of a keepalived.conf apart: statements end with their line, blocks stand between braces that
 * may be on the next line. What is wrong with the braces becomes a problem.
 */
export function keepalivedStatements(draft: ConfigurationDraft, text: string): readonly Statement[] {
  const top: DraftStatement[] = [];
  const open: { readonly line: number; readonly list: DraftStatement[] }[] = [{ line: 1, list: top }];
  let line = 1;
  let current: DraftStatement | undefined;
  for (const [token, quoted, brace, newline, bare, openQuote] of text.matchAll(tokens)) {
    if (draft.isHopeless) break;
    const list = open.at(-1)?.list ?? top;
    if (newline !== undefined) {
      line++;
      current = undefined;
    } else if (brace === '{') {
      const owner = current ?? list.at(-1);
      if (owner === undefined || owner.block !== null) {
        draft.problem(line, 'a block begins without a word before it', 'remove the brace, or name the block');
        return top;
      }
      owner.block = [];
      open.push({ line, list: owner.block });
      current = undefined;
    } else if (brace === '}') {
      if (open.length === 1) {
        draft.problem(line, 'a brace closes a block that was not opened', 'remove one brace');
        return top;
      }
      open.pop();
      current = undefined;
    } else if (openQuote !== undefined) {
      draft.problem(line, 'a quotation does not end in its line', 'end it');
      return top;
    } else if (quoted !== undefined || bare !== undefined) {
      const word = quoted ?? bare ?? token;
      if (current === undefined) {
        current = { line, words: [word], block: null };
        list.push(current);
      } else {
        current.words.push(word);
      }
    }
  }
  const unclosed = open.at(-1);
  if (open.length > 1 && unclosed !== undefined) {
    draft.problem(
      line,
      `the text ends inside the block that begins in line ${unclosed.line}: it may be cut off`,
      'get the whole file, or close the block',
    );
  }
  return top;
}
