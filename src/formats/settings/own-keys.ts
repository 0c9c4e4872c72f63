import { visible } from '../../ipvs/visible.ts';

/** Keys that an operator gave to commands of the screen, by the commands' ids. */
export type OwnKeys = Readonly<Record<string, readonly string[]>>;

/** An entry of a table of keys that is not used. */
export interface KeyProblem {
  readonly entry: string;
  readonly text: string;
}

const names: ReadonlySet<string> = new Set([
  ...['enter', 'space', 'tab', 'backspace', 'insert', 'delete', 'home', 'end', 'pageup', 'pagedown'],
  ...['up', 'down', 'left', 'right'],
  ...Array.from({ length: 12 }, (_, index) => `f${index + 1}`),
]);

/** Keys that always leave something, or that a terminal sends for another key. */
const taken = /^(escape|esc|ctrl\+[chijm])$/;

/**
 * The key that a text names, such as `x`, `Ctrl-D`, `alt+x` or `F5`, as `keyChord` writes it; `undefined` where it
 * names none.
 */
export function keyNamed(text: string): string | undefined {
  if ([...text].length === 1) return text === ' ' ? 'space' : text;
  const name = text.toLowerCase().replace(/^(ctrl|alt)-/, '$1+');
  if (taken.test(name)) return undefined;
  return names.has(name) || /^(ctrl\+[a-z]|alt\+\S)$/.test(name) ? name : undefined;
}

/**
 * Reads a table of keys: a command's id, and one key or a list of them. What is no command, no key or the key of another
 * command is a problem, and that entry is not used. `commands` are the usual keys by the commands' ids.
 */
export function readKeys(
  table: Readonly<Record<string, unknown>>,
  commands: OwnKeys,
): { readonly keys: OwnKeys; readonly problems: readonly KeyProblem[] } {
  const problems: KeyProblem[] = [];
  const own = new Map<string, readonly string[]>();
  for (const [command, value] of Object.entries(table)) {
    const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
    const keys = texts.map((text) => (typeof text === 'string' ? keyNamed(text) : undefined));
    const wrong = keys.indexOf(undefined);
    if (!Object.hasOwn(commands, command)) {
      problems.push({ entry: command, text: `there is no command "${visible(command).slice(0, 40)}"` });
    } else if (wrong >= 0 || keys.length === 0) {
      problems.push({
        entry: command,
        text: `${command} is ${shownKey(texts[wrong])}, which is no free key`,
      });
    } else own.set(command, [...new Set(keys.filter((key) => key !== undefined))]);
  }
  for (let clash = clashOf(own, commands); clash !== undefined; clash = clashOf(own, commands)) {
    own.delete(clash.entry);
    problems.push(clash);
  }
  return { keys: Object.fromEntries(own), problems };
}

/** An entry whose key another command has already: what comes first keeps it. */
function clashOf(own: ReadonlyMap<string, readonly string[]>, commands: OwnKeys): KeyProblem | undefined {
  const owners = new Map<string, string>();
  for (const [command, usual] of Object.entries(commands)) {
    if (!own.has(command)) for (const key of usual) owners.set(key, command);
  }
  for (const [command, keys] of own) {
    for (const key of keys) {
      const other = owners.get(key);
      if (other !== undefined)
        return { entry: command, text: `"${visible(key)}" of ${command} is the key of ${other}, too` };
      owners.set(key, command);
    }
  }
  return undefined;
}

function shownKey(value: unknown): string {
  return value === undefined ? 'nothing' : visible(JSON.stringify(value) ?? String(value)).slice(0, 40);
}
