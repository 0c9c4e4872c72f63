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
