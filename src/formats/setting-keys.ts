import * as v from 'valibot';
import { visible } from '../ipvs/visible.ts';
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
  /** One line for who reads the file. */
  readonly meaning: string;
  /** What may be given, as a clause. */
  allowed(limits: SettingLimits): string;
  /** Checks a value as TOML gives it and puts it into `settings`, unless it is wrong as a whole. */
  take(value: unknown, limits: SettingLimits, settings: PartialSettings): readonly ValueProblem[];
  /** The value as TOML. */
  write(settings: Settings): string;
}

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
  {
    name: 'interval',
    meaning: 'seconds between readings',
    allowed: ({ shortestInterval, longestInterval }) =>
      `a number from ${shortestInterval} to ${longestInterval}`,
    take(value, limits, settings) {
      const { shortestInterval, longestInterval } = limits;
      const schema = v.pipe(v.number(), v.minValue(shortestInterval), v.maxValue(longestInterval));
      return taken(this, schema, value, limits, (interval) => {
        settings.interval = interval;
      });
    },
    write: ({ interval }) => String(interval),
  },
  {
    name: 'budget',
    meaning: 'percent of the interval that reading takes; within it, what is out of view has its turn',
    allowed: ({ leastBudget, greatestBudget }) => `a number from ${leastBudget} to ${greatestBudget}`,
    take(value, limits, settings) {
      const { leastBudget, greatestBudget } = limits;
      const schema = v.pipe(v.number(), v.minValue(leastBudget), v.maxValue(greatestBudget));
      return taken(this, schema, value, limits, (budget) => {
        settings.budget = budget;
      });
    },
    write: ({ budget }) => String(budget),
  },
  {
    name: 'sort',
    meaning: 'column to sort by',
    allowed: ({ columns }) => `"${addressOrder}" or one of ${columns.join(', ')}`,
    take(value, limits, settings) {
      return taken(this, v.picklist([addressOrder, ...limits.columns]), value, limits, (sort) => {
        settings.sort = sort === addressOrder ? null : sort;
      });
    },
    write: ({ sort }) => quoted(sort ?? addressOrder),
  },
  {
    name: 'reverse',
    meaning: 'sort the other way round',
    allowed: () => 'true or false',
    take(value, limits, settings) {
      return taken(this, v.boolean(), value, limits, (reverse) => {
        settings.reverse = reverse;
      });
    },
    write: ({ reverse }) => String(reverse),
  },
  {
    name: 'layout',
    meaning: 'real servers under their services, or all in one list',
    allowed: () => choiceText(layouts),
    take(value, limits, settings) {
      return taken(this, v.picklist(layouts), value, limits, (layout) => {
        settings.layout = layout;
      });
    },
    write: ({ layout }) => quoted(layout),
  },
  {
    name: 'split',
    meaning: 'detail of the row under the cursor beside the table or below it; auto: on ample screens',
    allowed: () => choiceText(splitChoices),
    take(value, limits, settings) {
      return taken(this, v.picklist(splitChoices), value, limits, (split) => {
        settings.split = split;
      });
    },
    write: ({ split }) => quoted(split),
  },
  {
    name: 'characters',
    meaning: 'characters to draw with; auto goes by the locale',
    allowed: () => choiceText(characterChoices),
    take(value, limits, settings) {
      return taken(this, v.picklist(characterChoices), value, limits, (characters) => {
        settings.characters = characters;
      });
    },
    write: ({ characters }) => quoted(characters),
  },
  {
    name: 'color',
    meaning: 'colours to draw with; auto goes by the terminal and NO_COLOR',
    allowed: () => choiceText(colorChoices),
    take(value, limits, settings) {
      return taken(this, v.picklist(colorChoices), value, limits, (color) => {
        settings.color = color;
      });
    },
    write: ({ color }) => quoted(color),
  },
  {
    name: 'theme',
    meaning: 'theme to draw in; auto goes by the ground of the terminal, the others bring their own',
    allowed: () => choiceText(themeChoices),
    take(value, limits, settings) {
      return taken(this, v.picklist(themeChoices), value, limits, (theme) => {
        settings.theme = theme;
      });
    },
    write: ({ theme }) => quoted(theme),
  },
  {
    name: 'colors',
    meaning: 'colours in place of the theme’s, like { ground = "#101418", service = "#ffffff" }',
    allowed: ({ colors }) => `a table of "#rrggbb" by ${colors.join(', ')}`,
    take: takeColors,
    write: ({ colors }) => writeTable(colors),
  },
  {
    name: 'graphs',
    meaning: 'graphs of the traffic above the table, where there is room',
    allowed: () => 'true or false',
    take(value, limits, settings) {
      return taken(this, v.boolean(), value, limits, (graphs) => {
        settings.graphs = graphs;
      });
    },
    write: ({ graphs }) => String(graphs),
  },
  {
    name: 'keys',
    meaning: 'keys of the screen in place of the usual ones, like { drain = "ctrl+d", search = ["f3", "?"] }',
    allowed: () => 'a table of a key, or a list of keys, by the names that commands have behind ":"',
    take: takeKeys,
    write: ({ keys }) => writeKeys(keys),
  },
  {
    name: 'mouse',
    meaning: 'click selects, the wheel scrolls; the terminal then selects text with Shift held',
    allowed: () => 'true or false',
    take(value, limits, settings) {
      return taken(this, v.boolean(), value, limits, (mouse) => {
        settings.mouse = mouse;
      });
    },
    write: ({ mouse }) => String(mouse),
  },
  {
    name: 'alerts',
    meaning: 'call you at a new error: the terminal’s bell, or its notification (OSC 9)',
    allowed: () => choiceText(alertChoices),
    take(value, limits, settings) {
      return taken(this, v.picklist(alertChoices), value, limits, (alerts) => {
        settings.alerts = alerts;
      });
    },
    write: ({ alerts }) => quoted(alerts),
  },
  {
    name: 'probe',
    meaning: 'how often real servers are asked whether they answer for the virtual address',
    allowed: () => choiceText(probeChoices),
    take(value, limits, settings) {
      return taken(this, v.picklist(probeChoices), value, limits, (probe) => {
        settings.probe = probe;
      });
    },
    write: ({ probe }) => quoted(probe),
  },
  {
    name: 'readOnly',
    meaning: 'nothing can be edited, by key or by command',
    allowed: () => 'true or false',
    take(value, limits, settings) {
      return taken(this, v.boolean(), value, limits, (readOnly) => {
        settings.readOnly = readOnly;
      });
    },
    write: ({ readOnly }) => String(readOnly),
  },
];

function taken<Value>(
  key: SettingKey,
  schema: v.GenericSchema<unknown, Value>,
  value: unknown,
  limits: SettingLimits,
  put: (value: Value) => void,
): readonly ValueProblem[] {
  const result = v.safeParse(schema, value);
  if (!result.success) return [wrongValue(key, value, limits)];
  put(result.output);
  return [];
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

function choiceText(choices: readonly string[]): string {
  return choices.map(quoted).join(', ');
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
