/**
 * The line on which each element of an array stands, by its path: `services.0.realServers.3`. `JSON.parse`
 * forgets where things stood. The text must be valid JSON.
 */
export function jsonElementLines(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  const open: Container[] = [];
  let line = 1;
  let key = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    const inside = open.at(-1);
    if (character === '\n') line++;
    if (character === undefined || /[\s,:]/.test(character)) {
      if (character === ',' && inside?.isArray === true) inside.index++;
      continue;
    }
    if (character === ']' || character === '}') {
      open.pop();
      continue;
    }
    const path = inside === undefined ? '' : inside.path + (inside.isArray ? inside.index : key);
    if (inside?.isArray === true && !lines.has(path)) lines.set(path, line);
    if (character === '{' || character === '[') {
      open.push({ path: path === '' ? '' : `${path}.`, isArray: character === '[', index: 0 });
    } else if (character === '"') {
      const end = endOfString(text, at);
      if (inside?.isArray === false) key = text.slice(at + 1, end);
      at = end;
    }
  }
  return lines;
}

/** Line of an offset, counted from 1. */
export function lineOfOffset(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** Tokens of JSON with the blanks before them; punctuation, strings, and other values. */
const token =
  /\s*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")|(true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?))/y;

/**
 * Where a text that `JSON.parse` refuses stops being JSON; `undefined` when it is the beginning of some. Not all
 * messages of `JSON.parse` have the place.
 */
export function jsonErrorOffset(text: string): number | undefined {
  const open: ('{' | '[')[] = [];
  let expected: 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'more' = 'value';
  token.lastIndex = 0;
  for (let at = 0; at < text.length; at = token.lastIndex) {
    const match = token.exec(text);
    if (match === null) return text.slice(at).trim() === '' ? undefined : at + text.slice(at).search(/\S/);
    const [whole, mark, string] = match;
    const bad = at + whole.search(/\S/);
    if (expected === 'colon') {
      if (mark !== ':') return bad;
      expected = 'value';
    } else if (expected === 'more') {
      if (mark === ',' && open.length > 0) expected = open.at(-1) === '{' ? 'key' : 'value';
      else if (closes(mark, open)) open.pop();
      else return bad;
    } else if (expected === 'key' || expected === 'key or }') {
      if (string !== undefined) expected = 'colon';
      else if (expected === 'key or }' && closes(mark, open)) {
        open.pop();
        expected = 'more';
      } else return bad;
    } else if (mark === '{' || mark === '[') {
      open.push(mark);
      expected = mark === '{' ? 'key or }' : 'value or ]';
    } else if (mark === undefined) {
      expected = 'more';
    } else if (expected === 'value or ]' && closes(mark, open)) {
      open.pop();
      expected = 'more';
    } else return bad;
  }
  return undefined;
}

function closes(mark: string | undefined, open: readonly ('{' | '[')[]): boolean {
  return (mark === '}' && open.at(-1) === '{') || (mark === ']' && open.at(-1) === '[');
}

interface Container {
  /** With the dot that a name follows. */
  readonly path: string;
  readonly isArray: boolean;
  index: number;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}
