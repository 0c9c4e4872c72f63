import type { ConfigurationDraft } from '../configuration.ts';

/** A line of ipvsadm's in a script, with the values of variables in it. */
export interface ScriptLine {
  readonly number: number;
  readonly words: readonly string[];
}

/** Whether a word calls ipvsadm, with or without its path. */
export function isIpvsadm(word: string): boolean {
  return /^(?:\/\S*\/)?ipvsadm$/.test(word);
}

const ipvsadmCall = /(?:^|[\s;&|(])(?:\/[^\s;&|()]*\/)?ipvsadm\s+-/m;

/** Whether a text is a script of which some lines are ipvsadm's, and not such lines alone. */
export function isShellScript(text: string): boolean {
  let at = 0;
  if (text.startsWith('#!')) return ipvsadmCall.test(text);
  for (; at < text.length; ) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const first = text.slice(at, Math.min(end, at + longestLook)).trim();
    at = end + 1;
    if (first === '' || first.startsWith('#')) continue;
    return !first.startsWith('-') && ipvsadmCall.test(text);
  }
  return false;
}

const longestLook = 4096;

/** Characters of a command; one of ipvsadm's has three hundred. */
const longestCommand = 65_536;

/** Commands that do nothing to the table. */
const harmless: ReadonlySet<string> = new Set(
  'arping cd chmod chown date echo exit false ifconfig ip ip6tables iptables logger mkdir modprobe nft printf pwd return rm route set shift sleep sync sysctl test touch trap true ulimit umask unset wait [ [[ :'.split(
    ' ',
  ),
);

/** Commands that are there to be asked: what follows them by `&&` may not be done. */
const questions: ReadonlySet<string> = new Set(['[', '[[', 'test', 'grep', 'egrep', 'pgrep', 'cmp']);

/** Words that stand before a command and change nothing of what it does to the table. */
const prefixes: ReadonlySet<string> = new Set([
  'sudo',
  'exec',
  'command',
  'nohup',
  'env',
  '!',
  'then',
  'do',
  'else',
]);

/** Words that make what follows depend on something, with the word that ends that. */
const blocks: ReadonlyMap<string, string> = new Map(
  Object.entries({ if: 'fi', for: 'done', while: 'done', until: 'done', case: 'esac', '{': '}', '(': ')' }),
);
const blockEnds: ReadonlySet<string> = new Set(blocks.values());

/** Words that set the variables behind them. */
const setters: ReadonlySet<string> = new Set(['export', 'readonly', 'declare', 'local']);
const assignment = /^([A-Za-z_]\w*)=/;

/**
 * Finds the lines of ipvsadm's in a shell script, as far as they stand there by themselves: `sudo`, a path, `\` at the
 * end of a line, quotes, and variables that the script sets to plain text are read. What depends on a condition, a loop
 * or another program is told and left out.
 */
export function* readShellScript(
  draft: ConfigurationDraft,
  text: string,
  linesBefore: number,
): Generator<ScriptLine, void, void> {
  const variables = new Map<string, string>();
  const open: string[] = [];
  for (const { number, words: all, isPiped } of commandsOf(draft, text, linesBefore)) {
    if (draft.isHopeless) return;
    const words = withoutPrefix(all);
    const first = words[0]?.text ?? '';
    if (blockEnds.has(first)) {
      if (open.at(-1) === first) open.pop();
      continue;
    }
    const end = blocks.get(first);
    if (end !== undefined) open.push(end);
    const assigned = setters.has(first) ? words.slice(1) : words;
    if (assigned.some((word) => assignment.test(word.text)) && (assigned !== words || words.length === 1)) {
      for (const word of assigned) assign(variables, word, open.length === 0);
      continue;
    }
    const values = words.map((word) => meaningOf(word, variables));
    if (harmless.has(first) || !values.some((value) => value !== undefined && isIpvsadm(value))) {
      if (first !== '' && end === undefined) {
        draft.notApplied(number, brieflyOf(first), 'it is no line of ipvsadm', !harmless.has(first));
      }
      continue;
    }
    const reason =
      open.length > 0
        ? 'it depends on a condition or loop of the script'
        : values.includes(undefined)
          ? 'it has a variable or command in it whose value the script does not tell'
          : isPiped || !isIpvsadm(values[0] ?? '')
            ? 'it depends on other commands of its line'
            : null;
    if (reason === null) yield { number, words: values.flatMap((value) => value ?? []) };
    else draft.notApplied(number, brieflyOf(words.map((word) => word.text).join(' ')), reason, true);
  }
}

/** The words behind `sudo` and its like, and behind variables that are set for one command only. */
function withoutPrefix(words: readonly Word[]): readonly Word[] {
  const begin = words.findIndex(
    ({ text }, index) => !prefixes.has(text) && (!assignment.test(text) || index === words.length - 1),
  );
  return begin < 0 ? [] : words.slice(begin);
}

/** Whether a command, or the opposite of one by `!`, is there to be asked. */
function asks(words: readonly Word[]): boolean {
  return words[0]?.text === '!' || questions.has(withoutPrefix(words)[0]?.text ?? '');
}

/** A variable that is set where the script may not get to has no known value from then on. */
function assign(variables: Map<string, string>, word: Word, isSure: boolean): void {
  const name = assignment.exec(word.text)?.[1];
  if (name === undefined) return;
  const value = meaningOf(word, variables);
  if (isSure && value !== undefined) variables.set(name, value.slice(name.length + 1));
  else variables.delete(name);
}

/** A word as it stands, in pieces that are quoted in the same way. */
interface Word {
  readonly text: string;
  readonly pieces: readonly { readonly text: string; readonly isLiteral: boolean }[];
}

interface Command {
  readonly number: number;
  readonly words: readonly Word[];
  /** Whether it depends on another command of its line, by `|`, `||`, or `&&` behind a test. */
  readonly isPiped: boolean;
}

/** Goes through a script once and takes it apart into commands, without here-documents (`<<`). */
function* commandsOf(
  draft: ConfigurationDraft,
  text: string,
  linesBefore: number,
): Generator<Command, void, void> {
  let line = linesBefore + 1;
  let number = line;
  let words: Word[] = [];
  let length = 0;
  let isPiped = false;
  let ends: string[] = [];
  const take = (): Command => {
    const command = { number, words: withoutRedirections(words), isPiped };
    words = [];
    length = 0;
    return command;
  };
  for (let at = 0; at < text.length; ) {
    const sign = text[at] ?? '';
    if (words.length === 0) number = line;
    if (sign === '\n') {
      if (words.length > 0) yield take();
      isPiped = false;
      line++;
      at++;
      for (const end of ends) {
        const found = endOfHereText(text, at, end);
        for (
          let next = text.indexOf('\n', at);
          next >= 0 && next < found;
          next = text.indexOf('\n', next + 1)
        )
          line++;
        at = found;
      }
      ends = [];
    } else if (sign === '\\' && text[at + 1] === '\n') {
      line++;
      at += 2;
    } else if (/\s/.test(sign)) at++;
    else if (sign === '#') {
      const newline = text.indexOf('\n', at);
      at = newline < 0 ? text.length : newline;
    } else if (/[;&|()]/.test(sign)) {
      const isPipe = sign === '|' && text[at + 1] !== '|';
      const isEither = (sign === '|' || sign === '&') && text[at + 1] === sign;
      if (isPipe) isPiped = true;
      const isQuestion = asks(words);
      if (words.length > 0) yield take();
      // What stands behind || is done only if the command before it fails. What stands behind && is taken as done, since
      // in a script that sets up a table each command is meant to succeed; but for one that asks something.
      if (isEither && (sign === '|' || isQuestion)) isPiped = true;
      if (sign === ';') isPiped = false;
      if (sign === '(' || sign === ')') {
        words.push({ text: sign, pieces: [{ text: sign, isLiteral: true }] });
        yield take();
      }
      at += isEither ? 2 : 1;
    } else {
      const { word, end, lines } = readWord(text, at);
      length += end - at;
      if (length > longestCommand) {
        draft.giveUp(number, `the command has more than ${longestCommand} characters`, 'give shorter ones');
        return;
      }
      words.push(word);
      if (/^\d*<<-?$/.test(word.text)) {
        const next = readWord(text, skipBlanks(text, end));
        ends.push(next.word.pieces.map((piece) => piece.text).join(''));
        at = next.end;
        line += lines + next.lines;
        continue;
      }
      const here = /^\d*<<-?(.+)$/.exec(word.text);
      if (here !== null) ends.push((here[1] ?? '').replace(/['"]/g, ''));
      at = end;
      line += lines;
    }
  }
  if (words.length > 0) yield take();
}

function skipBlanks(text: string, start: number): number {
  let at = start;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at;
}

/** The place behind a here-document, which ends with a line that is `word` alone. */
function endOfHereText(text: string, start: number, word: string): number {
  for (let at = start; at < text.length; ) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    if (end - at <= word.length + 64 && text.slice(at, end).trim() === word)
      return Math.min(end + 1, text.length);
    at = end + 1;
  }
  return text.length;
}

/** Reads a word with its quotes; one that does not end goes to the end of the text. */
function readWord(
  text: string,
  start: number,
): { readonly word: Word; readonly end: number; readonly lines: number } {
  const pieces: { text: string; isLiteral: boolean }[] = [];
  let lines = 0;
  let at = start;
  let bare = start;
  const endBare = () => {
    if (at > bare) pieces.push({ text: text.slice(bare, at), isLiteral: false });
  };
  while (at < text.length) {
    const sign = text[at] ?? '';
    if (sign === "'" || sign === '"') {
      endBare();
      let end = at + 1;
      while (end < text.length && text[end] !== sign) {
        if (text[end] === '\n') lines++;
        if (sign === '"' && text[end] === '\\') end++;
        end++;
      }
      pieces.push({ text: text.slice(at + 1, end), isLiteral: sign === "'" });
      at = Math.min(end + 1, text.length);
      bare = at;
    } else if (sign === '\\') {
      endBare();
      if (text[at + 1] === '\n') lines++;
      else pieces.push({ text: text.slice(at + 1, at + 2), isLiteral: true });
      at = Math.min(at + 2, text.length);
      bare = at;
    } else if (/[\s;&|()]/.test(sign)) {
      // `2>&1` and `>&2` are one word.
      if (sign !== '&' || !/[<>]/.test(text[at - 1] ?? '')) break;
      at++;
    } else at++;
  }
  endBare();
  return { word: { text: text.slice(start, at), pieces }, end: at, lines };
}

/** `>/dev/null`, `2>&1` and the like, with the file that stands behind a blank. */
function withoutRedirections(words: readonly Word[]): Word[] {
  const kept: Word[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    if (word === undefined) continue;
    const match = /^(?:\d*|&)(?:>>?|<)(?:&?\S.*)?$/s.exec(word.text);
    if (match === null) kept.push(word);
    else if (/[<>]$/.test(word.text)) at++;
  }
  return kept;
}

/** What a word stands for; `undefined` where the script does not tell it. */
function meaningOf({ pieces }: Word, variables: ReadonlyMap<string, string>): string | undefined {
  let value = '';
  for (const { text, isLiteral } of pieces) {
    if (isLiteral) {
      value += text;
      continue;
    }
    let isKnown = true;
    value += text.replace(
      /\\([$`"\\])|\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))|[$`*?]/g,
      (whole, escaped, braced, bare) => {
        if (escaped !== undefined) return escaped;
        const found = variables.get(braced ?? bare ?? '');
        // A pattern for files is no word of ipvsadm's either.
        if (found === undefined) isKnown = false;
        return found ?? whole;
      },
    );
    if (!isKnown || value.length > longestCommand) return undefined;
  }
  return value;
}

function brieflyOf(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
