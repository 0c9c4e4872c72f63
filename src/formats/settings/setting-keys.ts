import * as v from 'valibot';
import { visible } from '../../ipvs/visible.ts';
import { type OwnKeys, readKeys } from './own-keys.ts';
import {
  alertChoices,
  characterChoices,
  colorChoices,
  layouts,
  probeChoices,
  type SettingLimits,
  type SettingName,
  type Settings,
  splitChoices,
  themeChoices,
} from './settings.ts';

/** Settings as they are being put together. */
export type PartialSettings = { -readonly [Name in SettingName]?: Settings[Name] };

/** What is wrong with a value: all of it, or the part that is named. */
export interface ValueProblem {
  /** Text in the file that it is about, where it is only a part. */
  readonly part?: string;
  /** The entry of a table that it is about. */
  readonly entry?: string;
  readonly text: string;
}

/** A key of the configuration file. */
export interface SettingKey {
  readonly name: SettingName;
  /** One line for whoever reads the file. */
  readonly meaning: string;
  /** What may be given, as a clause. */
  allowed(limits: SettingLimits): string;
  /** Checks a value as TOML gives it and puts it into `settings`, unless it is wrong as a whole. */
  take(value: unknown, limits: SettingLimits, settings: PartialSettings): readonly ValueProblem[];
  /** The value as TOML. */
  write(settings: Settings): string;
}

/** Characters of a name at most. */
const longestName = 60;
/** The word for no choice of columns. */
const automaticColumns = 'automatic';
/** The word for the natural order. */
const addressOrder = 'address';

/** All keys in the order in which they are written. */
export const settingKeys: readonly SettingKey[] = [
  {
    name: 'columns',
    meaning: 'columns of the table in their order, or as many as fit',
    allowed: ({ columns }) => `"${automaticColumns}" or a list of ${columns.join(', ')}`,
    take: takeColumns,
    write: ({ columns }) => (columns === null ? quoted(automaticColumns) : writeList(columns)),
  },
  number('interval', 'seconds between readings', ({ shortestInterval, longestInterval }) => [
    shortestInterval,
    longestInterval,
  ]),
  number(
    'budget',
    'percent of the interval that reading takes; within it, what is out of view has its turn',
    ({ leastBudget, greatestBudget }) => [leastBudget, greatestBudget],
  ),
  {
    ...plain(
      'sort',
      'column to sort by',
      ({ columns }) => `"${addressOrder}" or one of ${columns.join(', ')}`,
      ({ columns }) =>
        v.pipe(
          v.picklist([addressOrder, ...columns]),
          v.transform((sort) => (sort === addressOrder ? null : sort)),
        ),
    ),
    write: ({ sort }) => quoted(sort ?? addressOrder),
  },
  flag('reverse', 'sort the other way round'),
  choice('layout', layouts, 'real servers under their services, or all in one list'),
  choice(
    'split',
    splitChoices,
    'detail of the row under the cursor beside the table or below it; auto: on ample screens',
  ),
  choice('characters', characterChoices, 'characters to draw with; auto goes by the locale'),
  choice('color', colorChoices, 'colours to draw with; auto goes by the terminal and NO_COLOR'),
  choice(
    'theme',
    themeChoices,
    'theme to draw in; auto goes by the ground of the terminal, the others bring their own',
  ),
  {
    name: 'colors',
    meaning: 'colours in place of the theme’s, like { ground = "#101418", service = "#ffffff" }',
    allowed: ({ colors }) => `a table of "#rrggbb" by ${colors.join(', ')}`,
    take: takeColors,
    write: ({ colors }) => writeTable(colors),
  },
  {
    ...plain(
      'names',
      'names for the column NAMED and the filter, like { "10.0.0.21" = "web-1" }',
      () => 'a table of names by service, real server (10.0.0.21:8080) or address',
      () => v.record(v.string(), v.pipe(v.string(), v.maxLength(longestName), v.transform(visible))),
    ),
    write: ({ names }) => {
      const pairs = Object.entries(names).map(
        ([key, name]) => `${JSON.stringify(key)} = ${JSON.stringify(name)}`,
      );
      return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
    },
  },
  flag('graphs', 'graphs of the traffic above the table, where there is room'),
  {
    name: 'keys',
    meaning: 'keys of the screen in place of the usual ones, like { drain = "ctrl+x", search = ["f3", "?"] }',
    allowed: () => 'a table of a key, or a list of keys, by the names that commands have behind ":"',
    take: takeKeys,
    write: ({ keys }) => writeKeys(keys),
  },
  flag('mouse', 'click selects, the wheel scrolls; the terminal then selects text with Shift held'),
  flag('watch', 'see who changes the table: makes a network device while the screen is open'),
  choice('alerts', alertChoices, 'call you at a new error: the terminal’s bell, or its notification (OSC 9)'),
  choice(
    'probe',
    probeChoices,
    'how often real servers are asked whether they answer for the virtual address',
  ),
  flag('readOnly', 'nothing can be edited, by key or by command'),
];

/** A key whose value is right or wrong as a whole, and is written as it is kept. */
function plain<Name extends SettingName>(
  name: Name,
  meaning: string,
  allowed: SettingKey['allowed'],
  schemaWith: (limits: SettingLimits) => v.GenericSchema<unknown, Settings[Name]>,
): SettingKey {
  return {
    name,
    meaning,
    allowed,
    take(value, limits, settings) {
      const result = v.safeParse(schemaWith(limits), value);
      if (!result.success) return [wrongValue(this, value, limits)];
      Object.assign(settings, { [name]: result.output });
      return [];
    },
    write: (settings) => JSON.stringify(settings[name]),
  };
}

function number(
  name: 'interval' | 'budget',
  meaning: string,
  range: (limits: SettingLimits) => readonly [least: number, most: number],
): SettingKey {
  return plain(
    name,
    meaning,
    (limits) => `a number from ${range(limits).join(' to ')}`,
    (limits) => v.pipe(v.number(), v.minValue(range(limits)[0]), v.maxValue(range(limits)[1])),
  );
}

function flag(name: 'reverse' | 'graphs' | 'mouse' | 'watch' | 'readOnly', meaning: string): SettingKey {
  return plain(
    name,
    meaning,
    () => 'true or false',
    () => v.boolean(),
  );
}

function choice<Name extends SettingName>(
  name: Name,
  choices: readonly (Settings[Name] & string)[],
  meaning: string,
): SettingKey {
  return plain(
    name,
    meaning,
    () => choices.map(quoted).join(', '),
    () => v.picklist(choices),
  );
}

function wrongValue(key: SettingKey, value: unknown, limits: SettingLimits): ValueProblem {
  return { text: `${key.name} is ${shown(value)}; allowed: ${key.allowed(limits)}` };
}

/** A list with a wrong entry still says which columns are wanted, so only that entry is left out. */
function takeColumns(
  this: SettingKey,
  value: unknown,
  limits: SettingLimits,
  settings: PartialSettings,
): readonly ValueProblem[] {
  if (value === automaticColumns) {
    settings.columns = null;
    return [];
  }
  const result = v.safeParse(v.pipe(v.array(v.string()), v.minLength(1)), value);
  if (!result.success) return [wrongValue(this, value, limits)];
  const columns: string[] = [];
  const problems: ValueProblem[] = [];
  for (const entry of result.output) {
    if (columns.includes(entry)) {
      problems.push({ part: entry, text: `${this.name} names ${shown(entry)} twice` });
    } else if (limits.columns.includes(entry)) {
      columns.push(entry);
    } else {
      const allowed = `allowed: ${limits.columns.join(', ')}`;
      problems.push({ part: entry, text: `${this.name} names ${shown(entry)}, which is none; ${allowed}` });
    }
  }
  if (columns.length > 0) settings.columns = columns;
  return problems;
}

/** Each wrong entry is left out, and the others count. */
function takeColors(
  this: SettingKey,
  value: unknown,
  limits: SettingLimits,
  settings: PartialSettings,
): readonly ValueProblem[] {
  const table = v.safeParse(v.record(v.string(), v.unknown()), value);
  if (!table.success) return [wrongValue(this, value, limits)];
  const colors: Record<string, string> = {};
  const problems: ValueProblem[] = [];
  for (const [name, color] of Object.entries(table.output)) {
    if (!limits.colors.includes(name)) {
      const allowed = `allowed: ${limits.colors.join(', ')}`;
      problems.push({ text: `${this.name} names ${shown(name)}, which is none; ${allowed}` });
    } else if (typeof color === 'string' && /^#[\da-f]{6}$/i.test(color)) {
      colors[name] = color;
    } else {
      problems.push({ text: `${this.name}: ${name} is ${shown(color)}; allowed: "#rrggbb"` });
    }
  }
  settings.colors = colors;
  return problems;
}

function takeKeys(
  this: SettingKey,
  value: unknown,
  limits: SettingLimits,
  settings: PartialSettings,
): readonly ValueProblem[] {
  const table = v.safeParse(v.record(v.string(), v.unknown()), value);
  if (!table.success) return [wrongValue(this, value, limits)];
  const { keys, problems } = readKeys(table.output, limits.commands);
  settings.keys = keys;
  return problems.map(({ entry, text }) => ({ entry, text: `${this.name}: ${text}` }));
}

function writeKeys(keys: OwnKeys): string {
  const pairs = Object.entries(keys).map(
    ([command, own]) => `${command} = [${own.map((key) => JSON.stringify(key)).join(', ')}]`,
  );
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

/** Ids and choices hold letters and digits only. */
function quoted(text: string): string {
  return `"${text}"`;
}

function writeTable(entries: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(entries).map(([name, value]) => `${name} = ${quoted(value)}`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

/** Longest line that a list of columns is written on. */
const longestLine = 90;

function writeList(entries: readonly string[]): string {
  const whole = `[${entries.map(quoted).join(', ')}]`;
  if (whole.length <= longestLine) return whole;
  const lines: string[] = [];
  let line = ' ';
  for (const entry of entries) {
    const next = `${line} ${quoted(entry)},`;
    if (next.length > longestLine) {
      lines.push(line);
      line = `  ${quoted(entry)},`;
    } else {
      line = next;
    }
  }
  return `[\n${[...lines, line].join('\n')}\n]`;
}

/** Most that is quoted of a wrong value. */
const longestQuote = 40;

/** A foreign value, safe to print and not too long. */
function shown(value: unknown): string {
  const text = visible(describe(value));
  return text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text;
}

function describe(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (value instanceof Date) return 'a date';
  if (typeof value === 'object' && !Array.isArray(value)) return 'a table';
  return JSON.stringify(value) ?? String(value);
}
