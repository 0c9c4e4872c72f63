import { parse, TomlError, type TomlTable } from 'smol-toml';
import { visible } from '../../ipvs/visible.ts';
import { type HostTable, hostTables, type KnownHosts, noKnownHosts, readHostTable } from './host-settings.ts';
import { type PartialSettings, type SettingKey, settingKeys } from './setting-keys.ts';
import { type SettingLimits, type SettingName, type Settings, sameSetting } from './settings.ts';
import { type TomlStatement, tomlStatements } from './toml-statements.ts';

/** Something in a configuration that is not used. */
export interface ConfigIssue {
  /** A warning is about what means nothing to lvstop; an error, about what was meant and is wrong. */
  readonly severity: 'error' | 'warning';
  /** Line in the text, counted from 1. */
  readonly line: number;
  /** The setting that it is about; `null` when it is about none of ours, or about all. */
  readonly key: SettingName | null;
  readonly text: string;
}

/** What a configuration says. */
export interface ConfigReading {
  /** Only what was said, and right. */
  readonly settings: PartialSettings;
  /** Hosts that `--host` reaches, likewise. */
  readonly hosts: KnownHosts;
  readonly issues: readonly ConfigIssue[];
  /** Whether it is TOML at all. */
  readonly isWellFormed: boolean;
}

/** Reads the text of a configuration file. Never throws: what is wrong becomes an issue, and the rest counts. */
export function parseConfig(text: string, limits: SettingLimits): ConfigReading {
  let table: TomlTable;
  try {
    table = parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return { settings: {}, hosts: noKnownHosts, issues: [brokenToml(error, text)], isWellFormed: false };
  }
  const settings: PartialSettings = {};
  const issues: ConfigIssue[] = [];
  const statements = tomlStatements(text);
  const lines = new StatementLines(text, statements);
  let hosts = noKnownHosts;
  for (const [name, value] of Object.entries(table)) {
    if (isHostTable(name)) {
      const { known, problems } = readHostTable(name, value);
      hosts = { ...hosts, [name]: known[name] };
      const line = lines.of(name);
      issues.push(...problems.map((text) => ({ severity: 'error', line, key: null, text }) as const));
      continue;
    }
    const key = settingKeys.find((candidate) => candidate.name === name);
    if (key === undefined) {
      issues.push(unknownKey(name, lines.of(name)));
      continue;
    }
    for (const problem of key.take(value, limits, settings)) {
      const { part, entry } = problem;
      const line = entry === undefined ? lines.of(name, part) : lines.ofEntry(name, entry);
      issues.push({ severity: 'error', line, key: key.name, text: problem.text });
    }
  }
  issues.push(...misplacedReadOnly(statements));
  issues.sort((left, right) => left.line - right.line);
  return { settings, hosts, issues, isWellFormed: true };
}

/** A whole configuration with a comment for each key: what it does, what is allowed, and `origin` of its value. */
export function formatConfig(
  settings: Settings,
  limits: SettingLimits,
  origin: (name: SettingName) => string,
): string {
  return settingKeys
    .map((key) =>
      [
        ...commentLines(`${key.meaning}: ${key.allowed(limits)}`),
        `# from: ${visible(origin(key.name))}`,
        `${key.name} = ${key.write(settings)}`,
        '',
      ].join('\n'),
    )
    .join('\n');
}

/**
 * The text with the settings of `names` set to what `settings` says; comments, order, and everything else
 * stay. `null` where the text is broken, or written in a way that cannot be changed line by line.
 */
export function updateConfig(
  text: string,
  settings: Settings,
  names: readonly SettingName[],
  limits: SettingLimits,
): string | null {
  if (!parseConfig(text, limits).isWellFormed) return null;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  let lines = text.replaceAll('\r\n', '\n').split('\n');
  for (const key of settingKeys) {
    if (names.includes(key.name)) lines = withValue(lines, key, settings);
  }
  const updated = lines.join(newline);
  // Whatever odd form the text has: it must say afterwards what was asked for.
  const reading = parseConfig(updated, limits);
  const isSaid = names.every((name) => {
    const value = reading.settings[name];
    return value !== undefined && sameSetting(value, settings[name]);
  });
  return isSaid ? updated : null;
}

/** The text of a new file that says these settings and nothing else. */
export function newConfig(settings: Settings, names: readonly SettingName[], limits: SettingLimits): string {
  const head =
    '# lvstop: written by F2 on its screen. "lvstop config" prints all settings with what they mean.\n';
  return updateConfig(head, settings, names, limits) ?? head;
}

function unknownKey(name: string, line: number): ConfigIssue {
  const meant = settingKeys.find((known) => folded(known.name) === folded(name));
  if (meant !== undefined) {
    const text = `there is no setting ${visible(name)}; ${meant.name} is written so`;
    return { severity: 'error', line, key: meant.name, text };
  }
  const known = settingKeys.map((candidate) => candidate.name).join(', ');
  const text = `there is no setting ${visible(name)}; known: ${known}`;
  return { severity: 'warning', line, key: null, text };
}

function isHostTable(name: string): name is HostTable {
  return hostTables.some((table) => table === name);
}

/** What two ways to write a name have in common. */
function folded(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '');
}

/** Below a foreign header `readOnly` would be ignored without a word, and with it the safety that somebody wanted. */
function misplacedReadOnly(statements: readonly TomlStatement[]): ConfigIssue[] {
  return statements
    .filter(({ key = '', kind, header = '', isTopLevel }) => {
      return kind === 'pair' && !isTopLevel && !isHostTable(header) && folded(key) === folded('readOnly');
    })
    .map(({ first }) => ({
      severity: 'error',
      line: first + 1,
      key: 'readOnly',
      text: 'readOnly stands below a [header], where it means nothing; it belongs above the first one',
    }));
}

function brokenToml({ message, line }: TomlError, text: string): ConfigIssue {
  const [first = ''] = message.replace(/^Invalid TOML document: /, '').split('\n');
  // The parser tells where it stumbled; a list that was left open began before.
  const start = (tomlStatements(text).find(({ end }) => end >= line)?.first ?? 0) + 1;
  const begun = text.split('\n', start)[start - 1] ?? '';
  const where = start < line ? `, in what begins on line ${start}` : '';
  const name = /^\s*([\w-]+)\s*=/.exec(begun)?.[1];
  const at = name === undefined ? '' : `, key ${name}`;
  return { severity: 'error', line, key: null, text: `this is no TOML: ${visible(first)}${where}${at}` };
}

/** Finds the lines of a document's statements, counted from 1. */
class StatementLines {
  readonly #lines: readonly string[];
  readonly #all: readonly TomlStatement[];
  readonly #statements = new Map<string, TomlStatement>();
  /** Of a statement, the last line on which each quoted text stands. */
  readonly #quoted = new Map<TomlStatement, ReadonlyMap<string, number>>();

  constructor(text: string, statements: readonly TomlStatement[]) {
    this.#lines = text.split('\n');
    this.#all = statements;
    for (const statement of statements) {
      const { key, kind, isTopLevel } = statement;
      if (key === undefined || !(isTopLevel || kind === 'header')) continue;
      if (!this.#statements.has(key)) this.#statements.set(key, statement);
    }
  }

  /** The line of a key's statement, or the one in it where that text is quoted. */
  of(name: string, part?: string): number {
    const statement = this.#statements.get(name);
    if (statement === undefined) return 1;
    const first = statement.first + 1;
    return part === undefined ? first : (this.#quotedIn(statement).get(part) ?? first);
  }

  /** The line of an entry below a table's header; that of the table where it has none. */
  ofEntry(name: string, entry: string): number {
    const header = this.#all.findIndex(({ kind, key }) => kind === 'header' && key === name);
    for (let place = header + 1; header >= 0 && place < this.#all.length; place++) {
      const statement = this.#all[place];
      if (statement === undefined || statement.kind === 'header') break;
      if (statement.key === entry) return statement.first + 1;
    }
    return this.of(name);
  }

  #quotedIn(statement: TomlStatement): ReadonlyMap<string, number> {
    let quoted = this.#quoted.get(statement);
    if (quoted === undefined) {
      const found = new Map<string, number>();
      for (let line = statement.first; line < statement.end; line++) {
        // Where an entry is named twice, the second one is the mistake.
        for (const [, double, single] of (this.#lines[line] ?? '').matchAll(/"([^"]*)"|'([^']*)'/g))
          found.set(double ?? single ?? '', line + 1);
      }
      quoted = found;
      this.#quoted.set(statement, quoted);
    }
    return quoted;
  }
}

function withValue(lines: readonly string[], key: SettingKey, settings: Settings): string[] {
  const statements = tomlStatements(lines.join('\n'));
  const statement = statements.find(({ key: name, kind, isTopLevel }) => {
    return name === key.name && kind === 'pair' && isTopLevel;
  });
  const value = `${key.name} = ${key.write(settings)}`;
  if (statement !== undefined) {
    const written = (value + statement.comment).split('\n');
    return [...lines.slice(0, statement.first), ...written, ...lines.slice(statement.end)];
  }
  const at = placeForNew(lines, statements);
  const before = lines.slice(0, at);
  const after = lines.slice(at);
  return [
    ...before,
    ...((before.at(-1) ?? '') === '' ? [] : ['']),
    ...commentLines(key.meaning),
    ...value.split('\n'),
    ...(after.length === 0 || after[0] !== '' ? [''] : []),
    ...after,
  ];
}

/** Behind the last pair of the top level, else before the first table and the comment that belongs to it. */
function placeForNew(lines: readonly string[], statements: readonly TomlStatement[]): number {
  const lastPair = statements.findLast(({ kind, isTopLevel }) => kind === 'pair' && isTopLevel);
  if (lastPair !== undefined) return lastPair.end;
  const header = statements.find(({ kind }) => kind === 'header');
  let at = header?.first ?? lines.length;
  if (header === undefined) while (at > 0 && lines[at - 1] === '') at--;
  else while (at > 0 && lines[at - 1]?.trimStart().startsWith('#')) at--;
  return at;
}

/** Longest comment line. */
const longestComment = 100;

function commentLines(text: string): string[] {
  const lines: string[] = [];
  let line = '#';
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > longestComment) {
      lines.push(line);
      line = `#   ${word}`;
    } else {
      line += ` ${word}`;
    }
  }
  return [...lines, line];
}
