import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { parseConfig, updateConfig } from '../../../../src/formats/settings/config.ts';
import {
  defaultSettings,
  type SettingLimits,
  type SettingName,
} from '../../../../src/formats/settings/settings.ts';
import { tomlStatements } from '../../../../src/formats/settings/toml-statements.ts';
import { type FuzzTarget, requireThat, wordsOf } from '../target.ts';

const limits: SettingLimits = {
  columns: ['name', 'mode', 'weight', 'active'],
  commands: { drain: ['D'], delete: ['x', 'delete'], search: ['f3'] },
  colors: ['ground', 'service'],
  shortestInterval: 0.2,
  longestInterval: 60,
  leastBudget: 0.1,
  greatestBudget: 100,
};
const changed: readonly SettingName[] = ['columns', 'interval', 'mouse'];
const wanted = { ...defaultSettings, columns: ['name', 'mode'], interval: 3, mouse: true };

function textsOf(folder: string): Buffer[] {
  const path = join(import.meta.dirname, '../../../formats/settings/config', folder);
  return readdirSync(path).map((name) => readFileSync(join(path, name)));
}

/** The settings: the statements that are found must be statements, and an update must say what it was asked for. */
export const settings: FuzzTarget = {
  name: 'settings',
  seeds: [
    Buffer.from(
      '# mine\ninterval = 2 # slow\ntheme = "dark#er"\ncolumns = [ # many\n "name",\n]  # end\n\n[other]\ninterval = 9\n',
    ),
    Buffer.from(
      'a = """\nx"" # no\n"""""\nb = \'\'\'\'\'\'\n"q k" = {a=[1,{b="]"}]} # c\n[["q"]]\n[a.b]\nreadOnly = true\n',
    ),
    ...textsOf('valid'),
    ...textsOf('invalid'),
  ],
  words: wordsOf(
    ...([
      '=',
      ' = ',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '"""',
      "'''",
      '\\',
      '#',
      '# x',
      '\n',
      '\r\n',
      '\r',
      '\t',
      ' ',
      ',',
    ] as const),
    ...[
      '.',
      '[[',
      ']]',
      '[a]',
      'columns',
      'interval',
      'mouse',
      'readOnly',
      'sort',
      '"name"',
      "'mode'",
      '1',
      '0.2',
      '1e9',
      'inf',
      'nan',
    ],
    ...[
      'true',
      'false',
      '1979-05-27',
      '07:32:00',
      '__proto__',
      'constructor',
      '\\u00e9',
      '\\"',
      '\ufeff',
      'é',
      '😀',
      '\0',
      '\x7f',
    ],
  ),
  separators: '\n,= ',
  check(input) {
    const text = input.toString('utf8');
    const { isWellFormed, issues } = parseConfig(text, limits);
    const lines = text.split('\n');
    for (const { line } of issues)
      requireThat(line >= 1 && line <= lines.length, () => `there is no line ${line}`);
    let end = 0;
    for (const statement of tomlStatements(text)) {
      requireThat(statement.first === end && statement.end > end, () => `line ${end + 1} is in no statement`);
      end = statement.end;
      if (isWellFormed) requireAlone(lines.slice(statement.first, statement.end).join('\n'));
    }
    requireThat(end === lines.length, () => 'the last line is in no statement');
    const updated = updateConfig(text, wanted, changed, limits);
    if (updated === null) return;
    const said = parseConfig(updated, limits).settings;
    requireThat(said.interval === 3 && said.mouse === true, () => `the update is ${updated}`);
    const again = updateConfig(updated, wanted, changed, limits);
    requireThat(again === updated, () => `the update ${updated} is changed to ${again} by another one`);
  },
};

/** A statement of a document that is TOML is one by itself. */
function requireAlone(statement: string): void {
  try {
    parse(`${statement}\n`);
  } catch (error) {
    throw new Error(`no statement: ${JSON.stringify(statement)}`, { cause: error });
  }
}
